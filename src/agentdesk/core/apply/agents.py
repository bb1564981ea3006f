"""How events about agents change the state."""

from __future__ import annotations

from typing import Any

from agentdesk.core.apply.moves import changed, touch
from agentdesk.core.events import (
    AgentConfigured,
    AgentConnected,
    AgentDisconnected,
    AgentLost,
    AgentRemoved,
    PresenceChanged,
)
from agentdesk.core.model import Agent, Presence
from agentdesk.core.routing.pool import is_present
from agentdesk.core.state import DeskState
from agentdesk.core.timers import Timer


def agent_configured(state: DeskState, event: AgentConfigured, at: int, seq: int) -> None:
    """The agent is there, or is like this now."""
    agent = state.agents.get(event.agent.id)
    if agent is None:
        agent = state.agents[event.agent.id] = Agent(config=event.agent, presence_since_ms=at)
        touch(state, agent, at, seq)
        state.changes.removed_agents.discard(agent.id)
    agent.config = event.agent
    changed(state, agent)
    state.router.configure(agent, state.weighing_on(agent))


def agent_removed(state: DeskState, event: AgentRemoved, at: int, seq: int) -> None:
    """Gone, with nothing left in their hands."""
    agent = state.agents.pop(event.agent)
    assert not agent.holding, f"{agent.id} still holds {agent.holding}"
    assert not agent.offers, f"{agent.id} still has offers {agent.offers}"
    state.router.remove(agent.id)
    state.changes.agents.pop(agent.id, None)
    state.changes.removed_agents.add(agent.id)
    state.dirty_agents.add(agent.id)


def agent_connected(state: DeskState, event: AgentConnected, at: int, seq: int) -> None:
    """A session more; the grace time stops."""
    agent = state.agents[event.agent]
    was_present = is_present(agent)
    agent.sessions = event.sessions
    agent.lost_since_ms = None
    _be(state, agent, was_present, at, seq)


def agent_disconnected(state: DeskState, event: AgentDisconnected, at: int, seq: int) -> None:
    """A session less; after the last the grace time runs."""
    agent = state.agents[event.agent]
    was_present = is_present(agent)
    agent.sessions = event.sessions
    if not agent.sessions and (agent.holding or agent.presence is not Presence.OFFLINE):
        agent.lost_since_ms = at
        state.timers.set(at + state.desk.agent_grace_s * 1000, Timer.AGENT_GRACE, agent.id)
    _be(state, agent, was_present, at, seq)


def agent_lost(state: DeskState, event: AgentLost, at: int, seq: int) -> None:
    """Nobody is there: offline, until they come back and say otherwise."""
    agent = state.agents[event.agent]
    agent.lost_since_ms = None
    if agent.presence is not Presence.OFFLINE:
        agent.presence = Presence.OFFLINE
        agent.presence_since_ms = at
        agent.reason = "lost"
    _be(state, agent, False, at, seq)


def presence_changed(state: DeskState, event: PresenceChanged, at: int, seq: int) -> None:
    """They are available, away, offline or not responding."""
    agent = state.agents[event.agent]
    was_present = is_present(agent)
    if agent.presence is not event.presence:
        agent.presence_since_ms = at
    agent.presence = event.presence
    agent.reason = event.reason
    if event.presence is Presence.AVAILABLE:
        agent.missed_in_a_row = 0
    _be(state, agent, was_present, at, seq)


def _be(state: DeskState, agent: Agent, was_present: bool, at: int, seq: int) -> None:
    changed(state, agent)
    state.router.be(agent)
    if is_present(agent) and not was_present:
        touch(state, agent, at, seq)


WRITERS: dict[Any, Any] = {
    AgentConfigured: agent_configured,
    AgentRemoved: agent_removed,
    AgentConnected: agent_connected,
    AgentDisconnected: agent_disconnected,
    AgentLost: agent_lost,
    PresenceChanged: presence_changed,
}
