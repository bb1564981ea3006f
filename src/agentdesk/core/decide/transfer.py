"""Handing an interaction to another queue or to one agent."""

from __future__ import annotations

from agentdesk.core.commands import Refused, Transfer
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.offers import make_in, take_back
from agentdesk.core.decide.refusals import invalid, unknown, wrong_state
from agentdesk.core.events import AnyEvent, InteractionTransferred, MessageAdded, RingEntered
from agentdesk.core.model import Interaction, Message, MessageKind, QueueConfig, State
from agentdesk.core.routing.pool import is_present


def transfer(case: Case, command: Transfer) -> Verdict:
    """Into the line of a queue at the place it has, or as an offer to one agent, who need not have its skills."""
    interaction = case.state.interactions[command.interaction_id]
    refusal = _refusal(case, command, interaction)
    if refusal is not None:
        return refusal
    queue = command.queue or interaction.queue
    events: list[AnyEvent] = [_note(case, interaction, command.note)] if command.note else []
    events += take_back(case, interaction, "transferred")
    to_agent = command.agent or None
    events.append(InteractionTransferred(interaction.id, interaction.agent or "", queue, to_agent))
    requeued = case.requeue(interaction, "transferred", to_agent, queue)
    events += requeued
    if to_agent is not None:
        to = case.state.queues[queue]
        events += make_in(case, interaction, to_agent, to, _ring_in(to, interaction, requeued[-1]))
    return Granted(events, interaction_id=interaction.id)


def _ring_in(queue: QueueConfig, interaction: Interaction, last: AnyEvent) -> int:
    """The ring it is in once this event, the last of its return to the line, has happened."""
    if isinstance(last, RingEntered):
        return last.ring
    return min(interaction.ring, len(queue.rings)) if interaction.queue == queue.id else 0


def _refusal(case: Case, command: Transfer, interaction: Interaction) -> Refused | None:
    if not command.queue and not command.agent:
        return invalid("Say which queue or which agent to hand it to.")
    queue = case.state.queues.get(command.queue or interaction.queue)
    if queue is None:
        return unknown("queue", command.queue)
    if interaction.channel not in queue.channels:
        return invalid(f"Queue {queue.id!r} takes {', '.join(queue.channels)}, not {interaction.channel!r}.")
    if interaction.state is State.WRAPPING:
        return wrong_state(interaction, "it can no longer be handed on.")
    return _agent_cannot(case, command.agent, interaction) if command.agent else None


def _agent_cannot(case: Case, agent_id: str, interaction: Interaction) -> Refused | None:
    agent = case.state.agents.get(agent_id)
    if agent is None:
        return unknown("agent", agent_id)
    if agent_id in (interaction.agent, interaction.offer.agent if interaction.offer else None):
        return invalid(f"{agent.config.name} has it already.")
    if not is_present(agent):
        return Refused("no_capacity", f"{agent.config.name} is not available; hand it to a queue instead.")
    if not case.state.router.has_room(agent_id, interaction):
        return Refused("no_capacity", f"{agent.config.name} has no free slot; hand it to a queue instead.")
    return None


def _note(case: Case, interaction: Interaction, text: str) -> MessageAdded:
    actor = case.actor
    agent = case.state.agents.get(actor.id)
    author = agent.config.name if agent is not None else actor.name or actor.id
    return MessageAdded(
        Message(
            id=case.new_message(),
            interaction_id=interaction.id,
            customer_id=interaction.customer_id,
            kind=MessageKind.NOTE,
            author=author,
            text=text,
            at_ms=case.now,
            agent=actor.id,
        )
    )
