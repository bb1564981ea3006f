"""Batches as a desk makes them: a few conversations, said by a seeded hand."""

from __future__ import annotations

import random
from copy import copy

from agentdesk.core.changes import Changes
from agentdesk.core.commands import Done
from agentdesk.core.events import AnyEvent, CustomerCreated, DeliveryConfirmed, MessageAdded, Recorded
from agentdesk.core.model import (
    Agent,
    AgentConfig,
    Attachment,
    Counters,
    Customer,
    DeskConfig,
    Identity,
    Interaction,
    Message,
    MessageKind,
    QueueConfig,
    Segment,
    State,
)
from agentdesk.store.base import Batch, Repeat

AT_MS = 1_700_000_000_000
WORDS = ["order", "parcel", "refund", "hello", "thanks", "größe", "được", "سفارش", "invoice", "late"]


def message(key: int, text: str, *, interaction_id: int = 1, customer_id: int = 1) -> Message:
    return Message(key, interaction_id, customer_id, MessageKind.INBOUND, "Ann", text, AT_MS + key)


def customer(key: int, name: str = "Ann", *, email: str = "", **attributes: str) -> Customer:
    identities = (Identity("email", email),) if email else ()
    return Customer(key, name, AT_MS, identities, attributes)


def interaction(key: int, state: State = State.ACTIVE, *, customer_id: int = 1, queue: str = "support") -> Interaction:
    segment = Segment(key, key, state, queue, "bob", AT_MS)
    return Interaction(
        key, "chat", queue, customer_id, "Ann", state, AT_MS, AT_MS, key, segment, agent="bob", subject=f"about {key}"
    )


def recorded(*events: AnyEvent, after: int = 0, agent: str | None = None) -> list[Recorded]:
    return [Recorded(after + at, AT_MS + after + at, event, agent) for at, event in enumerate(events, start=1)]


def batch(*events: Recorded, **changes: object) -> Batch:
    """A batch of these events; `interactions`, `customers` and `agents` may be given as lists."""
    for name in ("interactions", "customers", "agents"):
        rows = changes.get(name)
        if isinstance(rows, list):
            changes[name] = {row.id: row for row in rows}
    seq = events[-1].seq if events else 0
    return Batch(list(events), Changes(**changes), [], Counters(seq=seq))  # type: ignore[arg-type]


def said(*texts: str, customer_id: int = 1, interaction_id: int = 1, after: int = 0) -> Batch:
    """One interaction in which these were said, each by its own event."""
    messages = [
        message(after + at, text, interaction_id=interaction_id, customer_id=customer_id)
        for at, text in enumerate(texts, start=1)
    ]
    it = interaction(interaction_id, customer_id=customer_id)
    it.last_message_id, it.message_count = after + len(texts), len(texts)
    events = recorded(*map(MessageAdded, messages), after=after)
    made = batch(*events, interactions=[it], customers=[customer(customer_id, f"Customer {customer_id}")])
    made.counters = Counters(after + len(texts), interaction_id, customer_id, after + len(texts))
    return made


def settings() -> Batch:
    """What a new desk writes first."""
    made = batch(agents=[Agent(AgentConfig("bob", "Bob"))], desk=DeskConfig(missed_offers_max=3))
    made.changes.queues = {"support": QueueConfig("support", "Support"), "sales": QueueConfig("sales", "Sales")}
    return made


def conversations(count: int, seed: int) -> list[Batch]:
    """So many batches, of one to six events each, whose rows follow one another."""
    hand = _Hand(random.Random(seed))
    return [hand.batch() for _ in range(count)]


class _Hand:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._counters = Counters()
        self._live: list[Interaction] = []

    def batch(self) -> Batch:
        changes = Changes()
        events: list[Recorded] = []
        if len(self._live) < 3 or self._rng.random() < 0.1:
            self._begin(changes, events)
        for _ in range(self._rng.randint(1, 4)):
            it = self._rng.choice(self._live)
            self._add(events, self._say(it) if self._rng.random() < 0.7 else DeliveryConfirmed(it.id, 1, 1))
            changes.interactions[it.id] = it
        if len(self._live) > 5:
            self._end(changes)
        changes.interactions = {key: copy(it) for key, it in changes.interactions.items()}
        repeat = Repeat(f"key-{self._counters.seq}", Done(seq=self._counters.seq))
        return Batch(events, changes, [repeat], copy(self._counters))

    def _begin(self, changes: Changes, events: list[Recorded]) -> None:
        self._counters.interaction += 1
        self._counters.customer += 1
        self._counters.segment += 1
        key = self._counters.interaction
        it = interaction(key, customer_id=key)
        it.segment = Segment(self._counters.segment, key, it.state, it.queue, it.agent, AT_MS)
        self._live.append(it)
        new = customer(key, f"Customer {key}", email=f"c{key}@example.org")
        changes.interactions[key] = it
        changes.customers[key] = new
        self._add(events, CustomerCreated(new))

    def _say(self, it: Interaction) -> MessageAdded:
        self._counters.message += 1
        text = " ".join(self._rng.choices(WORDS, k=self._rng.randint(1, 8))) + f" m{self._counters.message}"
        it.last_message_id = self._counters.message
        it.message_count += 1
        return MessageAdded(message(self._counters.message, text, interaction_id=it.id, customer_id=it.customer_id))

    def _end(self, changes: Changes) -> None:
        it = self._live.pop(0)
        self._counters.segment += 1
        changes.segments.append(it.segment)
        it.segment = Segment(self._counters.segment, it.id, State.CLOSED, it.queue, None, AT_MS)
        it.state = State.CLOSED
        it.closed_ms = AT_MS
        changes.interactions[it.id] = it

    def _add(self, events: list[Recorded], event: AnyEvent) -> None:
        self._counters.seq += 1
        events.append(Recorded(self._counters.seq, AT_MS + self._counters.seq, event, "bob"))


PICTURE = Attachment("f1", "photo.png", "image/png", 12)
