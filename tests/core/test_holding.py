from __future__ import annotations

from agentdesk.core.commands import EndInteraction, Hold, Resume, SendMessage, SetTags, Snooze
from agentdesk.core.events import TagsSet
from agentdesk.core.model import State
from tests.core.conftest import Make
from tests.core.play import BOSS


def test_hold_and_resume(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Hold(chat), "ann")
    assert (desk[chat].state, desk.who("ann").load) == (State.HELD, 1)
    desk.does(SendMessage(chat, "Still looking."), "ann")
    desk.does(Resume(chat), "ann")
    assert desk[chat].state is State.ACTIVE


def test_what_is_snoozed_frees_its_slot_and_comes_back_in_time(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=1)
    chat = desk.active("ann")
    other = desk.chat()
    desk.does(Snooze(chat, desk.now + 60_000), "ann")
    assert desk.kinds() == ["InteractionSnoozed", "Offered"]
    desk.accept(other, "ann")
    desk.later(61)
    assert desk.kinds() == ["InteractionResumed"]
    # Over capacity for once: nothing new comes until they are under it again.
    assert desk.who("ann").load == 2
    third = desk.chat()
    assert desk[third].state is State.QUEUED


def test_one_may_take_up_what_is_snoozed_before_its_time(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Hold(chat), "ann")
    desk.does(Snooze(chat, desk.now + 60_000), "ann")
    desk.does(Resume(chat), "ann")
    assert (desk[chat].state, desk[chat].snoozed_until_ms) == (State.ACTIVE, None)
    assert desk.later(600) == []


def test_snoozed_and_ended_weighs_again_until_it_is_wrapped_up(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Snooze(chat, desk.now + 60_000), "ann")
    assert desk.who("ann").load == 0
    desk.does(EndInteraction(chat), "ann")
    assert desk.who("ann").load == 1


def test_waking_when_nobody_is_there_goes_to_the_line_with_the_old_place(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Snooze(chat, desk.now + 600_000), "ann")
    desk.disconnect("ann")
    desk.later(61)
    assert desk.kinds() == ["AgentLost"]
    assert (desk[chat].state, desk[chat].agent) == (State.SNOOZED, "ann")
    desk.later(600)
    assert desk.kinds() == ["Queued"]
    assert (desk[chat].prefer, desk[chat].agent) == ("ann", None)


def test_a_customer_who_writes_to_nobody_wakes_it_into_the_line(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Snooze(chat, desk.now + 600_000), "ann")
    desk.disconnect("ann")
    desk.later(61)
    desk.writes(chat)
    assert desk.kinds() == ["Queued", "MessageAdded"]


def test_what_can_be_held_snoozed_resumed(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    soon = desk.now + 60_000
    assert desk.refuses(Resume(chat), "ann") == "wrong_state"
    assert desk.refuses(Snooze(chat, desk.now), "ann") == "invalid"
    assert desk.refuses(Snooze(chat, desk.now + 10**12), "ann") == "invalid"
    desk.does(Hold(chat), "ann")
    assert desk.refuses(Hold(chat), "ann") == "wrong_state"
    desk.does(EndInteraction(chat), "ann")
    assert desk.refuses(Snooze(chat, soon), "ann") == "wrong_state"
    waiting = desk.chat()
    assert desk.refuses(Hold(waiting), BOSS) == "wrong_state"


def test_tags_are_replaced_without_repeats(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    assert desk.does(SetTags(chat, ("a", "b", "a")), "ann") == [TagsSet(chat, ("a", "b"))]
    assert desk.does(SetTags(chat, ("a", "b")), "ann") == []
