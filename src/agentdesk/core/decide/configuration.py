"""What the admin set: the desk, its queues, its agents."""

from __future__ import annotations

from agentdesk.core.commands import ConfigureAgent, ConfigureDesk, RemoveAgent, SetHours
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.offers import take_back_all
from agentdesk.core.decide.refusals import unknown
from agentdesk.core.decide.wrapup import close_automatically
from agentdesk.core.events import (
    AgentConfigured,
    AgentRemoved,
    AnyEvent,
    DeskConfigured,
    HoursChanged,
    QueueConfigured,
    QueueRemoved,
)
from agentdesk.core.model import State


def configure_desk(case: Case, command: ConfigureDesk) -> Verdict:
    """What differs from before. A queue no longer named goes only when nothing of it is live."""
    state = case.state
    events: list[AnyEvent] = [] if command.desk == state.desk else [DeskConfigured(command.desk)]
    events += [QueueConfigured(queue) for queue in command.queues if state.queues.get(queue.id) != queue]
    named = {queue.id for queue in command.queues}
    used = {interaction.queue for interaction in state.interactions.values()}
    events += [QueueRemoved(queue) for queue in state.queues if queue not in named | used]
    return Granted(events)


def set_hours(case: Case, command: SetHours) -> Verdict:
    """The queue opens or closes; what waits already stays."""
    if command.queue not in case.state.queues:
        return unknown("queue", command.queue)
    same = case.state.hours.get(command.queue) is command.hours
    return Granted([] if same else [HoursChanged(command.queue, command.hours)])


def configure_agent(case: Case, command: ConfigureAgent) -> Verdict:
    """A new agent, or new settings of one."""
    agent = case.state.agents.get(command.agent.id)
    same = agent is not None and agent.config == command.agent
    return Granted([] if same else [AgentConfigured(command.agent)])


def remove_agent(case: Case, command: RemoveAgent) -> Verdict:
    """Disabled: what they hold goes back to its place, their wrap-ups close as they are."""
    agent = case.state.agents.get(command.agent)
    if agent is None:
        return unknown("agent", command.agent)
    events = take_back_all(case, agent, "agent removed")
    for interaction in (case.state.interactions[i] for i in agent.holding):
        if interaction.state is State.WRAPPING:
            events += close_automatically(case, interaction)
        else:
            events += case.requeue(interaction, "lost")
    return Granted([*events, AgentRemoved(agent.id)])
