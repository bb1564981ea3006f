"""Rules on recorded history: what each would have matched, and where its interactions would have gone. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from agentdesk.config.server import ServerSettings
from agentdesk.core.model import Rule
from agentdesk.core.rules import Facts, Outcome, evaluate
from agentdesk.server.desk_settings import rules as rules_of
from agentdesk.store.base import Arrival, Store

LOOKED_AT_MAX = 200_000
"""Interactions that are looked at, the newest first."""
PAGE = 500
EXAMPLES_MAX = 3
EXAMPLE_LENGTH = 60

Told = Callable[[int, int], None]
"""Called with how much of the time was looked at, and how much there is, in milliseconds."""


class Hits(msgspec.Struct):
    """What one rule would have matched; examples are the newest, each its number and how it began."""

    rule: str
    matched: int = 0
    examples: list[tuple[int, str]] = []


class Past(msgspec.Struct):
    """What rules would have made of what came in. `moves` are how many waited in one queue and would wait in another;
    `changed` how many would have other skills, priority, tags or preferred agents than by the rules there are."""

    rules: list[Hits]
    looked_at: int = 0
    since_ms: int = 0
    moves: dict[tuple[str, str], int] = {}
    changed: int = 0


def look_back(store: Store, now: Sequence[Rule], new: ServerSettings, since_ms: int, told: Told) -> Past:
    """Play what came in since then, newest first, through the new rules beside those there are now."""
    old, rules = tuple(now), rules_of(new)
    takes = {queue.id: queue.channels for queue in new.queues}
    hits = {rule.name: Hits(rule.name) for rule in rules}
    moves: Counter[tuple[str, str]] = Counter()
    past = Past(list(hits.values()), since_ms=since_ms)
    for arrival in _arrivals(store, since_ms, told):
        past.looked_at += 1
        facts = facts_of(arrival)
        outcome, before = evaluate(rules, facts), evaluate(old, facts)
        for name in outcome.matched:
            _note(hits[name], arrival)
        waited = arrival.started.queue
        chosen = outcome.queue if facts.channel in takes.get(outcome.queue, ()) else ""
        target = chosen or (facts.queue if before.queue else waited)  # else hours had led it there, and still would
        if target != waited:
            moves[waited, target] += 1
        past.changed += _but_queue(outcome) != _but_queue(before)
    past.moves = dict(moves.most_common())
    return past


def facts_of(arrival: Arrival) -> Facts:
    """What rules see of a recorded interaction: of its customer what is known today."""
    it, customer = arrival.started, arrival.customer
    return Facts(
        channel=it.channel,
        queue=it.entry or it.queue,
        text=arrival.text,
        subject=it.subject,
        language=it.language,
        attributes=it.attributes,
        customer_attributes=customer.attributes if customer is not None else {},
        customer_tags=customer.tags if customer is not None else (),
        last_disposition=arrival.last_disposition,
        interactions=int(arrival.returning),
    )


def _arrivals(store: Store, since_ms: int, told: Told) -> Iterator[Arrival]:
    before: int | None = None
    newest_ms = 0
    for _ in range(LOOKED_AT_MAX // PAGE):
        page = store.arrivals(before=before, limit=PAGE)
        for arrival in page:
            if arrival.at_ms < since_ms:
                return
            yield arrival
        if len(page) < PAGE:
            return
        newest_ms = newest_ms or page[0].at_ms
        told(newest_ms - page[-1].at_ms, newest_ms - since_ms)
        before = page[-1].seq


def _note(hits: Hits, arrival: Arrival) -> None:
    hits.matched += 1
    if len(hits.examples) < EXAMPLES_MAX:
        text = " ".join((arrival.started.subject or arrival.text).split())
        hits.examples = [*hits.examples, (arrival.started.interaction_id, text[:EXAMPLE_LENGTH])]


def _but_queue(outcome: Outcome) -> tuple[object, ...]:
    return (outcome.skills, outcome.priority, outcome.tags, outcome.prefer)
