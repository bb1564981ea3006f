"""Whom an event is addressed to: at most one agent, by the state before the event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentdesk.core.events import (
    AgentConfigured,
    AgentConnected,
    AgentDisconnected,
    AgentLost,
    AgentRemoved,
    AnyEvent,
    CustomerCreated,
    InteractionStarted,
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
    find = _OF.get(kind)
    if find is not None:
        return find(state, event)
    interaction = state.interactions.get(getattr(event, "interaction_id", 0) or 0)
    if interaction is None:
        return None
    return interaction.agent if interaction.offer is None else interaction.offer.agent


def _at(interaction: Interaction | None) -> str | None:
    if interaction is None:
        return None
    return interaction.agent if interaction.offer is None else interaction.offer.agent


_OF: dict[type, Callable[[DeskState, Any], str | None]] = {
    Offered: lambda state, event: event.offer.agent,
    AgentConfigured: lambda state, event: event.agent.id,
    MessageAdded: lambda state, event: _at(state.interactions.get(event.message.interaction_id)),
    # Nothing of these is anybody's: who they are about is not in anybody's hands yet.
    CustomerCreated: lambda state, event: None,
    InteractionStarted: lambda state, event: None,
}
