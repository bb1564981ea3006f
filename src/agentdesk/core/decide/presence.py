"""What agents say of themselves."""

from __future__ import annotations

from agentdesk.core.commands import SetPresence
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.offers import take_back_all
from agentdesk.core.decide.refusals import invalid, unknown
from agentdesk.core.events import AnyEvent, PresenceChanged
from agentdesk.core.model import Presence


def set_presence(case: Case, command: SetPresence) -> Verdict:
    """Available, away or offline. Who is not available has no offers; what they hold stays theirs."""
    agent = case.state.agents.get(command.agent or case.actor.id)
    if agent is None:
        return unknown("agent", command.agent or case.actor.id)
    if command.presence is Presence.NOT_RESPONDING:
        return invalid("That is for the desk to find out; say available, away or offline.")
    if (agent.presence, agent.reason) == (command.presence, command.reason):
        return Granted([])
    events: list[AnyEvent] = [PresenceChanged(agent.id, command.presence, command.reason, case.actor.id)]
    if command.presence is not Presence.AVAILABLE:
        events += take_back_all(case, agent, f"agent {command.presence}")
    return Granted(events)
