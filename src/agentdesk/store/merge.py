"""Several batches as one transaction, and a batch that no longer changes under the writer's hands."""

from __future__ import annotations

from copy import copy

from agentdesk.core.changes import Changes
from agentdesk.store.base import Batch


def picture(batch: Batch) -> Batch:
    """Copy the rows that the desk may change again before the batch is written.

    Interactions and agents are the only mutable ones, and what they hold is replaced, never changed in place.
    """
    changes = batch.changes
    still = copy(changes)
    still.interactions = {key: copy(row) for key, row in changes.interactions.items()}
    still.agents = {key: copy(row) for key, row in changes.agents.items()}
    return Batch(batch.events, still, batch.repeats, copy(batch.counters))


def merge(batches: list[Batch]) -> Batch:
    """Join batches in order; of rows written twice the later stays."""
    if len(batches) == 1:
        return batches[0]
    joined = Changes(interactions={}, agents={}, customers={}, segments=[], queues={}, removed_agents=set())
    for batch in batches:
        _add(joined, batch.changes)
    events = [event for batch in batches for event in batch.events]
    repeats = [repeat for batch in batches for repeat in batch.repeats]
    return Batch(events, joined, repeats, batches[-1].counters)


def _add(joined: Changes, changes: Changes) -> None:
    joined.interactions.update(changes.interactions)
    joined.customers.update(changes.customers)
    joined.segments.extend(changes.segments)
    joined.queues.update(changes.queues)
    if changes.desk is not None:
        joined.desk = changes.desk
    for agent in changes.removed_agents:
        joined.agents.pop(agent, None)
        joined.removed_agents.add(agent)
    joined.agents.update(changes.agents)
    joined.removed_agents.difference_update(changes.agents)
