"""What the router proposes, one step at a time."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Step(IntEnum):
    """What is to be done next."""

    OFFER = 0
    REST = 1
    """Everyone able and available has refused it."""
    WIDEN = 2
    """Nobody of its circle is signed in, and somebody of a later one is."""
    RELEASE = 3
    """It waits for one agent alone, who isn't available."""


class Proposal(NamedTuple):
    """A step for one interaction: whom to offer it to and how they were chosen, or the ring that opens."""

    step: Step
    interaction_id: int
    agent: str = ""
    how: str = ""
    ring: int = 0
