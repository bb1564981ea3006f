"""Whom an event is addressed to: at most one agent, by the state before the event."""

from __future__ import annotations

from agentdesk.core.events import (
    AgentConfigured,
    AgentConnected,
    AgentDisconnected,
    AgentLost,
    AgentRemoved,
    AnyEvent,
    MessageAdded,
    OfferAccepted,
    OfferDeclined,
    Offered,
    OfferMissed,
    OfferRescinded,
    PresenceChanged,
)
from agentdesk.core.model import Interaction
from agentdesk.core.state import DeskState

NAMES_ITS_AGENT = frozenset(
    {
        AgentConnected,
        AgentDisconnected,
        AgentLost,
        AgentRemoved,
        OfferAccepted,
        OfferDeclined,
        OfferMissed,
        OfferRescinded,
        PresenceChanged,
    }
)


def audience(state: DeskState, event: AnyEvent) -> str | None:
    """The agent an event names, or who holds or is offered the interaction it is about."""
    kind = type(event)
    if kind in NAMES_ITS_AGENT:
        return event.agent  # type: ignore[union-attr, return-value]
    if kind is Offered:
        return event.offer.agent  # type: ignore[union-attr]
    if kind is AgentConfigured:
        return event.agent.id  # type: ignore[union-attr]
    if kind is MessageAdded:
        return _at(state.interactions.get(event.message.interaction_id))  # type: ignore[union-attr]
    return _at(state.interactions.get(getattr(event, "interaction_id", None) or 0))


def _at(interaction: Interaction | None) -> str | None:
    if interaction is None:
        return None
    return interaction.agent if interaction.offer is None else interaction.offer.agent
