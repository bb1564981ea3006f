from __future__ import annotations

import pytest

from agentdesk.core.commands import (
    Done,
    EndInteraction,
    MarkRead,
    ReceiveMessage,
    Refused,
    SaveDraft,
    SendMessage,
    Snooze,
)
from agentdesk.core.events import MessageAdded
from agentdesk.core.model import RECENT_MAX, Attachment, Draft, MessageKind, State
from tests.core.conftest import Make
from tests.core.play import BOSS, CHANNEL, SERVER


def test_words_go_both_ways(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    (question,) = desk.writes(chat, "Where is it?")
    assert isinstance(question, MessageAdded)
    assert desk.since[0].agent == "ann"
    (reply,) = desk.replies(chat, "ann", "On its way.")
    assert isinstance(reply, MessageAdded)
    assert (reply.message.author, reply.message.agent) == ("Ann", "ann")
    assert (desk[chat].message_count, desk[chat].last_message_id) == (3, reply.message.id)


def test_a_message_before_anyone_took_it_goes_to_whom_it_is_offered(play: Make) -> None:
    desk = play()
    desk.chat()
    desk.writes(1)
    assert desk.since[0].agent is None
    desk.agent("ann")
    desk.writes(1)
    assert desk.since[0].agent == "ann"


def test_a_customers_message_sent_twice_is_said_once(play: Make) -> None:
    desk = play()
    chat = desk.chat()
    first = desk.do(ReceiveMessage(chat, "Hello?", "c2"))
    again = desk.do(ReceiveMessage(chat, "Hello?", "c2"))
    assert again == first
    assert desk.since == []
    assert desk[chat].message_count == 2


def test_the_first_message_counts_as_said_too(play: Make) -> None:
    desk = play()
    chat = desk.chat(client_id="c1")
    desk.does(ReceiveMessage(chat, "Hello", "c1"))
    assert desk[chat].message_count == 1


def test_an_agents_message_sent_twice_is_said_once_even_after_the_customer_wrote(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    send = SendMessage(chat, "Yes.", client_id="a1", seen=desk[chat].last_message_id)
    first = desk.do(send, "ann")
    desk.writes(chat)
    assert desk.do(send, "ann") == first
    assert isinstance(first, Done)
    assert desk.since == []


def test_the_same_client_id_from_both_sides_is_two_messages(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(ReceiveMessage(chat, "Hello?", "1"))
    desk.does(SendMessage(chat, "Yes.", client_id="1"), "ann")
    assert desk[chat].message_count == 3


def test_what_is_remembered_of_messages_is_bounded(play: Make) -> None:
    desk = play()
    chat = desk.chat()
    for number in range(RECENT_MAX + 5):
        desk.writes(chat, client_id=f"c{number}")
    assert len(desk[chat].recent) == RECENT_MAX
    assert desk[chat].recent[-1].client_id == f"c{RECENT_MAX + 4}"


def test_a_reply_against_an_old_view_is_refused_with_what_was_missed(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    seen = desk[chat].last_message_id
    desk.writes(chat)
    desk.writes(chat)
    answer = desk.do(SendMessage(chat, "Yes.", seen=seen), "ann")
    assert isinstance(answer, Refused)
    assert (answer.code, answer.missed) == ("stale", (seen + 1, seen + 2))
    desk.does(SendMessage(chat, "Yes."), "ann")


def test_one_message_missed_is_said_in_the_singular(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    answer = desk.do(SendMessage(chat, "Yes.", seen=0), "ann")
    assert isinstance(answer, Refused)
    assert "a message" in answer.message


def test_ones_own_messages_are_never_missed_but_a_colleagues_are(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    seen = desk[chat].last_message_id
    desk.replies(chat, "ann")
    desk.does(SendMessage(chat, "And this.", seen=seen), "ann")
    desk.does(SendMessage(chat, "Offer a refund.", MessageKind.NOTE), BOSS)
    assert desk.refuses(SendMessage(chat, "Well.", seen=seen), "ann") == "stale"


def test_a_note_is_never_stale(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.writes(chat)
    desk.does(SendMessage(chat, "A regular.", MessageKind.NOTE, seen=0), "ann")


def test_a_supervisors_note_carries_their_name(play: Make) -> None:
    desk = play()
    chat = desk.chat()
    (note,) = desk.does(SendMessage(chat, "Call back.", MessageKind.NOTE), BOSS)
    assert isinstance(note, MessageAdded)
    assert (note.message.author, note.message.agent) == ("The Boss", "boss")


@pytest.mark.parametrize("kind", [MessageKind.INBOUND, MessageKind.SYSTEM])
def test_an_agent_cannot_speak_for_others(play: Make, kind: MessageKind) -> None:
    desk = play()
    desk.agent("ann")
    assert desk.refuses(SendMessage(desk.active("ann"), "Hm.", kind), "ann") == "invalid"


def test_nothing_is_no_message_but_a_file_is(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    file = Attachment("f1", "a.png", "image/png", 3)
    assert desk.refuses(ReceiveMessage(chat, "")) == "invalid"
    assert desk.refuses(SendMessage(chat, ""), "ann") == "invalid"
    desk.does(ReceiveMessage(chat, "", attachments=(file,)))
    desk.does(SendMessage(chat, "", attachments=(file,)), "ann")


def test_a_reply_needs_a_conversation(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(EndInteraction(chat), "ann")
    assert desk.refuses(SendMessage(chat, "One more thing."), "ann") == "wrong_state"
    desk.does(SendMessage(chat, "Was angry.", MessageKind.NOTE), "ann")


def test_who_may_write(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    assert desk.refuses(SendMessage(chat, "Hi."), "ben") == "not_permitted"
    assert desk.refuses(SendMessage(chat, "Hi."), CHANNEL) == "not_permitted"
    assert desk.refuses(ReceiveMessage(chat, "Hi."), "ann") == "not_permitted"
    assert desk.refuses(ReceiveMessage(chat, "Hi."), SERVER) == "not_permitted"
    assert desk.refuses(ReceiveMessage(99, "Hi.")) == "unknown"
    assert desk.refuses(SendMessage(99, "Hi."), "ann") == "unknown"


def test_the_reply_is_due_since_the_oldest_question(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    asked = desk[chat].reply_due_since_ms
    desk.writes(chat)
    assert desk[chat].reply_due_since_ms == asked
    desk.does(SendMessage(chat, "Hm.", MessageKind.NOTE), "ann")
    assert desk[chat].reply_due_since_ms == asked
    desk.replies(chat, "ann")
    first_reply = desk[chat].first_reply_ms
    assert (desk[chat].reply_due_since_ms, first_reply) == (None, desk.now)
    desk.replies(chat, "ann")
    assert desk[chat].first_reply_ms == first_reply


def test_writing_during_wrap_up_reopens_with_the_same_agent(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(EndInteraction(chat), "ann")
    desk.writes(chat)
    assert desk.kinds() == ["InteractionReopened", "MessageAdded"]
    assert [recorded.agent for recorded in desk.since] == ["ann", "ann"]
    assert (desk[chat].state, desk[chat].agent, desk[chat].ended_ms) == (State.ACTIVE, "ann", None)


def test_writing_wakes_what_is_snoozed(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Snooze(chat, desk.now + 60_000), "ann")
    desk.writes(chat)
    assert desk.kinds() == ["InteractionResumed", "MessageAdded"]
    assert (desk[chat].state, desk.who("ann").load) == (State.ACTIVE, 1)


def test_a_draft_is_kept_and_an_older_one_never_wins(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(SaveDraft(chat, "Dear", version=2), "ann")
    desk.does(SaveDraft(chat, "De", version=1), "ann")
    assert desk[chat].draft == Draft("ann", MessageKind.OUTBOUND, "Dear", 2)
    assert desk.refuses(SaveDraft(chat, "Hm"), BOSS) == "not_permitted"
    assert desk.refuses(SaveDraft(99, "Hm"), "ann") == "unknown"


def test_sending_drops_the_draft_for_good(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(SaveDraft(chat, "Dear", version=2), "ann")
    desk.does(SendMessage(chat, "A note.", MessageKind.NOTE), "ann")
    assert desk[chat].draft == Draft("ann", MessageKind.OUTBOUND, "Dear", 2)
    desk.replies(chat, "ann")
    desk.does(SaveDraft(chat, "Dea", version=1), "ann")
    assert desk[chat].draft == Draft("ann", MessageKind.OUTBOUND, "", 2)


def test_what_was_seen_only_goes_on(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    last = desk[chat].last_message_id
    desk.does(MarkRead(chat, 99), "ann")
    assert desk[chat].seen_upto == last
    desk.does(MarkRead(chat, last - 1), "ann")
    assert desk.since == []
