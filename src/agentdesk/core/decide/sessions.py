"""Agents' connections come and go; after the last one a grace time runs before their work is given to others."""

from __future__ import annotations

from agentdesk.core.commands import ServerStarted, SessionClosed, SessionOpened
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.offers import take_back_all
from agentdesk.core.decide.refusals import unknown
from agentdesk.core.events import AgentConnected, AgentDisconnected, AgentLost, AnyEvent
from agentdesk.core.lifecycle import CONVERSING
from agentdesk.core.model import Agent, State


def opened(case: Case, command: SessionOpened) -> Verdict:
    """One more session."""
    agent = case.state.agents.get(command.agent)
    if agent is None:
        return unknown("agent", command.agent)
    return Granted([AgentConnected(agent.id, agent.sessions + 1)])


def closed(case: Case, command: SessionClosed) -> Verdict:
    """One less; offers cannot be seen by nobody, so with the last session they go back at once."""
    agent = case.state.agents.get(command.agent)
    if agent is None:
        return unknown("agent", command.agent)
    if not agent.sessions:
        return Granted([])
    return Granted(_disconnect(case, agent, agent.sessions - 1))


def server_started(case: Case, command: ServerStarted) -> Verdict:
    """No session has survived the last process."""
    events: list[AnyEvent] = []
    for agent in case.state.agents.values():
        if agent.sessions:
            events += _disconnect(case, agent, 0)
    return Granted(events)


def _disconnect(case: Case, agent: Agent, sessions: int) -> list[AnyEvent]:
    events: list[AnyEvent] = [AgentDisconnected(agent.id, sessions)]
    if not sessions:
        events += take_back_all(case, agent, "agent disconnected")
    return events


def lose(case: Case, agent: Agent) -> list[AnyEvent]:
    """The grace time is over: their conversations return to the line, and to them first if they come back.

    Wrap-ups stay theirs until their timer, and so does what is snoozed until it wakes.
    """
    events: list[AnyEvent] = [AgentLost(agent.id)]
    for interaction in (case.state.interactions[i] for i in agent.holding):
        if interaction.state in CONVERSING and interaction.state is not State.SNOOZED:
            events += case.requeue(interaction, "lost", agent.id)
    return events
