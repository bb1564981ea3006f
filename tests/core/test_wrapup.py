from __future__ import annotations

from agentdesk.core.commands import CompleteWrapup, CustomerEnds, EndInteraction, SaveWrapup, SetTags
from agentdesk.core.events import InteractionClosed, WrapupSaved
from agentdesk.core.model import Disposition, State, Wrapup, WrapupMode
from tests.core.conftest import Make
from tests.core.play import BOSS, Play, queue

CODES = (Disposition("solved", "Solved"), Disposition("refund/late", "Refund: late"))
REQUIRED = queue(wrapup=WrapupMode.REQUIRED, dispositions=CODES)


def wrapping(desk: Play) -> int:
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(EndInteraction(chat), "ann")
    return chat


def test_the_end_of_a_conversation_begins_wrap_up_and_keeps_the_slot(play: Make) -> None:
    desk = play()
    chat = wrapping(desk)
    assert (desk[chat].state, desk[chat].ended_by, desk[chat].ended_ms) == (State.WRAPPING, "agent", desk.now)
    assert desk.who("ann").load == 1


def test_completing_it_frees_the_slot_for_the_next_at_once(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=1)
    chat = desk.active("ann")
    waiting = desk.chat()
    desk.does(EndInteraction(chat), "ann")
    assert desk[waiting].state is State.QUEUED
    desk.does(CompleteWrapup(chat, "solved", ("late",), "Nice."), "ann")
    assert desk.kinds() == ["InteractionClosed", "Offered"]
    closed = desk[chat]
    assert (closed.state, closed.disposition, closed.tags, closed.closed_ms) == (
        State.CLOSED, "solved", ("late",), desk.now,
    )  # fmt: skip
    assert closed.wrapup is not None
    assert closed.wrapup.note == "Nice."
    assert closed.agent == "ann"


def test_a_queue_without_wrap_up_closes_at_once(play: Make) -> None:
    desk = play(queue(wrapup=WrapupMode.NONE))
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(SetTags(chat, ("vip", "vip")), "ann")
    desk.does(EndInteraction(chat), "ann")
    assert desk.kinds() == ["ConversationEnded", "InteractionClosed"]
    assert desk[chat].tags == ("vip",)


def test_wrap_up_is_kept_as_far_as_it_got_and_completed_from_there(play: Make) -> None:
    desk = play()
    chat = wrapping(desk)
    (saved,) = desk.does(SaveWrapup(chat, "solved", ("late", "late"), "Half a"), "ann")
    assert saved == WrapupSaved(chat, "solved", ("late",), "Half a")
    assert desk.does(SaveWrapup(chat, "solved", ("late",), "Half a"), "ann") == []
    (closed,) = desk.does(CompleteWrapup(chat), "ann")
    assert closed == InteractionClosed(chat, "solved", ("late",), "Half a")


def test_a_required_disposition_is_required_and_must_be_one_of_the_queue(play: Make) -> None:
    desk = play(REQUIRED)
    chat = wrapping(desk)
    assert desk.refuses(CompleteWrapup(chat), "ann") == "invalid"
    assert desk.refuses(CompleteWrapup(chat, "whatever"), "ann") == "invalid"
    assert desk.refuses(SaveWrapup(chat, "whatever"), "ann") == "invalid"
    desk.does(CompleteWrapup(chat, "refund/late"), "ann")


def test_a_queue_without_a_list_takes_any_word_but_wants_one_if_required(play: Make) -> None:
    desk = play(queue(wrapup=WrapupMode.REQUIRED))
    chat = wrapping(desk)
    assert desk.refuses(CompleteWrapup(chat), "ann") == "invalid"
    desk.does(CompleteWrapup(chat, "fine"), "ann")


def test_an_optional_one_may_be_left_out_but_not_made_up(play: Make) -> None:
    desk = play(queue(dispositions=CODES))
    chat = wrapping(desk)
    assert desk.refuses(CompleteWrapup(chat, "made up"), "ann") == "invalid"
    desk.does(CompleteWrapup(chat), "ann")


def test_the_timer_closes_with_what_was_saved_or_the_default(play: Make) -> None:
    desk = play(queue(wrapup_s=30, default_disposition="timeout"))
    first = wrapping(desk)
    second = desk.active("ann")
    desk.does(EndInteraction(second), "ann")
    desk.does(SaveWrapup(second, "solved", (), "Done"), "ann")
    assert desk.later(29.9) == []
    closed = desk.later(1)
    assert closed == [
        InteractionClosed(first, "timeout", automatic=True),
        InteractionClosed(second, "solved", (), "Done", automatic=True),
    ]


def test_reopening_stops_the_timer_and_keeps_what_was_saved(play: Make) -> None:
    desk = play(queue(wrapup_s=30))
    chat = wrapping(desk)
    desk.does(SaveWrapup(chat, "solved", (), "Half"), "ann")
    desk.writes(chat)
    assert desk.later(60) == []
    desk.does(EndInteraction(chat), "ann")
    assert desk[chat].wrapup == Wrapup(desk.now, desk.now + 30_000, "solved", (), "Half")


def test_a_customer_who_ends_leaves_the_agent_to_wrap_up(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(CustomerEnds(chat))
    assert (desk[chat].state, desk[chat].ended_by) == (State.WRAPPING, "customer")
    assert desk.does(CustomerEnds(chat)) == []


def test_a_supervisor_may_end_what_waits(play: Make) -> None:
    desk = play()
    queued = desk.chat()
    desk.does(EndInteraction(queued), BOSS)
    assert desk[queued].state is State.CLOSED
    desk.agent("ann")
    offered = desk.chat()
    desk.does(EndInteraction(offered), BOSS)
    assert desk.kinds() == ["OfferRescinded", "ConversationEnded", "InteractionClosed"]
    assert desk.who("ann").load == 0


def test_what_there_is_to_wrap_up(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    assert desk.refuses(SaveWrapup(chat), "ann") == "wrong_state"
    assert desk.refuses(CompleteWrapup(chat), "ann") == "wrong_state"
    desk.does(EndInteraction(chat), "ann")
    assert desk.refuses(EndInteraction(chat), "ann") == "wrong_state"
    desk.does(CompleteWrapup(chat), "ann")
    assert desk.refuses(CompleteWrapup(chat), "ann") == "closed"
