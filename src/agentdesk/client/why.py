"""Why something waits, went to somebody, or doesn't come: what the server answers, and how a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentdesk.core.model import Hours, Ledger, State, Trace
from agentdesk.core.routing.explain import Coming, Stop, WhyAgent, WhyCandidate, WhyInteraction, WhyQueue

Row = tuple[str, str]
"""What it is about, and what is so; the first is empty where it goes on from the row before."""


class PastOffer(msgspec.Struct, frozen=True):
    """One offer that was made, why, and how it ended: accepted, declined, missed, rescinded, or empty while it runs."""

    offer_id: int
    agent: str
    at_ms: int
    trace: Trace | None = None
    outcome: str = ""
    ended_ms: int | None = None
    reason: str = ""


class WhyAnswer(msgspec.Struct, frozen=True):
    """What routing does with an interaction now (None: it isn't live any more), and the offers there were, in order."""

    interaction_id: int
    now_ms: int
    live: WhyInteraction | None
    offers: tuple[PastOffer, ...] = ()


STOPS = {
    "signed_out": "signed out",
    "away": "away",
    "not_responding": "not responding",
    "queue": "not in {what}",
    "skill": "needs {what} {needs}, has {has}",
    "room": "no room: would carry {needs} of {has}",
    "channel_max": "no room: would have {needs} of {what}, may have {has}",
    "refused": "declined or missed it",
    "reserved": "reserved for {what}",
}
COUNTED = {"queue": "not in the queue", "skill": "too little of a skill", "room": "no room",
           "channel_max": "enough of the channel", "reserved": "reserved for somebody else"}  # fmt: skip
FIGURES = {
    "longest_idle": "idle {figure} s",
    "round_robin": "idle {figure} s",
    "least_occupied": "{figure} ‰ in use",
    "most_skilled": "levels {figure}",
    "fewest_handled": "{figure} taken today",
}
COMES = {
    "offer": "the offer expires",
    "ring": "the next ring opens",
    "affinity": "it is no longer reserved",
    "rest": "it may be offered to all again",
    "overflow": "it overflows",
    "snooze": "the snooze ends",
    "wrapup": "wrap-up ends",
    "customer_grace": "it is given up unless the customer is back",
}


def interaction_rows(answer: WhyAnswer) -> Iterator[Row]:
    """An interaction as a person reads it."""
    live = answer.live
    if live is None:
        yield "Now", "closed: nothing is decided any more"
    else:
        yield "Now", f"{live.state.value}" + (f", {live.agent}" if live.agent else "")
        yield "Queue", f"{live.queue}, {live.channel}" + _queue_words(live)
        if live.state is State.QUEUED:
            yield from _waiting_rows(live)
        for row, coming in enumerate(live.coming):
            yield "" if row else "Then", _coming(coming, live.now_ms)
        yield from _candidate_rows(live)
    for row, offer in enumerate(answer.offers):
        yield "" if row else "Offers", _offer(offer, answer.now_ms)


def agent_rows(why: WhyAgent) -> Iterator[Row]:
    """An agent as a person reads it."""
    presence = why.presence.value.replace("_", " ") + (f" ({why.reason})" if why.reason else "")
    yield "Presence", presence + ("" if why.connected else ", not connected")
    room = "full" if why.load >= why.capacity else f"{why.capacity - why.load} free"
    yield "Room", f"{why.load} of {why.capacity} in use, {room}; holds {why.holding}, offered {why.offers}"
    yield "Today", ledger_words(why.ledger)
    if not why.queues:
        yield "Waiting", "nothing waits"
    for row, queue in enumerate(why.queues):
        yield "" if row else "Waiting", _queue(queue)
    yield "Next", f"interaction {why.next}" if why.next is not None else "nothing they could take"


def ledger_words(ledger: Ledger) -> str:
    """What an agent was given today and what they did with it."""
    names = ("offered", "accepted", "declined", "missed", "next", "picked", "handled")
    return ", ".join(f"{getattr(ledger, name)} {name}" for name in names)


def stop_words(stop: Stop) -> str:
    """Why an agent doesn't get it."""
    return STOPS.get(stop.filter, stop.filter).format(what=stop.what, needs=stop.needs, has=stop.has)


def _queue_words(live: WhyInteraction) -> str:
    closed = "" if live.hours is Hours.OPEN else f"; {live.hours.value} now"
    return closed + ("; agents ask for the next" if live.pull else "")


def _waiting_rows(live: WhyInteraction) -> Iterator[Row]:
    yield "Place", f"{live.place} of {live.waiting}, score {live.score_s} s of wait"
    if live.rings:
        yield "Ring", f"{live.ring} of {live.rings}"
    if live.skills:
        yield "Skills", ", ".join(f"{name} {level}" for name, level in sorted(live.skills.items()))
    if live.reserved_for:
        yield "Reserved", f"for {live.reserved_for}"
    yield "Verdict", _verdict(live)


def _verdict(live: WhyInteraction) -> str:
    if live.free:
        asked = "could take it by asking for the next" if live.pull else "could take it"
        return f"{live.free} {asked}"
    if not live.stopped:
        return "there is nobody"
    counts = sorted(live.stopped.items(), key=lambda item: -item[1])
    return "nobody can take it: " + ", ".join(f"{count} {_counted(name)}" for name, count in counts)


def _counted(name: str) -> str:
    return COUNTED.get(name) or STOPS.get(name, name)


def _candidate_rows(live: WhyInteraction) -> Iterator[Row]:
    for row, one in enumerate(live.candidates):
        yield "" if row else "Agents", f"{one.agent}: {_candidate(one, live.how)}"
    more = live.free + sum(live.stopped.values()) - len(live.candidates)
    if more > 0:
        yield "", f"and {more} more"


def _candidate(one: WhyCandidate, how: str) -> str:
    if one.stop is None:
        return f"number {one.rank}, {FIGURES.get(how, how).format(figure=one.figure)}"
    return stop_words(one.stop) + (f" (comes in with ring {one.ring})" if one.ring else "")


def _coming(coming: Coming, now_ms: int) -> str:
    return f"{COMES.get(coming.what, coming.what)} in {max(0, coming.at_ms - now_ms + 999) // 1000} s"


def _offer(offer: PastOffer, now_ms: int) -> str:
    ended = offer.outcome or "runs"
    after = f" after {(offer.ended_ms - offer.at_ms) // 1000} s" if offer.ended_ms is not None else ""
    said = f" ({offer.reason})" if offer.reason else ""
    return f"{(now_ms - offer.at_ms) // 1000} s ago to {offer.agent}{_trace(offer.trace)}: {ended}{after}{said}"


def _trace(trace: Trace | None) -> str:
    if trace is None:
        return ""
    rivals = ", before " + ", ".join(one.agent for one in trace.rivals[1:]) if len(trace.rivals) > 1 else ""
    how = trace.how.replace("_", " ")
    return f", {how}, ring {trace.ring}, {trace.able} able, {trace.present} there, {trace.free} free{rivals}"


def _queue(queue: WhyQueue) -> str:
    ways = [f"{count} {_counted(name)}" for name, count in queue.stopped.items()]
    if queue.free:
        ways.insert(0, f"{queue.free} could come")
    pull = "; ask for the next" if queue.pull else ""
    return f"{queue.queue}: {queue.waiting} ({', '.join(ways)}){pull}"
