"""What is known of a customer who comes in again."""

from __future__ import annotations

from agentdesk.channels.regulars import Regular, find_regular
from agentdesk.core.changes import Changes
from agentdesk.core.model import Counters, Customer, Identity, Interaction, Segment, State
from agentdesk.store.base import Batch
from agentdesk.store.memory import MemoryStore

KIM = Customer(7, "Kim", 5, (Identity("visitor", "v1"),))


def row(number: int, state: State, agent: str | None, disposition: str = "") -> Interaction:
    segment = Segment(number, number, state, "sales", agent, 5)
    return Interaction(
        number, "chat", "sales", 7, "Kim", state, 5, 5, number, segment, agent=agent, disposition=disposition
    )


def store(*rows: Interaction) -> MemoryStore:
    made = MemoryStore()
    changes = Changes(interactions={one.id: one for one in rows}, customers={7: KIM})
    made.commit([Batch([], changes, [], Counters())])
    return made


def test_the_last_agent_and_how_it_ended_are_of_the_past() -> None:
    past = store(
        row(1, State.CLOSED, "bob", "order"),
        row(2, State.CLOSED, "ann", "refund/late"),
        row(3, State.ABANDONED, None),
        row(4, State.QUEUED, None),
    )
    assert find_regular(past, "visitor", "v1") == Regular(KIM, "ann", "", 4)
    assert find_regular(store(row(1, State.CLOSED, "ann", "refund/late")), "visitor", "v1") == Regular(
        KIM, "ann", "refund/late", 1
    )


def test_nobody_has_no_past() -> None:
    assert find_regular(store(), "visitor", "v2") == Regular()
    assert find_regular(store(), "visitor", "v1") == Regular(KIM)
