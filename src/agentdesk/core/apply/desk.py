"""How events about the desk, its queues and its customers change the state."""

from __future__ import annotations

from typing import Any

from agentdesk.core.apply.moves import changed
from agentdesk.core.events import (
    CustomerCreated,
    CustomerUpdated,
    DeskConfigured,
    HoursChanged,
    QueueConfigured,
    QueueRemoved,
)
from agentdesk.core.model import DeskConfig, QueueConfig, State
from agentdesk.core.state import DeskState
from agentdesk.core.tally import Tally
from agentdesk.core.timers import IN_LINE, Timer


def desk_configured(state: DeskState, event: DeskConfigured, at: int, seq: int) -> None:
    """The desk has other settings; what rests on them is built anew."""
    old, state.desk = state.desk, event.desk
    state.changes.desk = event.desk
    if _for_routing(old) != _for_routing(event.desk):
        state.rebuild_router()
    if _for_timers(old) != _for_timers(event.desk):
        _set_timers(state)


def _for_routing(desk: DeskConfig) -> tuple[Any, ...]:
    return (desk.priority_s, desk.slack_percent, desk.interrupts)


def _for_timers(desk: DeskConfig) -> tuple[Any, ...]:
    return (desk.agent_grace_s, desk.customer_grace_s, desk.silent_after_s, desk.silent_weights)


def _set_timers(state: DeskState) -> None:
    for interaction in state.interactions.values():
        state.set_timers(interaction)
    for agent_id in state.agents:
        due = state.due_of(Timer.AGENT_GRACE, agent_id)
        if due is not None:
            state.timers.set(due, Timer.AGENT_GRACE, agent_id)


def queue_configured(state: DeskState, event: QueueConfigured, at: int, seq: int) -> None:
    """The queue is there, or is like this now."""
    old = state.queues.get(event.queue.id)
    state.queues[event.queue.id] = event.queue
    state.tallies.setdefault(event.queue.id, Tally())
    state.changes.queues[event.queue.id] = event.queue
    state.dirty_queues.add(event.queue.id)
    # A queue that was not there before may be where others overflow to.
    if old is None or _for_line(old) != _for_line(event.queue):
        _line_up_again(state)


def _for_line(queue: QueueConfig) -> tuple[Any, ...]:
    return (queue.channels, queue.service_level_s, queue.strategy, queue.rings, queue.pull, queue.overflow)


def _line_up_again(state: DeskState) -> None:
    for interaction in state.interactions.values():
        rings = len(state.queues[interaction.queue].rings)
        if interaction.ring > rings and interaction.state is State.QUEUED:
            interaction.ring = rings
            state.changes.interactions[interaction.id] = interaction
        state.set_timers(interaction, IN_LINE)
    state.rebuild_router()


def hours_changed(state: DeskState, event: HoursChanged, at: int, seq: int) -> None:
    """What begins now goes by these hours."""
    state.hours[event.queue] = event.hours
    state.dirty_queues.add(event.queue)


def queue_removed(state: DeskState, event: QueueRemoved, at: int, seq: int) -> None:
    """The queue is gone; nothing of it was live."""
    del state.queues[event.queue]
    del state.tallies[event.queue]
    state.hours.pop(event.queue, None)
    state.changes.queues[event.queue] = None
    state.dirty_queues.discard(event.queue)
    state.rebuild_router()


def customer_created(state: DeskState, event: CustomerCreated, at: int, seq: int) -> None:
    """Remember them."""
    state.counters.customer = max(state.counters.customer, event.customer.id)
    state.know_customer(event.customer)
    state.changes.customers[event.customer.id] = event.customer


def customer_updated(state: DeskState, event: CustomerUpdated, at: int, seq: int) -> None:
    """Remember them as they are now, also by name where they have something live."""
    customer = event.customer
    state.know_customer(customer)
    state.changes.customers[customer.id] = customer
    for interaction_id in state.by_customer.get(customer.id, ()):
        interaction = state.interactions[interaction_id]
        if interaction.customer_name != customer.name:
            interaction.customer_name = customer.name
            state.changes.interactions[interaction_id] = interaction
            state.dirty_queues.add(interaction.queue)
            if interaction.agent is not None and interaction.agent in state.agents:
                changed(state, state.agents[interaction.agent])


WRITERS: dict[Any, Any] = {
    DeskConfigured: desk_configured,
    QueueConfigured: queue_configured,
    QueueRemoved: queue_removed,
    HoursChanged: hours_changed,
    CustomerCreated: customer_created,
    CustomerUpdated: customer_updated,
}
