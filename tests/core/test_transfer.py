from __future__ import annotations

from agentdesk.core.commands import EndInteraction, SaveDraft, SetPresence, Snooze, Transfer
from agentdesk.core.events import InteractionTransferred, MessageAdded, Offered
from agentdesk.core.model import MessageKind, Presence, State
from tests.core.conftest import Make
from tests.core.play import BOSS, queue

QUEUES = (queue(), queue("support", skills={"tech": 2}))


def test_to_another_queue_with_its_skills_and_the_old_place(play: Make) -> None:
    desk = play(*QUEUES)
    desk.agent("ann")
    chat = desk.active("ann")
    place = (desk[chat].queued_ms, desk[chat].place)
    desk.agent("eve", skills={"tech": 2})
    desk.does(Transfer(chat, "support", note="Router is broken."), "ann")
    assert desk.kinds() == ["MessageAdded", "InteractionTransferred", "Queued", "Offered"]
    assert [recorded.agent for recorded in desk.since] == ["ann", "ann", None, "eve"]
    note = desk.since[0].event
    assert isinstance(note, MessageAdded)
    assert (note.message.kind, note.message.author) == (MessageKind.NOTE, "Ann")
    assert (desk[chat].queue, desk[chat].skills, desk.who("ann").load) == ("support", {"tech": 2}, 0)
    assert (desk[chat].queued_ms, desk[chat].place) == place


def test_who_handed_it_on_is_the_last_to_get_it_back(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.agent("ben")
    desk.does(Transfer(chat, "sales"), "ann")
    assert desk.offered_to(chat) == "ben"


def test_to_one_agent_whatever_their_skills(play: Make) -> None:
    desk = play(*QUEUES)
    desk.agent("eve", skills={"tech": 2})
    chat = desk.active("eve", queue="support")
    desk.agent("ann")
    desk.does(Transfer(chat, agent="ann"), "eve")
    assert desk.kinds() == ["InteractionTransferred", "Queued", "Offered"]
    assert desk.offered_to(chat) == "ann"
    assert desk.since[0].event == InteractionTransferred(chat, "eve", "support", "ann")


def test_declined_by_that_agent_it_waits_for_the_others(play: Make) -> None:
    desk = play(*QUEUES)
    desk.agent("eve", skills={"tech": 2})
    desk.agent("tom", skills={"tech": 5})
    chat = desk.active("eve", queue="support")
    desk.agent("ann")
    desk.does(Transfer(chat, agent="ann"), "eve")
    desk.decline(chat, "ann")
    assert desk.offered_to(chat) == "tom"


def test_a_queue_that_accepts_for_its_agents_does_so_here_too(play: Make) -> None:
    desk = play(queue(auto_accept=True))
    desk.agent("ann")
    chat = desk.chat()
    desk.agent("ben")
    desk.does(Transfer(chat, agent="ben"), "ann")
    assert desk[chat].agent == "ben"


def test_a_supervisor_may_hand_on_what_waits_or_is_offered(play: Make) -> None:
    desk = play(*QUEUES)
    waiting = desk.chat()
    desk.does(Transfer(waiting, "support", note="Belongs there."), BOSS)
    assert desk[waiting].queue == "support"
    desk.agent("ann")
    offered = desk.chat()
    desk.does(Transfer(offered, "support"), BOSS)
    assert desk.kinds() == ["OfferRescinded", "InteractionTransferred", "Queued"]
    assert desk[offered].refused_by == ()


def test_what_is_snoozed_can_be_handed_on(play: Make) -> None:
    desk = play(*QUEUES)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Snooze(chat, desk.now + 60_000), "ann")
    desk.does(Transfer(chat, "support"), "ann")
    assert (desk[chat].state, desk.who("ann").load, desk.who("ann").holding) == (State.QUEUED, 0, ())
    assert desk.later(600) == []


def test_a_draft_is_not_anybody_elses(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(SaveDraft(chat, "Dear", version=1), "ann")
    desk.agent("ben")
    desk.does(Transfer(chat, agent="ben"), "ann")
    desk.accept(chat, "ben")
    assert desk[chat].draft is None


def test_where_it_cannot_go(play: Make) -> None:
    desk = play(queue(), queue("mail", channels=("email",)))
    desk.agent("ann")
    chat = desk.active("ann")
    desk.agent("full", capacity=0)
    desk.agent("single", channel_max={"chat": 0})
    desk.agent("away")
    desk.does(SetPresence(Presence.AWAY), "away")
    codes = {
        Transfer(chat): "invalid",
        Transfer(chat, "no such"): "unknown",
        Transfer(chat, "mail"): "invalid",
        Transfer(chat, agent="ghost"): "unknown",
        Transfer(chat, agent="ann"): "invalid",
        Transfer(chat, agent="full"): "no_capacity",
        Transfer(chat, agent="single"): "no_capacity",
        Transfer(chat, agent="away"): "no_capacity",
    }
    for command, code in codes.items():
        assert desk.refuses(command, "ann") == code
    desk.does(EndInteraction(chat), "ann")
    assert desk.refuses(Transfer(chat, "sales"), "ann") == "wrong_state"


def test_to_whom_it_is_offered_already(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    assert isinstance(desk.since[-1].event, Offered)
    assert desk.refuses(Transfer(chat, agent="ann"), BOSS) == "invalid"
