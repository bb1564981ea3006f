"""What there is."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentdesk.core.model import AgentConfig

WAITING, OFFERED, ACTIVE, HELD, SNOOZED, WRAPPING = "queued", "offered", "active", "held", "snoozed", "wrapping"
TALKING = (ACTIVE, HELD, SNOOZED)
COUNTS = ("offered", "accepted", "declined", "missed", "next", "picked", "handled")


@dataclass
class Person:
    """An agent. `touched` is the number of the last event that gave them work, freed them or made them available."""

    config: AgentConfig
    touched: int
    presence: str = "offline"
    sessions: int = 0
    gone_since: int | None = None
    missed: int = 0
    day: int = 0
    ledger: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))


@dataclass
class Thing:
    """An interaction. `full` is its weight while it weighs less because its customer is silent."""

    id: int
    channel: str
    queue: str
    customer: str
    priority: int
    since: int
    place: int
    entered: int
    skills: dict[str, int]
    weight: int
    full: int | None = None
    state: str = WAITING
    owner: str | None = None
    offered: str | None = None
    offer: int = 0
    offer_ring: int = 0
    expires: int = 0
    ring: int = 0
    refused: list[str] = field(default_factory=list)
    rests: int | None = None
    prefer: str | None = None
    alone_until: int | None = None
    away: int | None = None
    owed: bool = False
    quiet: int | None = None
    until: int = 0
    close_at: int | None = None
    said: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass
class Place:
    """The place of one who left while waiting."""

    queue: str
    since: int
    place: int
    entered: int
    at: int
