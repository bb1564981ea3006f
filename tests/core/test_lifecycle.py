from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.core.events import Offered, Queued
from agentdesk.core.lifecycle import ENDED, MOVES, PAGE, after, diagram, table
from agentdesk.core.model import State

FILE = Path(__file__).parents[2] / "docs" / "lifecycle.md"


def test_what_follows_what() -> None:
    assert after(State.NEW, Queued) is State.QUEUED


def test_what_cannot_happen_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="Offered cannot happen to an interaction that is active"):
        after(State.ACTIVE, Offered)


def test_nothing_leaves_an_end_and_everything_else_can_reach_one() -> None:
    following: dict[State, set[State]] = {state: set() for state in State}
    for moves in MOVES.values():
        for before, to in moves.items():
            following[before].add(to)
    assert all(not following[state] for state in ENDED)
    for state in State:
        reached, edge = {state}, {state}
        while edge:
            edge = {to for before in edge for to in following[before]} - reached
            reached |= edge
        assert reached & ENDED


def test_the_page_shows_the_table_as_it_is() -> None:
    page = FILE.read_text(encoding="utf-8")
    assert page == PAGE.format(diagram=diagram(), table=table()), (
        "python -m agentdesk.core.lifecycle > docs/lifecycle.md"
    )
