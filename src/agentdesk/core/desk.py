"""The desk: takes commands, answers with events. Decides, then applies; then routes until nothing more can be offered."""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import Actor, Answer, AnyCommand
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
    """What a desk starts from: the live rows of the store."""

    counters: Counters
    desk: DeskConfig
    queues: list[QueueConfig]
    agents: list[Agent]
    customers: list[Customer]
    interactions: list[Interaction]


class QueueStats(msgspec.Struct, frozen=True):
    """One queue as the screens show it. `head` are the oldest that wait, at most `HEAD_MAX`."""

    id: str
    name: str
    waiting: int
    offered: int
    active: int
    oldest_ms: int | None
    agents_ready: int
    agents_signed_in: int
    answered: int
    answered_in_time: int
    abandoned: int
    estimate_ms: int | None
    service_level_s: int
    reply_target_s: int
    head: tuple[WaitingItem, ...] = ()


class WaitingItem(msgspec.Struct, frozen=True):
    """One interaction that waits, as the inbox shows it."""

    interaction_id: int
    channel: str
    customer_name: str
    queued_ms: int
    priority: int


class AgentStats(msgspec.Struct, frozen=True):
    """One agent as the monitor shows them."""

    id: str
    name: str
    presence: str
    reason: str
    since_ms: int
    connected: bool
    load: int
    capacity: int
    active: int
    wrapping: int
    offered: int


HEAD_MAX = 10
