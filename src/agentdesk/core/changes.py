"""What goes in and out of the desk beside commands: what it starts from, what it decided, what there is to write."""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import Answer
from agentdesk.core.events import Recorded
from agentdesk.core.model import (
    Agent,
    Counters,
    Customer,
    DeskConfig,
    Interaction,
    QueueConfig,
    Segment,
)


class Changes(msgspec.Struct):
    """What a batch has to write beside its events: the rows that changed, each once, as they are now.

    `segments` are those that ended (the running one is part of its interaction).
    """

    interactions: dict[int, Interaction] = {}
    agents: dict[str, Agent] = {}
    customers: dict[int, Customer] = {}
    segments: list[Segment] = []
    queues: dict[str, QueueConfig | None] = {}
    desk: DeskConfig | None = None
    removed_agents: set[str] = set()


class Decision(msgspec.Struct):
    """The outcome of one command: its answer, and the events that are now part of the desk but not yet committed."""

    answer: Answer
    events: list[Recorded]


class Loaded(msgspec.Struct):
    """What a desk starts from: the live rows of the store.

    `left` are those abandoned of late, in that order: their customers may come back to their places.
    """

    counters: Counters
    desk: DeskConfig
    queues: list[QueueConfig]
    agents: list[Agent]
    customers: list[Customer]
    interactions: list[Interaction]
    left: list[Interaction] = []
