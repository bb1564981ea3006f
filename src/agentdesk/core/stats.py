"""Figures of queues and agents as the screens show them, read from the state at any moment."""

from __future__ import annotations

import msgspec

from agentdesk.core.model import Hours, Ledger


class WaitingItem(msgspec.Struct, frozen=True):
    """One interaction that waits, as the inbox shows it."""

    interaction_id: int
    channel: str
    customer_name: str
    queued_ms: int
    priority: int


class QueueStats(msgspec.Struct, frozen=True):
    """One queue as the screens show it. `head` are the first in line, at most `HEAD_MAX`.

    `answered`, `answered_in_time` and `abandoned` count since the process began. `refused` wait although everyone able
    has refused them.
    """

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
    hours: Hours = Hours.OPEN
    pull: bool = False
    refused: int = 0


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
    ledger: Ledger = Ledger()


HEAD_MAX = 10
