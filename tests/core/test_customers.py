from __future__ import annotations

from agentdesk.core.commands import (
    ConfirmDelivery,
    CustomerEnds,
    CustomerLeaves,
    CustomerRef,
    CustomerReturns,
    StartInteraction,
    UpdateCustomer,
)
from agentdesk.core.events import CustomerUpdated, DeliveryConfirmed
from agentdesk.core.model import Identity, State
from tests.core.conftest import Make
from tests.core.play import Play

KIM = CustomerRef(identities=(Identity("visitor", "kim"),), name="Kim")


def test_away_too_long_while_waiting_is_abandoned(play: Make) -> None:
    desk = play(customer_grace_s=60)
    chat = desk.chat()
    desk.does(CustomerLeaves(chat))
    assert desk.does(CustomerLeaves(chat)) == []
    assert desk.later(59) == []
    desk.later(1)
    assert desk.kinds() == ["InteractionAbandoned"]
    assert (desk[chat].state, desk[chat].ended_by) == (State.ABANDONED, "customer")
    assert desk.desk.queue_stats("sales").abandoned == 1


def test_back_in_time_keeps_the_place(play: Make) -> None:
    desk = play(customer_grace_s=60)
    first, second = desk.chat(), desk.chat()
    desk.does(CustomerLeaves(first))
    desk.later(59)
    desk.does(CustomerReturns(first))
    assert desk.does(CustomerReturns(first)) == []
    assert desk.later(600) == []
    assert desk.desk.waiting_order("sales") == [first, second]


def test_writing_is_a_way_of_coming_back(play: Make) -> None:
    desk = play()
    chat = desk.chat()
    desk.does(CustomerLeaves(chat))
    desk.writes(chat)
    assert desk.kinds() == ["CustomerReturned", "MessageAdded"]


def test_away_from_an_agent_only_shows(play: Make) -> None:
    desk = play(customer_grace_s=60)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(CustomerLeaves(chat))
    assert desk.since[0].agent == "ann"
    assert desk.later(600) == []
    assert desk[chat].state is State.ACTIVE


def test_who_left_long_ago_is_not_waited_for_when_it_returns_to_the_line(play: Make) -> None:
    desk = play(customer_grace_s=60, agent_grace_s=120)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(CustomerLeaves(chat))
    desk.disconnect("ann")
    desk.later(121)
    assert desk.kinds() == ["AgentLost", "Queued", "InteractionAbandoned"]
    # It had been answered once, so it does not count as abandoned.
    assert desk.desk.queue_stats("sales").abandoned == 0


def test_ending_while_waiting_is_abandoning(play: Make) -> None:
    desk = play()
    chat = desk.chat()
    desk.does(CustomerEnds(chat))
    assert desk[chat].state is State.ABANDONED
    assert desk.refuses(CustomerEnds(chat)) == "closed"


def test_delivery_only_goes_on_and_read_means_delivered(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    for _ in range(3):
        desk.replies(chat, "ann")
    assert desk.does(ConfirmDelivery(chat, 3)) == [DeliveryConfirmed(chat, 3, 0)]
    assert desk.does(ConfirmDelivery(chat, 2, 2)) == [DeliveryConfirmed(chat, 3, 2)]
    assert desk.does(ConfirmDelivery(chat, 1, 1)) == []
    assert desk.does(ConfirmDelivery(chat, 0, 99)) == [DeliveryConfirmed(chat, 4, 4)]


def test_there_must_be_something_to_do_it_to(play: Make) -> None:
    desk = play()
    for command in (CustomerLeaves(9), CustomerReturns(9), CustomerEnds(9), ConfirmDelivery(9)):
        assert desk.refuses(command) == "unknown"


def two_agents_with_kim(desk: Play) -> None:
    for agent in ("ann", "ben"):
        desk.agent(agent, capacity=1)
        desk.does(StartInteraction("chat", "sales", KIM))
        chat = desk.desk.state.counters.interaction
        desk.accept(chat, agent)


def test_what_is_learned_of_a_customer_reaches_each_agent_who_has_them(play: Make) -> None:
    desk = play()
    two_agents_with_kim(desk)
    desk.does(StartInteraction("chat", "sales", KIM))
    change = UpdateCustomer(1, name="Kim Li", attributes={"plan": "gold"}, tags=("vip", "vip"))
    events = desk.does(change, "ann")
    assert [(e.interaction_id, type(e)) for e in events if isinstance(e, CustomerUpdated)] == [
        (1, CustomerUpdated),
        (2, CustomerUpdated),
    ]
    assert [recorded.agent for recorded in desk.since] == ["ann", "ben"]
    customer = desk.desk.state.customers[1]
    assert (customer.name, customer.attributes, customer.tags) == ("Kim Li", {"plan": "gold"}, ("vip",))
    assert {desk[i].customer_name for i in (1, 2, 3)} == {"Kim Li"}


def test_only_what_is_given_changes(play: Make) -> None:
    desk = play()
    two_agents_with_kim(desk)
    desk.does(UpdateCustomer(1, attributes={"plan": "gold"}), "ann")
    desk.does(UpdateCustomer(1, tags=("vip",)), "ann")
    assert desk.desk.state.customers[1].attributes == {"plan": "gold"}
    assert desk.does(UpdateCustomer(1), "ann") == []
    assert desk.refuses(UpdateCustomer(1, name=""), "ann") == "invalid"


def test_a_customer_with_nothing_live_leaves_the_desk(play: Make) -> None:
    desk = play()
    chat = desk.chat()
    assert desk.desk.state.customers
    desk.does(CustomerEnds(chat))
    assert not desk.desk.state.customers
    assert not desk.desk.state.identities


def test_a_customer_with_something_else_live_stays(play: Make) -> None:
    desk = play()
    for _ in range(2):
        desk.does(StartInteraction("chat", "sales", KIM))
    desk.does(CustomerEnds(1))
    assert desk.desk.state.by_customer == {1: {2}}


def test_an_identity_that_moved_on_is_not_forgotten_with_its_old_owner(play: Make) -> None:
    desk = play()
    desk.does(StartInteraction("chat", "sales", KIM))
    store_knows = desk.desk.state.customers[1]
    other = type(store_knows)(7, "Kim's twin", 5, KIM.identities)
    desk.does(StartInteraction("chat", "sales", CustomerRef(known=other)))
    desk.does(CustomerEnds(1))
    assert desk.desk.state.identities == {KIM.identities[0]: 7}
