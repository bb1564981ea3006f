"""How what an interaction asks for, weighs and waits for changes, without anybody getting it by that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from agentdesk.core.apply.moves import count_move, reweigh, unrest
from agentdesk.core.events import (
    AffinityEnded,
    Overflowed,
    PrioritySet,
    RingEntered,
    SkillsSet,
    WeightChanged,
)
from agentdesk.core.lifecycle import after
from agentdesk.core.model import Interaction, QueueConfig
from agentdesk.core.state import DeskState
from agentdesk.core.timers import Timer


@contextmanager
def _stepping_out(state: DeskState, interaction: Interaction) -> Iterator[None]:
    """Out of the line while it changes, and back in as it is then."""
    waits = state.router.is_waiting(interaction.id)
    if waits:
        state.router.dequeue(interaction)
    yield
    if waits:
        state.router.enqueue(interaction)
    state.changes.interactions[interaction.id] = interaction


def ring_entered(state: DeskState, event: RingEntered, at: int, seq: int) -> None:
    """More can take it; the next ring has its time."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, RingEntered)
    with _stepping_out(state, interaction):
        interaction.ring = event.ring
    state.set_timers(interaction, (Timer.RING,))


def affinity_ended(state: DeskState, event: AffinityEnded, at: int, seq: int) -> None:
    """Anybody may have it; whom it waited for gets it first if they are free."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, AffinityEnded)
    with _stepping_out(state, interaction):
        interaction.prefer_until_ms = None


def priority_set(state: DeskState, event: PrioritySet, at: int, seq: int) -> None:
    """It stands elsewhere in the line."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, PrioritySet)
    with _stepping_out(state, interaction):
        interaction.priority = event.priority
    state.dirty_queues.add(interaction.queue)


def skills_set(state: DeskState, event: SkillsSet, at: int, seq: int) -> None:
    """Others can take it."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, SkillsSet)
    with _stepping_out(state, interaction):
        interaction.skills = event.skills
    state.dirty_queues.add(interaction.queue)


def weight_changed(state: DeskState, event: WeightChanged, at: int, seq: int) -> None:
    """It gives weight back, or takes it again."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, WeightChanged)
    interaction.full_weight = interaction.weight if event.reason == "silent" else None
    reweigh(state, interaction, event.weight)
    state.changes.interactions[interaction.id] = interaction


def overflowed(state: DeskState, event: Overflowed, at: int, seq: int) -> None:
    """It belongs to another queue or channel; `Queued` follows."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, Overflowed)
    if state.router.is_waiting(interaction.id):
        state.router.dequeue(interaction)
    unrest(state, interaction)
    old = state.queues[interaction.queue]
    count_move(state, interaction, interaction.state, event.queue)
    interaction.skills = carried(old, state.queues[event.queue], interaction.skills)
    interaction.queue = event.queue
    if event.channel != interaction.channel:
        # What goes on as a message or a callback is not given up by leaving the chat.
        interaction.channel = event.channel
        interaction.customer_away_since_ms = None
    interaction.weight = event.weight
    interaction.refused_by = ()
    state.dirty_queues.add(event.queue)


def carried(old: QueueConfig, new: QueueConfig, skills: dict[str, int]) -> dict[str, int]:
    """What it asks for in the new queue: that queue's skills, with what had been changed for it in the old one."""
    if skills == old.skills:
        return new.skills
    changed = {skill: level for skill, level in skills.items() if old.skills.get(skill) != level}
    dropped = old.skills.keys() - skills.keys()
    kept = {skill: level for skill, level in new.skills.items() if skill not in dropped}
    return {**kept, **changed}


def take_up(state: DeskState, interaction: Interaction, at: int) -> None:
    """It is active from now: the customer's silence counts from here, unless they are owed a reply."""
    if interaction.reply_due_since_ms is None:
        quieten(state, interaction, at)


def quieten(state: DeskState, interaction: Interaction, at: int) -> None:
    """It is the customer's turn."""
    interaction.quiet_since_ms = at
    if state.desk.silent_after_s:
        state.set_timers(interaction, (Timer.SILENT,))


WRITERS: dict[Any, Any] = {
    RingEntered: ring_entered,
    AffinityEnded: affinity_ended,
    PrioritySet: priority_set,
    SkillsSet: skills_set,
    WeightChanged: weight_changed,
    Overflowed: overflowed,
}
