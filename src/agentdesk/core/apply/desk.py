"""How events about the desk, its queues and its customers change the state."""

from __future__ import annotations

from typing import Any

from agentdesk.core.apply.moves import changed
from agentdesk.core.events import CustomerCreated, CustomerUpdated, DeskConfigured, QueueConfigured, QueueRemoved
from agentdesk.core.state import DeskState
from agentdesk.core.tally import Tally
from agentdesk.core.timers import Timer


def desk_configured(state: DeskState, event: DeskConfigured, at: int, seq: int) -> None:
    """The desk has other settings; what rests on them is built anew."""
    old, state.desk = state.desk, event.desk
    state.changes.desk = event.desk
    if old.priority_s != event.desk.priority_s:
        state.rebuild_router()
    if (old.agent_grace_s, old.customer_grace_s) != (event.desk.agent_grace_s, event.desk.customer_grace_s):
        _set_grace_timers(state)


def _set_grace_timers(state: DeskState) -> None:
    for interaction in state.interactions.values():
        state.set_timers(interaction)
    for agent_id in state.agents:
        due = state.due_of(Timer.AGENT_GRACE, agent_id)
        if due is not None:
            state.timers.set(due, Timer.AGENT_GRACE, agent_id)


def queue_configured(state: DeskState, event: QueueConfigured, at: int, seq: int) -> None:
    """The queue is there, or is like this now."""
    state.queues[event.queue.id] = event.queue
    state.tallies.setdefault(event.queue.id, Tally())
    state.changes.queues[event.queue.id] = event.queue
    state.dirty_queues.add(event.queue.id)


def queue_removed(state: DeskState, event: QueueRemoved, at: int, seq: int) -> None:
    """The queue is gone; nothing of it was live."""
    del state.queues[event.queue]
    del state.tallies[event.queue]
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
    CustomerCreated: customer_created,
    CustomerUpdated: customer_updated,
}
