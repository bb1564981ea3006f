"""Where an interaction goes instead: while the queue is closed, is too full, or has let it wait too long."""

from __future__ import annotations

from typing import NamedTuple

from agentdesk.core import routes
from agentdesk.core.decide.case import Case, due_rings
from agentdesk.core.estimate import estimate_ms
from agentdesk.core.events import AnyEvent, Overflowed, Queued
from agentdesk.core.model import Hours, Interaction, Overflow, QueueConfig, State
from agentdesk.core.routes import Destination


class Detour(NamedTuple):
    """Where it goes and why."""

    to: Destination
    reason: str


def by_hours(case: Case, queue: QueueConfig, channel: str) -> Detour | None:
    """Where what begins now goes because the queue isn't open."""
    hours = case.state.hours.get(queue.id, Hours.OPEN)
    if hours is Hours.OPEN:
        return None
    route = queue.closed if hours is Hours.CLOSED else queue.holiday
    to = routes.lead(case.state.queues, route, queue.id, channel)
    return None if to is None else Detour(to, str(hours))


def on_arrival(case: Case, queue: QueueConfig, channel: str) -> Detour | None:
    """Where what begins now goes because too many wait, or for too long."""
    for overflow in queue.overflow:
        reason = _too_much(case, queue, overflow)
        to = routes.lead(case.state.queues, overflow.to, queue.id, channel) if reason else None
        if to is not None:
            return Detour(to, reason)
    return None


def _too_much(case: Case, queue: QueueConfig, overflow: Overflow) -> str:
    waiting = case.state.tallies[queue.id].states[State.QUEUED]
    if overflow.longer_than is not None and waiting > overflow.longer_than:
        return "length"
    if overflow.estimate_s is not None:
        wait_ms = estimate_ms(case.state, queue.id, waiting + 1, case.now)
        return "estimate" if wait_ms is not None and wait_ms > overflow.estimate_s * 1000 else ""
    return ""


def by_wait(case: Case, interaction: Interaction) -> list[AnyEvent]:
    """It has waited here for too long: it goes on elsewhere, as old as it is."""
    queues = case.state.queues
    late = routes.by_wait(queues, queues[interaction.queue], interaction.channel)
    assert late is not None, "a timer of an overflow holds only while there is one"
    to, number = late.to, interaction.id
    same = to.channel == interaction.channel
    weight = interaction.weight if same else case.state.desk.weights.get(to.channel, 1)
    queued = Queued(
        number,
        to.queue,
        interaction.queued_ms,
        interaction.place,
        "overflowed",
        case.new_segment(),
        interaction.prefer,
    )
    rings = due_rings(case.now, number, queues[to.queue], case.now, 0)
    return [Overflowed(number, to.queue, to.channel, weight, "wait"), queued, *rings]
