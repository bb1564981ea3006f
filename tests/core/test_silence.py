"""A customer who has had the word for long takes less of the agent, until they write."""

from __future__ import annotations

from agentdesk.core.commands import (
    CompleteWrapup,
    ConfigureDesk,
    CustomerEnds,
    CustomerRef,
    EndInteraction,
    Hold,
    Resume,
    Snooze,
    StartInteraction,
    Transfer,
)
from agentdesk.core.events import WeightChanged
from agentdesk.core.model import CALL, CHAT, TASK, DeskConfig, State, Strategy
from tests.core.conftest import Make
from tests.core.play import SERVER, Play, queue

WEIGHTS = {CHAT: 2, TASK: 1, CALL: 6}


def desk_with(play: Make, **settings: object) -> Play:
    more = {"weights": WEIGHTS, "silent_after_s": 60, "silent_weights": {CHAT: 1, TASK: 1, CALL: 9}, **settings}
    desk: Play = play(queue(channels=(CHAT, TASK, CALL)), **more)
    desk.agent("ann", capacity=4)
    return desk


def load(desk: Play) -> int:
    return desk.who("ann").load


def answered(desk: Play) -> int:
    """A chat in which ann has the customer's turn."""
    chat = desk.active("ann")
    desk.replies(chat, "ann")
    return chat


def test_after_a_minute_of_silence_there_is_room_for_another(play: Make) -> None:
    desk = desk_with(play)
    first, second = answered(desk), answered(desk)
    waiting = desk.chat()
    assert (load(desk), desk.offered_to(waiting)) == (4, None)
    events = desk.later(60)
    assert [e for e in events if isinstance(e, WeightChanged)] == [
        WeightChanged(first, 1, "silent"),
        WeightChanged(second, 1, "silent"),
    ]
    assert (desk[first].weight, desk[first].full_weight) == (1, 2)
    assert (load(desk), desk.offered_to(waiting)) == (4, "ann")


def test_their_word_weighs_in_full_again_beyond_capacity(play: Make) -> None:
    desk = desk_with(play)
    first, _ = answered(desk), answered(desk)
    desk.chat()
    desk.later(60)
    events = desk.writes(first)
    assert events[0] == WeightChanged(first, 2, "wrote")
    assert load(desk) == 5
    assert desk.offered_to(desk.chat()) is None
    assert desk[first].full_weight is None
    desk.later(600)
    assert desk[first].weight == 2


def test_who_is_owed_a_reply_is_not_silent(play: Make) -> None:
    desk = desk_with(play)
    chat = desk.active("ann")
    desk.later(600)
    assert desk[chat].weight == 2
    desk.replies(chat, "ann")
    desk.later(30)
    desk.replies(chat, "ann", "And?")
    desk.later(30)
    assert desk[chat].weight == 1


def test_a_word_before_the_time_begins_it_anew(play: Make) -> None:
    desk = desk_with(play)
    chat = answered(desk)
    desk.later(59)
    desk.writes(chat)
    desk.later(30)
    desk.replies(chat, "ann")
    desk.later(59)
    assert desk[chat].weight == 2
    desk.later(1)
    assert desk[chat].weight == 1


def test_who_never_wrote_is_silent_from_the_beginning(play: Make) -> None:
    desk = desk_with(play)
    desk.does(StartInteraction(CHAT, "sales", CustomerRef(name="Kim")))
    desk.later(20)
    desk.accept(1, "ann")
    desk.later(60)
    assert desk[1].weight == 1


def test_less_is_given_back_only_where_it_is_less(play: Make) -> None:
    desk = desk_with(play)
    desk.agent("bob", capacity=9)
    desk.disconnect("ann")
    call, mail = desk.chat(channel=CALL), desk.chat(channel=TASK)
    for chat in (call, mail):
        desk.accept(chat, "bob")
        desk.replies(chat, "bob")
    assert all(not isinstance(event, WeightChanged) for event in desk.later(600))


def test_without_the_setting_nothing_changes(play: Make) -> None:
    desk = desk_with(play, silent_after_s=0)
    answered(desk)
    assert desk.later(3_600) == []
    both = DeskConfig(weights=WEIGHTS, silent_after_s=60, silent_weights={CHAT: 0})
    desk.does(ConfigureDesk(both, tuple(desk.desk.state.queues.values())), SERVER)
    desk.later(0)
    assert load(desk) == 0


def test_held_and_snoozed_keep_what_they_weigh_and_count_anew_when_taken_up(play: Make) -> None:
    desk = desk_with(play)
    chat = answered(desk)
    desk.does(Hold(chat), "ann")
    desk.later(600)
    assert desk[chat].weight == 2
    desk.does(Resume(chat), "ann")
    desk.later(59)
    assert desk[chat].weight == 2
    desk.later(1)
    assert (desk[chat].weight, load(desk)) == (1, 1)
    desk.does(Snooze(chat, desk.now + 9_000), "ann")
    assert load(desk) == 0
    desk.writes(chat)
    assert (desk[chat].weight, load(desk)) == (2, 2)


def test_wrap_up_weighs_what_the_conversation_did(play: Make) -> None:
    desk = desk_with(play)
    chat = answered(desk)
    desk.later(60)
    desk.does(EndInteraction(chat), "ann")
    assert (desk[chat].state, load(desk)) == (State.WRAPPING, 1)
    desk.writes(chat)
    assert (desk[chat].state, load(desk)) == (State.ACTIVE, 2)
    desk.does(EndInteraction(chat), "ann")
    desk.does(CompleteWrapup(chat), "ann")
    assert load(desk) == 0


def test_back_in_the_line_it_weighs_in_full(play: Make) -> None:
    desk = desk_with(play)
    chat = answered(desk)
    desk.later(60)
    desk.does(Transfer(chat, "sales"), "ann")
    assert (desk[chat].weight, desk[chat].full_weight, load(desk)) == (2, None, 0)


def test_it_does_not_touch_the_idle_order(play: Make) -> None:
    desk = desk_with(play)
    answered(desk)
    before = desk.who("ann").idle_seq
    desk.later(60)
    assert desk.who("ann").idle_seq == before


def test_room_that_silence_makes_is_there_for_what_comes_later(play: Make) -> None:
    desk = desk_with(play)
    desk.agent("ann", capacity=7)
    answered(desk)
    call = desk.chat(channel=CALL)
    assert desk.offered_to(call) is None
    desk.does(CustomerEnds(call))
    desk.later(60)
    assert desk.offered_to(desk.chat(channel=CALL)) == "ann"


def test_a_restart_keeps_the_time(play: Make) -> None:
    desk = desk_with(play)
    answered(desk)
    due = desk.desk.next_deadline()
    assert due == desk.now + 60_000


def test_who_it_is_handed_to_needs_room_for_all_of_it(play: Make) -> None:
    desk = desk_with(play)
    chat = answered(desk)
    desk.later(60)
    assert desk[chat].weight == 1
    desk.agent("bob", capacity=1)
    assert desk.refuses(Transfer(chat, agent="bob"), "ann") == "no_capacity"


def test_the_least_occupied_is_who_carries_less_since_their_customer_is_silent(play: Make) -> None:
    desk = play(queue(strategy=Strategy.LEAST_OCCUPIED), weights={CHAT: 2}, silent_after_s=60, silent_weights={CHAT: 0})
    desk.agent("bob", capacity=10)
    desk.active("bob")
    desk.agent("ann", capacity=10)
    answered(desk)
    desk.later(60)
    assert desk.offered_to(desk.chat()) == "ann"
