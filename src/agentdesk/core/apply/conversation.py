"""How what is said and noted in an interaction changes the state."""

from __future__ import annotations

from typing import Any

from agentdesk.core.apply.line import quieten
from agentdesk.core.events import (
    CustomerLeft,
    CustomerReturned,
    DeliveryConfirmed,
    DraftSaved,
    MessageAdded,
    MessagesSeen,
    TagsSet,
    WrapupSaved,
)
from agentdesk.core.lifecycle import WAITING
from agentdesk.core.mail import sent_off
from agentdesk.core.model import RECENT_MAX, Draft, Interaction, Message, MessageKind, Said, Wrapup
from agentdesk.core.state import DeskState
from agentdesk.core.timers import Timer


def _interaction(state: DeskState, interaction_id: int) -> Interaction:
    interaction = state.interactions[interaction_id]
    state.changes.interactions[interaction_id] = interaction
    return interaction


def message_added(state: DeskState, event: MessageAdded, at: int, seq: int) -> None:
    """Something was said."""
    message = event.message
    interaction = _interaction(state, message.interaction_id)
    state.counters.message = message.id
    interaction.message_count += 1
    interaction.last_message_id = message.id
    if message.mail is not None:
        interaction.sends = sent_off(interaction.sends, message.id, message.mail)
    interaction.recent = (
        *interaction.recent[1 - RECENT_MAX :],
        Said(message.id, seq, message.agent, message.client_id),
    )
    if message.kind is MessageKind.INBOUND:
        _note_inbound(interaction, message, at)
    elif message.kind is MessageKind.OUTBOUND:
        _note_outbound(state, interaction, message, at)


def _note_inbound(interaction: Interaction, message: Message, at: int) -> None:
    interaction.last_inbound_id = message.id
    interaction.last_inbound_ms = at
    interaction.quiet_since_ms = None
    if interaction.reply_due_since_ms is None:
        interaction.reply_due_since_ms = at


def _note_outbound(state: DeskState, interaction: Interaction, message: Message, at: int) -> None:
    if interaction.reply_due_since_ms is not None:
        interaction.reply_due_since_ms = None
        quieten(state, interaction, at)
    if interaction.first_reply_ms is None:
        interaction.first_reply_ms = at
    draft = interaction.draft
    if draft is not None and draft.agent == message.agent and draft.kind is message.kind:
        # Empty, but with its version: an older draft that arrives late must not bring back what was sent.
        interaction.draft = Draft(draft.agent, draft.kind, "", draft.version)


def delivery_confirmed(state: DeskState, event: DeliveryConfirmed, at: int, seq: int) -> None:
    """The customer's side has it."""
    interaction = _interaction(state, event.interaction_id)
    interaction.delivered_upto = event.delivered_upto
    interaction.read_upto = event.read_upto


def messages_seen(state: DeskState, event: MessagesSeen, at: int, seq: int) -> None:
    """The holder has seen it."""
    _interaction(state, event.interaction_id).seen_upto = event.upto


def draft_saved(state: DeskState, event: DraftSaved, at: int, seq: int) -> None:
    """What is being typed is kept."""
    _interaction(state, event.interaction_id).draft = event.draft


def tags_set(state: DeskState, event: TagsSet, at: int, seq: int) -> None:
    """Other tags."""
    _interaction(state, event.interaction_id).tags = event.tags


def wrapup_saved(state: DeskState, event: WrapupSaved, at: int, seq: int) -> None:
    """Wrap-up as far as it got."""
    interaction = _interaction(state, event.interaction_id)
    wrapup = interaction.wrapup
    assert wrapup is not None, f"interaction {interaction.id} has no wrap-up to save"
    interaction.wrapup = Wrapup(wrapup.since_ms, wrapup.due_ms, event.disposition, event.tags, event.note)


def customer_left(state: DeskState, event: CustomerLeft, at: int, seq: int) -> None:
    """Away; while it waits the grace time runs."""
    interaction = _interaction(state, event.interaction_id)
    interaction.customer_away_since_ms = at
    if interaction.state in WAITING:
        state.timers.set(at + state.desk.customer_grace_s * 1000, Timer.CUSTOMER_GRACE, interaction.id)


def customer_returned(state: DeskState, event: CustomerReturned, at: int, seq: int) -> None:
    """Back."""
    _interaction(state, event.interaction_id).customer_away_since_ms = None


WRITERS: dict[Any, Any] = {
    MessageAdded: message_added,
    DeliveryConfirmed: delivery_confirmed,
    MessagesSeen: messages_seen,
    DraftSaved: draft_saved,
    TagsSet: tags_set,
    WrapupSaved: wrapup_saved,
    CustomerLeft: customer_left,
    CustomerReturned: customer_returned,
}
