"""Compares what everybody was told with what the database holds and the other side has seen. Pure.

Lost is a message that was acknowledged to its writer and is not in the database, or is there and never reached the
other side although they had that conversation on the screen. Duplicated is one that is there, or was shown, twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from agentdesk.cli.demo.ledger import CustomerBooks, Ledger
from agentdesk.core.model import Interaction, Message, MessageKind

UNTOLD = 0
"""The id in an acknowledgement that came so late that the server names the message by its `cid` alone."""


class Latency(msgspec.Struct, frozen=True):
    """From a customer's send to the agent's client, committed on the way."""

    p50: float | None
    p99: float | None


class Summary(msgspec.Struct, frozen=True):
    """What happened in a demo."""

    seconds: float
    customers: int
    left_early: int
    messages_in: int
    messages_out: int
    offers: int
    accepted: int
    wrapped_up: int
    lost: int
    duplicated: int
    latency_ms: Latency


def summary(
    ledger: Ledger, messages: Iterable[Message], interactions: Iterable[Interaction], seconds: float
) -> Summary:
    """The outcome, all of it counted."""
    kept = {message.id: message for message in messages}
    taken = {one.id for one in interactions if one.first_accepted_ms is not None}
    agents = ledger.agents
    return Summary(
        seconds=round(seconds, 1),
        customers=len(ledger.customers),
        left_early=sum(books.left_early for books in ledger.customers),
        messages_in=sum(len(books.said) for books in ledger.customers),
        messages_out=sum(len(books.said) for books in agents),
        offers=sum(books.offers for books in agents),
        accepted=sum(books.accepted for books in agents),
        wrapped_up=sum(books.wrapped_up for books in agents),
        lost=len(lost(ledger, kept, taken)),
        duplicated=duplicated(ledger, kept.values()),
        latency_ms=Latency(_percentile(ledger.latencies_us, 50), _percentile(ledger.latencies_us, 99)),
    )


def lost(ledger: Ledger, kept: dict[int, Message], taken: set[int]) -> set[int]:
    """The ids of messages that were acknowledged and are not where they have to be."""
    seen_by_agents = set().union(*(books.shown for books in ledger.agents))
    by_cid = {message.client_id: message for message in kept.values()}
    missing: set[int] = set()
    for said in ledger.said():
        message = by_cid.get(said.cid)
        if message is None or message.text != said.text or said.id not in (UNTOLD, message.id):
            missing.add(said.id)
    for customer in ledger.customers:
        mine = (said.id for said in customer.said if said.id in kept and kept[said.id].interaction_id in taken)
        missing.update(number for number in mine if number not in seen_by_agents)
        missing |= _gaps(customer, kept)
    return missing


def _gaps(books: CustomerBooks, kept: dict[int, Message]) -> set[int]:
    """What was said in a conversation before something that its customer's page showed, and wasn't shown."""
    newest: dict[int, int] = {}
    for number in books.shown:
        if (message := kept.get(number)) is not None:
            newest[message.interaction_id] = max(newest.get(message.interaction_id, 0), number)
    return {
        message.id
        for message in kept.values()
        if message.kind in (MessageKind.INBOUND, MessageKind.OUTBOUND)
        and message.id <= newest.get(message.interaction_id, 0)
        and message.id not in books.shown
    }


def duplicated(ledger: Ledger, kept: Iterable[Message]) -> int:
    """How many times something came once more than it was said."""
    names = Counter((m.interaction_id, m.agent, m.client_id) for m in kept if m.client_id)
    twice = sum(count - 1 for count in names.values())
    twice += sum(books.shown_twice for books in ledger.customers)
    return twice + sum(books.shown_twice for books in ledger.agents)


def _percentile(values_us: list[int], percent: int) -> float | None:
    if not values_us:
        return None
    ordered = sorted(values_us)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] / 1000, 2)
