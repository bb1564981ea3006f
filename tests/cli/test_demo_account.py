"""The demo's account finds what it is there to find: a lost message, one that came twice, one that nobody saw."""

from __future__ import annotations

from agentdesk.cli.demo.account import summary
from agentdesk.cli.demo.ledger import AgentBooks, CustomerBooks, Ledger, Said
from agentdesk.core.model import Interaction, Message, MessageKind, Segment, State

TAKEN = Interaction(
    7, "chat", "support", 3, "Budi", State.ACTIVE, 0, 0, 1, Segment(1, 7, State.ACTIVE, "support", "ana", 0)
)
TAKEN.first_accepted_ms = 5
HALO = Message(1, 7, 3, MessageKind.INBOUND, "Budi", "halo", 1, client_id="c1")
YES = Message(2, 7, 3, MessageKind.OUTBOUND, "Ana", "ya?", 2, agent="ana", client_id="a1")
THANKS = Message(3, 7, 3, MessageKind.INBOUND, "Budi", "makasih", 3, client_id="c2")


def books() -> Ledger:
    ledger = Ledger()
    ledger.customers.append(CustomerBooks([Said(1, "c1", "halo"), Said(3, "c2", "makasih")], {1, 2, 3}))
    ledger.agents.append(AgentBooks([Said(2, "a1", "ya?")], {1, 2, 3}))
    return ledger


def test_when_all_is_well_nothing_is_lost() -> None:
    told = summary(books(), [HALO, YES, THANKS], [TAKEN], 5)
    assert (told.lost, told.duplicated, told.messages_in, told.messages_out) == (0, 0, 2, 1)


def test_an_acknowledged_message_that_is_not_kept_is_lost() -> None:
    assert summary(books(), [HALO, YES], [TAKEN], 5).lost == 1
    assert summary(books(), [HALO, THANKS], [TAKEN], 5).lost == 1


def test_a_message_kept_with_other_words_is_lost() -> None:
    other = Message(1, 7, 3, MessageKind.INBOUND, "Budi", "hal", 1, client_id="c1")
    assert summary(books(), [other, YES, THANKS], [TAKEN], 5).lost == 1


def test_a_message_that_no_agent_saw_is_lost_once_somebody_took_the_chat() -> None:
    ledger = books()
    ledger.agents[0].shown.discard(3)
    assert summary(ledger, [HALO, YES, THANKS], [TAKEN], 5).lost == 1
    assert summary(ledger, [HALO, YES, THANKS], [], 5).lost == 0


def test_a_gap_on_the_customers_page_is_lost_and_its_end_is_not() -> None:
    ledger = books()
    ledger.customers[0].shown.discard(2)
    assert summary(ledger, [HALO, YES, THANKS], [TAKEN], 5).lost == 1
    ledger.customers[0].shown = {1}
    assert summary(ledger, [HALO, YES, THANKS], [TAKEN], 5).lost == 0


def test_the_same_message_twice_is_duplicated() -> None:
    again = Message(4, 7, 3, MessageKind.INBOUND, "Budi", "halo", 4, client_id="c1")
    assert summary(books(), [HALO, YES, THANKS, again], [TAKEN], 5).duplicated == 1
    ledger = books()
    ledger.customers[0].shown_twice = 2
    assert summary(ledger, [HALO, YES, THANKS], [TAKEN], 5).duplicated == 2
