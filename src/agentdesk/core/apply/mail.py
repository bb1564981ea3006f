"""How what becomes of mail changes the state."""

from __future__ import annotations

from copy import copy
from typing import Any

from agentdesk.core.events import DeliveryChanged, InteractionReturned
from agentdesk.core.mail import moved
from agentdesk.core.state import DeskState


def delivery_changed(state: DeskState, event: DeliveryChanged, at: int, seq: int) -> None:
    """It got so far; a closed interaction's row is the store's to change."""
    interaction = state.interactions.get(event.interaction_id)
    if interaction is None:
        return
    interaction.sends = moved(interaction.sends, event.message_id, event.state, event.words, event.due_ms)
    state.changes.interactions[interaction.id] = interaction


def interaction_returned(state: DeskState, event: InteractionReturned, at: int, seq: int) -> None:
    """It lives again; `Queued` follows."""
    interaction = copy(event.interaction)
    state.counters.segment = max(state.counters.segment, interaction.segment.id)
    state.interactions[interaction.id] = interaction
    state.changes.interactions[interaction.id] = interaction
    state.by_customer.setdefault(interaction.customer_id, set()).add(interaction.id)
    state.tallies[interaction.queue].states[interaction.state] += 1


WRITERS: dict[Any, Any] = {
    DeliveryChanged: delivery_changed,
    InteractionReturned: interaction_returned,
}
