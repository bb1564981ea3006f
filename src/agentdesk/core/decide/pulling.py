"""Agents who help themselves: the next in line, or one out of its order."""

from __future__ import annotations

from agentdesk.core.commands import Pick, Refused, TakeNext
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.offers import reserve
from agentdesk.core.decide.permissions import find
from agentdesk.core.decide.refusals import unknown, wrong_state
from agentdesk.core.events import OfferAccepted
from agentdesk.core.model import Interaction, State
from agentdesk.core.routing import Proposal, Step


def take_next(case: Case, command: TakeNext) -> Verdict:
    """The best placed that this agent could take, of one queue or of all."""
    state = case.state
    if not state.agents[case.actor.id].sessions:
        return _not_at_the_desk()
    if command.queue and command.queue not in state.queues:
        return unknown("queue", command.queue)
    interaction_id = state.router.next_for(case.actor.id, command.queue)
    if interaction_id is None:
        return Refused("no_capacity", "Nothing waits that you could take now.")
    return _take(case, state.interactions[interaction_id], "next")


def pick(case: Case, command: Pick) -> Verdict:
    """This one, whoever is before it and whatever its skills."""
    interaction = find(case.state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    if not case.state.agents[case.actor.id].sessions:
        return _not_at_the_desk()
    if interaction.state is not State.QUEUED:
        return wrong_state(interaction, "only what waits can be picked.")
    if not case.state.router.has_room(case.actor.id, interaction):
        return Refused("no_capacity", f"You have no free slot for interaction {interaction.id}.")
    return _take(case, interaction, "picked")


def _not_at_the_desk() -> Refused:
    # Nobody would see it, and no grace time would run.
    return Refused("wrong_state", "You are not connected; open your desk, then take something.")


def _take(case: Case, interaction: Interaction, how: str) -> Granted:
    proposal = Proposal(Step.OFFER, interaction.id, case.actor.id, how)
    trace = case.state.router.trace(proposal, case.now) if case.state.desk.trace else None
    offered = reserve(case, interaction, case.actor.id, case.state.queues[interaction.queue], interaction.ring, trace)
    offer_id = offered.offer.id
    accepted = OfferAccepted(interaction.id, offer_id, case.actor.id, case.new_segment(), pulled=how)
    return Granted([offered, accepted], offer_id, interaction.id, interaction.customer_id)
