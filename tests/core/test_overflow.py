"""What waits too long, or comes to where too many wait, goes on elsewhere and keeps its age."""

from __future__ import annotations

from agentdesk.core.commands import (
    CompleteWrapup,
    ConfigureDesk,
    CustomerLeaves,
    CustomerRef,
    EndInteraction,
    SetHours,
    SetSkills,
    StartInteraction,
)
from agentdesk.core.events import Overflowed, Queued
from agentdesk.core.model import CALLBACK, CHAT, MESSAGE, DeskConfig, Hours, Overflow, Ring, Route, Rule, State, Then
from tests.core.conftest import Make
from tests.core.play import BOSS, SERVER, Play, queue

BACK = Route("back")


def desk_with(play: Make, *overflow: Overflow, **settings: object) -> Play:
    return play(
        queue(overflow=overflow, channels=(CHAT, MESSAGE)), queue("back", channels=(CHAT, CALLBACK), **settings)
    )


def test_after_its_time_it_waits_elsewhere_at_its_place(play: Make) -> None:
    desk = desk_with(play, Overflow(BACK, after_s=60))
    old = desk.chat()
    desk.later(30)
    younger = desk.chat("back")
    assert desk.later(29.9) == []
    overflowed, queued = desk.later(0.1)
    assert overflowed == Overflowed(old, "back", CHAT, 1, "wait")
    assert isinstance(queued, Queued)
    assert (queued.queued_ms, queued.place, queued.reason) == (desk[old].queued_ms, old, "overflowed")
    assert desk[old].entered_ms == desk.now
    assert desk.desk.waiting_order("back") == [old, younger]


def test_the_first_that_leads_somewhere_counts(play: Make) -> None:
    away = Overflow(Route("gone"), after_s=10)
    late, sooner = Overflow(Route(channel=MESSAGE), after_s=90), Overflow(BACK, after_s=60)
    desk = desk_with(play, away, late, sooner, Overflow(BACK, after_s=60), Overflow(BACK, longer_than=99))
    chat = desk.chat()
    desk.later(61)
    assert desk[chat].queue == "back"


def test_on_to_a_message_it_is_one_and_nobody_has_to_stay_for_it(play: Make) -> None:
    desk = desk_with(play, Overflow(Route(channel=MESSAGE), after_s=60))
    chat = desk.chat()
    desk.does(CustomerLeaves(chat))
    desk.later(60)
    assert (desk[chat].queue, desk[chat].channel, desk[chat].customer_away_since_ms) == ("sales", MESSAGE, None)
    assert desk.later(1_000) == []
    desk.agent("ann")
    assert desk.offered_to(chat) == "ann"


def test_a_callback_takes_a_whole_agent(play: Make) -> None:
    desk = desk_with(play, Overflow(Route("back", CALLBACK), after_s=60))
    desk.agent("ann", queues=("back",), capacity=6)
    busy = desk.active("ann", queue="back")
    chat = desk.chat()
    desk.later(60)
    assert (desk[chat].weight, desk.offered_to(chat)) == (6, None)
    desk.does(EndInteraction(busy), "ann")
    desk.does(CompleteWrapup(busy), "ann")
    assert desk.offered_to(chat) == "ann"


def test_what_is_offered_does_not_move_and_what_comes_back_late_does(play: Make) -> None:
    desk = desk_with(play, Overflow(BACK, after_s=10))
    desk.agent("ann", queues=("sales",))
    chat = desk.chat()
    desk.later(11)
    assert desk.offered_to(chat) == "ann"
    desk.decline(chat, "ann")
    desk.later(0)
    assert (desk[chat].queue, desk[chat].refused_by) == ("back", ())


def test_it_starts_in_the_new_queues_rings(play: Make) -> None:
    desk = desk_with(play, Overflow(BACK, after_s=30), rings=(Ring(0, any_agent=True), Ring(20, any_agent=True)))
    chat = desk.chat()
    desk.later(30)
    assert desk.kinds() == ["Overflowed", "Queued", "RingEntered"]
    assert desk[chat].ring == 1
    desk.later(20)
    assert desk[chat].ring == 2


def test_what_rules_and_people_changed_goes_along(play: Make) -> None:
    rule = Rule("french", then=Then(skills={"fr": 3, "sales": 0}))
    sales = queue(skills={"sales": 1, "talk": 2}, overflow=(Overflow(BACK, after_s=30),))
    desk = play(sales, queue("back", skills={"sales": 4, "talk": 3, "back": 1}), rules=(rule,))
    by_rule, by_hand = desk.chat(), desk.chat()
    assert desk[by_rule].skills == {"talk": 2, "fr": 3}
    desk.does(SetSkills(by_hand, {"sales": 1, "talk": 5}), BOSS)
    desk.later(30)
    assert desk[by_rule].skills == {"talk": 3, "back": 1, "fr": 3}
    assert desk[by_hand].skills == {"sales": 4, "talk": 5, "back": 1}


def test_too_many_send_the_next_on(play: Make) -> None:
    desk = desk_with(play, Overflow(Route("gone"), longer_than=0), Overflow(BACK, longer_than=1))
    assert [desk[desk.chat()].queue for _ in range(4)] == ["sales", "sales", "back", "back"]
    assert desk[4].entered_ms == desk.now
    event = next(r.event for r in desk.since if isinstance(r.event, Overflowed))
    assert event.reason == "length"


def test_too_long_an_estimate_sends_the_next_on(play: Make) -> None:
    desk = desk_with(play, Overflow(BACK, estimate_s=100))
    first = desk.chat()
    assert desk[first].queue == "sales"
    desk.agent("ann", queues=("sales",), capacity=1)
    desk.accept(first, "ann")
    desk.later(300)
    second = desk.chat()
    assert desk[second].queue == "sales"
    desk.does(EndInteraction(first), "ann")
    desk.does(CompleteWrapup(first), "ann")
    desk.accept(second, "ann")
    third = desk.chat()
    assert desk[third].queue == "back"
    event = next(r.event for r in desk.since if isinstance(r.event, Overflowed))
    assert event.reason == "estimate"


def test_a_queue_full_after_the_detours_refuses(play: Make) -> None:
    desk = play(queue(overflow=(Overflow(BACK, longer_than=0),)), queue("back"), waiting_max=1)
    desk.chat()
    desk.chat()
    assert desk.refuses(StartInteraction(CHAT, "sales", CustomerRef(name="Kim"))) == "too_many"


def test_closed_and_then_full_go_on_twice(play: Make) -> None:
    desk = play(queue(closed=Route("night")), queue("night", overflow=(Overflow(BACK, longer_than=0),)), queue("back"))
    desk.chat("night")
    desk.does(SetHours("sales", Hours.CLOSED), SERVER)
    chat = desk.chat()
    assert desk[chat].queue == "back"
    assert desk.kinds().count("Overflowed") == 2


def test_a_new_setting_holds_for_those_who_wait(play: Make) -> None:
    desk = desk_with(play)
    chat = desk.chat()
    desk.later(40)
    both = (queue(overflow=(Overflow(BACK, after_s=60),), channels=(CHAT, MESSAGE)), queue("back"))
    desk.does(ConfigureDesk(DeskConfig(), both), SERVER)
    assert desk[chat].state is State.QUEUED
    desk.later(20)
    assert desk[chat].queue == "back"
