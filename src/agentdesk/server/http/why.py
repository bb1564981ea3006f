"""Why an interaction is where it is, and why nothing comes to an agent."""

from __future__ import annotations

from agentdesk.client.why import PastOffer, WhyAnswer
from agentdesk.core.events import (
    OfferAccepted,
    OfferDeclined,
    Offered,
    OfferMissed,
    OfferRescinded,
    Recorded,
)
from agentdesk.core.model import Interaction, Role, State
from agentdesk.core.routing.explain import WhyAgent
from agentdesk.server.http.history import EVENTS_MAX
from agentdesk.server.http.operation import Call, Operation
from agentdesk.server.http.problems import ApiError, not_found

ENDS = {
    OfferAccepted: "accepted",
    OfferDeclined: "declined",
    OfferMissed: "missed",
    OfferRescinded: "rescinded",
}


async def why_interaction(call: Call) -> WhyAnswer:
    """What routing does with an interaction now, and the offers there were."""
    number: int = call.path["id"]
    view, now = call.parts.loop.view, call.parts.clock.now_ms()
    one: Interaction | None = view.interaction(number) or await call.read(call.parts.store.interaction, number)
    if one is None:
        raise not_found("such interaction")
    if not _concerns(call, one):
        raise _not_theirs("That interaction is neither yours nor waiting in one of your queues.")
    events: list[Recorded] = await call.read(call.parts.store.events_about, number, EVENTS_MAX)
    return WhyAnswer(number, now, view.why_interaction(number, now), past_offers(events))


def _concerns(call: Call, one: Interaction) -> bool:
    me = call.who.user.id
    if call.who.may(Role.SUPERVISOR) or one.agent == me or (one.offer is not None and one.offer.agent == me):
        return True
    audience = call.parts.audience(call.who)
    return one.state is State.QUEUED and (audience is None or one.queue in audience)


async def why_agent(call: Call) -> WhyAgent:
    """Why nothing comes to an agent."""
    agent: str = call.path["agent"]
    if agent != call.who.user.id and not call.who.may(Role.SUPERVISOR):
        raise _not_theirs("Agents may ask about themselves.")
    found = call.parts.loop.view.why_agent(agent, call.parts.clock.now_ms())
    if found is None:
        raise not_found("such agent")
    return found


def past_offers(events: list[Recorded]) -> tuple[PastOffer, ...]:
    """The offers in what happened to an interaction, each with its end."""
    offers: dict[int, PastOffer] = {}
    for recorded in events:
        event = recorded.event
        if isinstance(event, Offered):
            offer = event.offer
            offers[offer.id] = PastOffer(offer.id, offer.agent, recorded.at_ms, event.trace)
        elif isinstance(event, OfferAccepted | OfferDeclined | OfferMissed | OfferRescinded):
            made = offers.get(event.offer_id)
            if made is not None:
                reason = getattr(event, "reason", "")
                offers[event.offer_id] = PastOffer(
                    made.offer_id, made.agent, made.at_ms, made.trace, ENDS[type(event)], recorded.at_ms, reason
                )
    return tuple(offers.values())


def _not_theirs(message: str) -> ApiError:
    return ApiError(403, "not_permitted", message, "Ask a supervisor.")


OPERATIONS = (
    Operation("GET", "/interactions/{id:int}/why", "why_interaction",
              "Why an interaction is where it is: who could take it, what keeps the others, past offers",
              why_interaction, WhyAnswer),
    Operation("GET", "/agents/{agent}/why", "why_agent", "Why nothing comes to an agent", why_agent, WhyAgent),
)  # fmt: skip
