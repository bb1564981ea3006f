from __future__ import annotations

from agentdesk.core.commands import CustomerRef, StartInteraction
from agentdesk.core.events import CustomerCreated, CustomerUpdated, InteractionStarted, MessageAdded, Queued
from agentdesk.core.model import Attachment, Customer, Identity, MessageKind, State
from tests.core.conftest import Make
from tests.core.play import START_MS, queue

VISITOR = Identity("visitor", "v1")
EMAIL = Identity("email", "kim@example.org")


def start(ref: CustomerRef, **more: object) -> StartInteraction:
    return StartInteraction("chat", "sales", ref, **more)  # type: ignore[arg-type]


def test_a_first_message_makes_the_customer_the_interaction_and_its_place_known(play: Make) -> None:
    desk = play()
    events = desk.does(start(CustomerRef(identities=(VISITOR,), name="Kim"), text="Hello", client_id="c1"))
    created, started, queued, added = events
    assert isinstance(created, CustomerCreated)
    assert created.customer == Customer(1, "Kim", desk.now, (VISITOR,))
    assert isinstance(started, InteractionStarted)
    assert isinstance(queued, Queued)
    assert (queued.queued_ms, queued.place, queued.reason) == (desk.now, 1, "new")
    assert isinstance(added, MessageAdded)
    assert (added.message.kind, added.message.author, added.message.text) == (MessageKind.INBOUND, "Kim", "Hello")
    assert desk[1].state is State.QUEUED
    assert desk[1].segment.state is State.QUEUED


def test_without_words_there_is_no_message(play: Make) -> None:
    desk = play()
    desk.does(start(CustomerRef(name="Kim")))
    assert desk.kinds() == ["CustomerCreated", "InteractionStarted", "Queued"]


def test_a_file_alone_is_a_message(play: Make) -> None:
    desk = play()
    desk.does(start(CustomerRef(name="Kim"), attachments=(Attachment("f1", "a.png", "image/png", 3),)))
    assert desk.kinds()[-1] == "MessageAdded"


def test_somebody_without_a_name_is_a_visitor_until_they_say_it(play: Make) -> None:
    desk = play()
    desk.does(start(CustomerRef(identities=(VISITOR,))))
    assert desk[1].customer_name == "Visitor"
    desk.does(start(CustomerRef(identities=(VISITOR,), name="Kim")))
    assert desk[1].customer_name == "Kim"


def test_a_live_customer_is_recognised_by_an_identity(play: Make) -> None:
    desk = play()
    desk.does(start(CustomerRef(identities=(VISITOR,), name="Kim")))
    events = desk.does(start(CustomerRef(identities=(VISITOR, EMAIL), name="Other", language="vi")))
    updated = events[0]
    assert isinstance(updated, CustomerUpdated)
    assert updated.customer == Customer(1, "Kim", START_MS + 2, (VISITOR, EMAIL), language="vi")
    desk.does(start(CustomerRef(identities=(EMAIL,))))
    assert desk.kinds() == ["InteractionStarted", "Queued"]
    assert desk.desk.state.by_customer == {1: {1, 2, 3}}


def test_a_customer_whom_the_store_knows_is_brought_back_to_life(play: Make) -> None:
    desk = play()
    known = Customer(41, "Kim", 5, (EMAIL,), {"plan": "gold"}, ("vip",))
    desk.does(start(CustomerRef(known=known, attributes={"page": "/buy"})))
    customer = desk.desk.state.customers[41]
    assert (customer.attributes, customer.tags) == ({"plan": "gold", "page": "/buy"}, ("vip",))


def test_the_desk_knows_a_live_customer_better_than_the_store(play: Make) -> None:
    desk = play()
    desk.does(start(CustomerRef(identities=(VISITOR,), name="Kim")))
    desk.does(start(CustomerRef(known=Customer(1, "Stale", 5))))
    assert desk[2].customer_name == "Kim"


def test_priority_skills_weight_and_language_come_from_queue_desk_and_customer(play: Make) -> None:
    desk = play(queue(priority=2, skills={"german": 3}, channels=("chat", "call")), weights={"call": 4})
    desk.does(start(CustomerRef(language="de")))
    desk.does(StartInteraction("call", "sales", CustomerRef(), priority=7, language="fr"))
    first, second = desk[1], desk[2]
    assert (first.priority, first.weight, first.skills, first.language) == (2, 1, {"german": 3}, "de")
    assert (second.priority, second.weight, second.language) == (7, 4, "fr")


def test_what_cannot_be_started(play: Make) -> None:
    desk = play()
    assert desk.refuses(StartInteraction("chat", "no such", CustomerRef())) == "unknown"
    assert desk.refuses(StartInteraction("email", "sales", CustomerRef())) == "invalid"
    assert desk.refuses(start(CustomerRef(), priority=10_000)) == "invalid"


def test_a_customer_has_only_so_many_at_once(play: Make) -> None:
    desk = play(live_per_customer_max=2)
    for _ in range(2):
        desk.does(start(CustomerRef(identities=(VISITOR,))))
    assert desk.refuses(start(CustomerRef(identities=(VISITOR,)))) == "too_many"


def test_a_queue_holds_only_so_many(play: Make) -> None:
    desk = play(waiting_max=1)
    desk.chat()
    assert desk.refuses(start(CustomerRef())) == "too_many"
