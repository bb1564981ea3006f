"""What a customer's side does beside writing: it goes away, comes back, ends, confirms delivery."""

from __future__ import annotations

from agentdesk.core.commands import ConfirmDelivery, CustomerEnds, CustomerLeaves, CustomerReturns, Refused
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.offers import take_back
from agentdesk.core.decide.permissions import find
from agentdesk.core.decide.wrapup import end_conversation
from agentdesk.core.events import (
    AnyEvent,
    CustomerLeft,
    CustomerReturned,
    DeliveryConfirmed,
    InteractionAbandoned,
)
from agentdesk.core.lifecycle import WAITING
from agentdesk.core.model import Interaction, State


def leave(case: Case, command: CustomerLeaves) -> Verdict:
    """Gone without ending. While it waits the grace time runs; once someone holds it, it only shows."""
    interaction = find(case.state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    away = interaction.customer_away_since_ms is not None
    return _granted(interaction, [] if away else [CustomerLeft(interaction.id)])


def come_back(case: Case, command: CustomerReturns) -> Verdict:
    """Back, with the place as it was."""
    interaction = find(case.state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    away = interaction.customer_away_since_ms is not None
    return _granted(interaction, [CustomerReturned(interaction.id)] if away else [])


def end(case: Case, command: CustomerEnds) -> Verdict:
    """The customer is done: abandoned if nobody had taken it, else on to wrap-up."""
    interaction = find(case.state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    if interaction.state in WAITING:
        return _granted(interaction, abandon(case, interaction))
    if interaction.state is State.WRAPPING:
        return _granted(interaction, [])
    return _granted(interaction, end_conversation(case, interaction, "customer"))


def abandon(case: Case, interaction: Interaction) -> list[AnyEvent]:
    """The customer is gone before anyone took it."""
    return [*take_back(case, interaction, "customer left"), InteractionAbandoned(interaction.id)]


def confirm(case: Case, command: ConfirmDelivery) -> Verdict:
    """Received and read up to; going back changes nothing."""
    interaction = find(case.state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    last = interaction.last_message_id
    read = min(max(command.read_upto, interaction.read_upto), last)
    delivered = min(max(command.delivered_upto, interaction.delivered_upto, read), last)
    same = (delivered, read) == (interaction.delivered_upto, interaction.read_upto)
    return _granted(interaction, [] if same else [DeliveryConfirmed(interaction.id, delivered, read)])


def _granted(interaction: Interaction, events: list[AnyEvent]) -> Granted:
    return Granted(events, interaction_id=interaction.id, customer_id=interaction.customer_id)
