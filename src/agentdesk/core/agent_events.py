"""What became true of agents."""

from __future__ import annotations

from agentdesk.core.event import Event
from agentdesk.core.model import AgentConfig, Presence


class AgentConfigured(Event, frozen=True):
    """An agent exists with these settings."""

    agent: AgentConfig


class AgentRemoved(Event, frozen=True):
    """An agent was disabled."""

    agent: str


class AgentConnected(Event, frozen=True):
    """A session of the agent is open; `sessions` are open now."""

    agent: str
    sessions: int


class AgentDisconnected(Event, frozen=True):
    """A session of the agent is gone; `sessions` are open now."""

    agent: str
    sessions: int


class AgentLost(Event, frozen=True):
    """The grace time ran out without a session; what they held goes back."""

    agent: str


class PresenceChanged(Event, frozen=True):
    """The agent's presence is this; `by` is who said so (an agent's id or 'desk')."""

    agent: str
    presence: Presence
    reason: str = ""
    by: str = ""
