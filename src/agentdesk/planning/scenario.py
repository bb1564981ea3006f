"""What a simulated day is made of. Times are milliseconds since the Unix epoch, as in the core."""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import CustomerRef
from agentdesk.core.model import AgentConfig, DeskConfig, Hours, Presence, QueueConfig

ENDLESS_MS = 1 << 62


class Arrival(msgspec.Struct, frozen=True):
    """A customer who begins. They leave after `patience_ms` if nobody has taken it by then; whoever takes it needs
    `handle_ms` to the end of the conversation and `wrapup_ms` after it."""

    at_ms: int
    queue: str
    handle_ms: int
    channel: str = "chat"
    wrapup_ms: int = 0
    patience_ms: int = ENDLESS_MS
    priority: int | None = None
    customer: CustomerRef = CustomerRef()
    subject: str = ""
    text: str = ""
    language: str = ""
    attributes: dict[str, str] = {}


class Shift(msgspec.Struct, frozen=True):
    """From now on this agent is available, away or offline."""

    at_ms: int
    agent: str
    presence: Presence


class Opening(msgspec.Struct, frozen=True):
    """From now on this queue is open or closed."""

    at_ms: int
    queue: str
    hours: Hours


class Scenario(msgspec.Struct, frozen=True):
    """What the world does, whatever the desk decides. `react_ms` are times from an offer to its acceptance, to draw
    from; empty is at once."""

    arrivals: tuple[Arrival, ...]
    shifts: tuple[Shift, ...]
    openings: tuple[Opening, ...] = ()
    react_ms: tuple[int, ...] = ()


class Setting(msgspec.Struct, frozen=True):
    """How the desk is set up."""

    desk: DeskConfig
    queues: tuple[QueueConfig, ...]
    agents: tuple[AgentConfig, ...]


class Outcome(msgspec.Struct):
    """What became of one arrival. `queue` is where it was answered, or where it was last."""

    queue: str
    arrived_ms: int
    refused: bool = False
    answered_ms: int | None = None
    left_ms: int | None = None
    closed_ms: int | None = None
    agent: str = ""
    offers: int = 0


class Attendance(msgspec.Struct):
    """One agent's day: how long they were available, and how long of that they had something to do."""

    available_ms: int = 0
    busy_ms: int = 0


class Played(msgspec.Struct):
    """A simulated day. `outcomes` are in the order of the arrivals."""

    outcomes: list[Outcome]
    attendance: dict[str, Attendance]
    commands: int
    events: int
    ended_ms: int
