"""Whoever left while waiting and comes back soon has the old place."""

from __future__ import annotations

from agentdesk.core.changes import Loaded
from agentdesk.core.commands import CustomerEnds, CustomerLeaves, CustomerRef, Done, StartInteraction
from agentdesk.core.desk import Desk
from agentdesk.core.events import Queued
from agentdesk.core.leavers import LEAVERS_MAX, Leavers, back_in_time
from agentdesk.core.model import CALL, CHAT, Customer, Interaction, Overflow, Ring, Route, Segment, State
from tests.core.conftest import Make
from tests.core.play import CHANNEL, Play, queue


def again(desk: Play, interaction_id: int, name: str = "sales", channel: str = CHAT) -> Queued:
    """The same customer begins anew."""
    known = desk.customers.get(desk[interaction_id].customer_id)
    if known is None:
        desk.take()
        known = desk.customers[desk[interaction_id].customer_id]
    events = desk.does(StartInteraction(channel, name, CustomerRef(known=known)))
    return next(event for event in events if isinstance(event, Queued))


def test_the_place_is_as_it_was(play: Make) -> None:
    desk = play()
    first, second = desk.chat(), desk.chat()
    since = desk[first].queued_ms
    desk.does(CustomerLeaves(first))
    desk.later(120)
    assert desk[first].state is State.ABANDONED
    desk.later(299)
    queued = again(desk, first)
    assert (queued.reason, queued.queued_ms, queued.place) == ("returned", since, first)
    assert desk.desk.waiting_order("sales") == [queued.interaction_id, second]
    assert desk[queued.interaction_id].created_ms == desk.now


def test_too_late_is_a_new_place(play: Make) -> None:
    desk = play()
    first = desk.chat()
    desk.does(CustomerEnds(first))
    desk.later(301)
    assert again(desk, first).reason == "new"


def test_a_place_is_given_back_once(play: Make) -> None:
    desk = play()
    first = desk.chat()
    desk.does(CustomerEnds(first))
    assert again(desk, first).reason == "returned"
    assert again(desk, first).reason == "new"


def test_a_place_is_of_a_channel(play: Make) -> None:
    desk = play(queue(channels=(CHAT, CALL)))
    first = desk.chat()
    desk.does(CustomerEnds(first))
    assert again(desk, first, channel=CALL).reason == "new"
    assert again(desk, first).reason == "returned"


def test_a_desk_may_keep_no_places(play: Make) -> None:
    desk = play(return_s=0)
    first = desk.chat()
    desk.does(CustomerEnds(first))
    assert again(desk, first).reason == "new"


def test_rings_and_overflow_count_on_in_the_same_queue(play: Make) -> None:
    desk = play(queue(rings=(Ring(60), Ring(200)), overflow=(Overflow(Route("back"), longer_than=0),)), queue("back"))
    first = desk.chat()
    desk.later(10)
    desk.does(CustomerEnds(first))
    desk.later(60)
    desk.chat()
    queued = again(desk, first)
    came_back = desk[queued.interaction_id]
    assert (came_back.queue, came_back.ring, came_back.entered_ms) == ("sales", 1, desk[first].entered_ms)
    assert "RingEntered" in desk.kinds()


def test_another_queue_has_the_age_but_not_the_rings(play: Make) -> None:
    desk = play(queue(rings=(Ring(60),)), queue("back", rings=(Ring(60),)))
    first = desk.chat()
    desk.later(100)
    desk.does(CustomerEnds(first))
    queued = again(desk, first, "back")
    assert (queued.reason, queued.queued_ms, queued.entered_ms) == ("returned", desk[first].queued_ms, None)
    assert desk[queued.interaction_id].ring == 0


def test_the_places_survive_a_restart(play: Make) -> None:
    desk = play()
    first = desk.chat()
    desk.does(CustomerEnds(first))
    desk.take()
    kim, gone = desk.customers[desk[first].customer_id], desk[first]
    state = desk.desk.state
    loaded = Loaded(state.counters, state.desk, list(state.queues.values()), [], [], [], [gone])
    restarted = Desk(loaded)
    answer = restarted.handle(StartInteraction(CHAT, "sales", CustomerRef(known=kim)), desk.now + 5, CHANNEL)
    assert isinstance(answer.answer, Done)
    assert restarted.state.interactions[answer.answer.id].place == first


def left(number: int) -> Interaction:
    segment = Segment(number, number, State.ABANDONED, "sales", None, 0)
    return Interaction(number, CHAT, "sales", number, "Kim", State.ABANDONED, 0, number, number, segment)


def test_places_are_bounded_in_number_and_in_time() -> None:
    leavers = Leavers()
    for number in range(1, LEAVERS_MAX + 3):
        leavers.add(left(number), 1_000, 60)
    assert leavers.find(2, CHAT, 1_000, 60) is None
    assert leavers.find(3, CHAT, 1_060, 60) is not None
    assert leavers.find(3, CHAT, 1_061, 60) is None
    leavers.add(left(1), 1_061, 60)
    assert len(leavers) == 1


def test_a_customer_who_never_was_has_no_place() -> None:
    assert Leavers().find(Customer(1, "Kim", 0).id, CHAT, 0, 60) is None


def test_only_who_may_still_come_back_is_loaded_in_the_order_they_left() -> None:
    gone = [left(number) for number in range(1, 4)]
    for row, at_ms in zip(gone, (500, 440, 439), strict=True):
        row.closed_ms = at_ms
    assert [row.id for row in back_in_time(gone, 60)] == [2, 1]
    assert back_in_time([], 60) == []
