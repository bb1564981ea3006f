"""Making, accepting and declining offers, and what becomes of them when someone goes away."""

from __future__ import annotations

from agentdesk.core.commands import AcceptOffer, DeclineOffer
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.events import (
    AnyEvent,
    EveryoneRefused,
    InteractionRested,
    OfferAccepted,
    OfferDeclined,
    Offered,
    OfferMissed,
    OfferRescinded,
    PresenceChanged,
)
from agentdesk.core.model import Agent, Interaction, Offer, Presence, QueueConfig, Trace


def make(case: Case, interaction: Interaction, agent_id: str, trace: Trace | None = None) -> list[AnyEvent]:
    """Reserve it for this agent; in a queue that accepts for its agents it is theirs at once."""
    return make_in(case, interaction, agent_id, case.state.queues[interaction.queue], interaction.ring, trace)


def make_in(
    case: Case, interaction: Interaction, agent_id: str, queue: QueueConfig, ring: int, trace: Trace | None = None
) -> list[AnyEvent]:
    """Reserve it for this agent by the rules of a queue and ring that it is about to be in."""
    offered = reserve(case, interaction, agent_id, queue, ring, trace)
    if not queue.auto_accept:
        return [offered]
    return [offered, OfferAccepted(interaction.id, offered.offer.id, agent_id, case.new_segment(), True)]


def reserve(
    case: Case, interaction: Interaction, agent_id: str, queue: QueueConfig, ring: int, trace: Trace | None
) -> Offered:
    """The offer alone."""
    timeout_s = queue.offer_timeouts.get(interaction.channel, queue.offer_timeout_s)
    offer = Offer(case.new_offer(), interaction.id, agent_id, case.now, case.now + timeout_s * 1000, ring)
    return Offered(offer, case.new_segment(), trace)


def accept(case: Case, command: AcceptOffer) -> Verdict:
    """The agent takes what they are offered."""
    interaction = _offered(case, command.offer_id)
    event = OfferAccepted(interaction.id, command.offer_id, case.actor.id, case.new_segment())
    return Granted([event], id=command.offer_id, interaction_id=interaction.id, customer_id=interaction.customer_id)


def decline(case: Case, command: DeclineOffer) -> Verdict:
    """The agent gives it back; it keeps its place."""
    interaction = _offered(case, command.offer_id)
    declined = OfferDeclined(interaction.id, command.offer_id, case.actor.id, command.reason)
    requeued = case.requeue(interaction, "declined", _prefer_another(interaction, case.actor.id))
    return Granted([declined, *requeued], id=command.offer_id, interaction_id=interaction.id)


def miss(case: Case, interaction: Interaction, offer: Offer) -> list[AnyEvent]:
    """The offer ran out. After too many in a row the agent is taken to be away, with their other offers."""
    agent = case.state.agents[offer.agent]
    most = case.state.desk.missed_offers_max
    set_aside = bool(most) and agent.missed_in_a_row + 1 >= most
    events: list[AnyEvent] = [
        OfferMissed(interaction.id, offer.id, offer.agent, set_aside),
        *case.requeue(interaction, "missed", _prefer_another(interaction, offer.agent)),
    ]
    if set_aside:
        events.append(PresenceChanged(agent.id, Presence.NOT_RESPONDING, "missed an offer", "desk"))
        events += take_back_all(case, agent, "agent not responding", but=offer.id)
    return events


def refused_by_all(case: Case, interaction: Interaction) -> AnyEvent:
    """Everyone able has refused it: it rests, so that it does not come back to them at once."""
    pause_ms = case.state.desk.refused_pause_s * 1000
    return InteractionRested(interaction.id, case.now + pause_ms) if pause_ms else EveryoneRefused(interaction.id)


def take_back(case: Case, interaction: Interaction, reason: str) -> list[AnyEvent]:
    """Rescind the live offer of an interaction, if there is one."""
    offer = interaction.offer
    return [] if offer is None else [OfferRescinded(interaction.id, offer.id, offer.agent, reason)]


def take_back_all(case: Case, agent: Agent, reason: str, but: int = 0) -> list[AnyEvent]:
    """Rescind every offer an agent has; each interaction goes back to its place."""
    events: list[AnyEvent] = []
    for offer_id in agent.offers:
        if offer_id != but:
            interaction = case.state.interactions[case.state.offers[offer_id]]
            events += take_back(case, interaction, reason)
            events += case.requeue(interaction, "rescinded", interaction.prefer)
    return events


def _offered(case: Case, offer_id: int) -> Interaction:
    return case.state.interactions[case.state.offers[offer_id]]


def _prefer_another(interaction: Interaction, refuser: str) -> str | None:
    return None if interaction.prefer == refuser else interaction.prefer
