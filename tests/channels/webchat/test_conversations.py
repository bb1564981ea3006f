"""What visitors may be told, folded from events."""

from __future__ import annotations

from agentdesk.channels.webchat.conversations import Conversation, Conversations, Stage
from agentdesk.core import events as e
from agentdesk.core.model import Interaction, Message, MessageKind, Segment, State


def _started(number: int, customer: int = 7, channel: str = "chat") -> e.InteractionStarted:
    return e.InteractionStarted(number, channel, "support", customer, "Budi", number)


def _said(number: int, message: int, kind: MessageKind) -> e.MessageAdded:
    return e.MessageAdded(Message(message, number, 7, kind, "x", "text", 0))


def _stage(conversation: Conversation | None) -> Stage | None:
    return None if conversation is None else conversation.stage


def test_a_chat_goes_from_waiting_to_closed() -> None:
    all_ = Conversations()
    assert _stage(all_.fold(_started(1))) is Stage.WAITING
    assert _stage(all_.fold(e.Queued(1, "support", 0, 1, "new", 2))) is Stage.WAITING
    assert _stage(all_.fold(e.OfferAccepted(1, 1, "ana", 3))) is Stage.ACTIVE
    assert all_.current(7) is all_.get(1)
    assert _stage(all_.fold(e.ConversationEnded(1, "agent", 4))) is Stage.ENDED
    assert all_.current(7) is all_.get(1), "what the visitor says now reopens it"
    assert _stage(all_.fold(e.InteractionReopened(1, 5))) is Stage.ACTIVE
    all_.fold(e.ConversationEnded(1, "agent", 6))
    assert _stage(all_.fold(e.InteractionClosed(1))) is Stage.CLOSED
    assert all_.current(7) is None
    assert list(all_) == []
    assert all_.of_customer(7) == []


def test_a_transferred_chat_waits_again() -> None:
    all_ = Conversations()
    all_.fold(_started(1))
    all_.fold(e.OfferAccepted(1, 1, "ana", 3))
    all_.fold(e.InteractionTransferred(1, "ana", "sales"))
    waiting = all_.fold(e.Queued(1, "sales", 0, 1, "transferred", 4))
    assert waiting is not None
    assert (waiting.stage, waiting.queue, waiting.agent) == (Stage.WAITING, "sales", None)


def test_a_chat_that_goes_on_as_a_callback_is_no_chat_any_more() -> None:
    all_ = Conversations()
    all_.fold(_started(1))
    all_.fold(e.CustomerLeft(1))
    led_on = all_.fold(e.Overflowed(1, "sales", "callback", 6, "wait"))
    assert led_on is not None
    assert (led_on.channel, led_on.queue, led_on.led_on, led_on.away) == ("callback", "sales", True, False)
    assert all_.current(7) is None, "what the visitor says now is a message of its own"
    assert all_.led_on(7)
    all_.fold(e.OfferAccepted(1, 1, "ana", 3))
    assert not all_.led_on(7)
    assert all_.current(7) is led_on


def test_a_chat_that_goes_on_in_another_queue_stays_one() -> None:
    all_ = Conversations()
    all_.fold(_started(1))
    moved = all_.fold(e.Overflowed(1, "sales", "chat", 1, "length"))
    assert moved is not None
    assert (moved.queue, moved.led_on) == ("sales", False)
    assert not all_.led_on(8)


def test_one_who_left_the_line_is_told_so() -> None:
    all_ = Conversations()
    all_.fold(_started(1))
    all_.fold(e.CustomerLeft(1))
    left = all_.get(1)
    assert left is not None and left.away
    assert _stage(all_.fold(e.InteractionAbandoned(1))) is Stage.LEFT
    assert all_.get(1) is None


def test_read_marks_only_go_forward() -> None:
    all_ = Conversations()
    all_.fold(_started(1))
    all_.fold(_said(1, 11, MessageKind.INBOUND))
    assert all_.fold(e.MessagesSeen(1, 11)) is not None
    assert all_.fold(e.MessagesSeen(1, 10)) is None
    all_.fold(_said(1, 12, MessageKind.INBOUND))
    assert all_.fold(_said(1, 13, MessageKind.NOTE)) is None, "a note says nothing about having read"
    answered = all_.fold(_said(1, 14, MessageKind.OUTBOUND))
    assert answered is not None and answered.read == 12, "who answers has read"


def test_nobody_confirms_what_was_not_said() -> None:
    all_ = Conversations()
    all_.fold(_started(1))
    all_.fold(_said(1, 14, MessageKind.OUTBOUND))
    chat = all_.get(1)
    assert chat is not None
    assert chat.confirm(99, 0) and (chat.delivered, chat.displayed) == (14, 0)
    assert chat.confirm(14, 14) and chat.displayed == 14
    assert not chat.confirm(13, 12)


def test_a_left_message_is_the_conversation_only_once_it_is_answered() -> None:
    all_ = Conversations()
    all_.fold(_started(1, channel="message"))
    assert all_.current(7) is None
    all_.fold(e.OfferAccepted(1, 1, "ana", 3))
    assert all_.current(7) is all_.get(1)
    all_.fold(_started(2))
    assert all_.current(7) is all_.get(2), "the newest"


def test_other_channels_are_no_business_of_visitors() -> None:
    all_ = Conversations()
    assert all_.fold(_started(1, channel="email")) is None
    assert all_.fold(_said(1, 11, MessageKind.OUTBOUND)) is None
    assert list(all_) == []


def test_what_lived_before_the_start_is_known() -> None:
    segment = Segment(1, 1, State.ACTIVE, "support", "ana", 0)
    live = [
        Interaction(2, "chat", "support", 7, "Budi", State.ACTIVE, 0, 0, 1, segment, agent="ana", seen_upto=5,
                    last_inbound_id=6, last_message_id=9, delivered_upto=8, read_upto=8, customer_away_since_ms=3),
        Interaction(1, "chat", "support", 7, "Budi", State.OFFERED, 0, 0, 1, segment),
        Interaction(3, "email", "support", 7, "Budi", State.QUEUED, 0, 0, 1, segment),
    ]  # fmt: skip
    all_ = Conversations(live)
    assert [(one.id, one.stage) for one in all_.of_customer(7)] == [(1, Stage.WAITING), (2, Stage.ACTIVE)]
    active = all_.get(2)
    assert active == Conversation(2, 7, "chat", "support", Stage.ACTIVE, "ana", True, 5, 6, 9, 8, 8)
