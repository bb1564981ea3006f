"""Mail in the desk: how a reply is addressed, how far it gets, and closed interactions that live again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import UNSET, UnsetType

from agentdesk.core.commands import (
    CancelSend,
    CompleteWrapup,
    EndInteraction,
    MailOut,
    NoteDelivery,
    ReceiveMessage,
    RetrySend,
    ReturnInteraction,
    SendMessage,
)
from agentdesk.core.events import DeliveryChanged, InteractionReturned, MessageAdded, Queued
from agentdesk.core.mail import SENDS_MAX, Delivery, MailHead
from agentdesk.core.model import EMAIL, MessageKind, State
from tests.core.play import BOSS, CHANNEL, SECOND, Play, queue

Make = Callable[..., Play]
SALES = queue(channels=("chat", "email"))


@pytest.fixture
def desk(play: Make) -> Play:
    desk = play(SALES, mail_hold_s=10)
    desk.agent("ann")
    return desk


def mail(desk: Play) -> int:
    """A mail that ann holds."""
    return desk.active("ann", channel=EMAIL, subject="Where is it?", mail=MailHead(subject="Where is it?"))


def sent(desk: Play, interaction_id: int, out: MailOut | UnsetType = UNSET) -> MessageAdded:
    (added,) = desk.does(SendMessage(interaction_id, "On its way.", mail=out), "ann")
    assert isinstance(added, MessageAdded)
    return added


def state(desk: Play, interaction_id: int) -> list[Delivery]:
    return [send.state for send in desk[interaction_id].sends]


def test_what_comes_by_mail_keeps_its_head(desk: Play) -> None:
    head = MailHead(subject="Hello", sender="Kim <kim@example.org>", message_id="<1@example.org>")
    number = desk.chat(channel=EMAIL, mail=head)
    added = [r.event for r in desk.since if isinstance(r.event, MessageAdded)]
    assert added[0].message.mail == head
    (again,) = desk.does(ReceiveMessage(number, "", mail=head))
    assert isinstance(again, MessageAdded)
    assert again.message.mail == head


def test_a_reply_goes_to_the_customer_and_waits_a_moment(desk: Play) -> None:
    number = mail(desk)
    head = sent(desk, number).message.mail
    assert head is not None
    assert (head.to, head.subject) == (("v1@example.org",), "Re: Where is it?")
    assert head.due_ms == desk.now + 10 * SECOND
    assert state(desk, number) == [Delivery.QUEUED]


def test_a_reply_goes_where_the_agent_says(desk: Play) -> None:
    out = MailOut(("Bo <bo@example.org>",), ("cc@example.org",), ("bcc@example.org",), "RE: so", desk.now + 99_000)
    head = sent(desk, mail(desk), out).message.mail
    assert head == MailHead(subject="RE: so", to=out.to, cc=out.cc, bcc=out.bcc, due_ms=out.send_at_ms)


def test_a_note_is_no_mail(desk: Play) -> None:
    (added,) = desk.does(SendMessage(mail(desk), "Call them", kind=MessageKind.NOTE), "ann")
    assert isinstance(added, MessageAdded)
    assert added.message.mail is None


@pytest.mark.parametrize(
    "out",
    [
        MailOut(("kim",)),
        MailOut(("kim@example.org\r\nBcc: x@example.org",)),
        MailOut(("kim@example.org",), ("a b@c@d",)),
        MailOut(send_at_ms=1),
        MailOut(send_at_ms=1 << 60),
    ],
)
def test_what_cannot_be_sent_is_refused(desk: Play, out: MailOut) -> None:
    assert desk.refuses(SendMessage(mail(desk), "Hi", mail=out), "ann") == "invalid"


def test_only_mail_has_recipients(desk: Play) -> None:
    chat = desk.active("ann")
    assert desk.refuses(SendMessage(chat, "Hi", mail=MailOut(("kim@example.org",))), "ann") == "invalid"


def test_a_mail_is_taken_back_before_it_goes(desk: Play) -> None:
    number = mail(desk)
    message = sent(desk, number).message.id
    desk.does(CancelSend(number, message), "ann")
    assert state(desk, number) == [Delivery.CANCELLED]
    assert desk.does(CancelSend(number, message), "ann") == []
    assert desk.refuses(NoteDelivery(number, message, Delivery.SENDING)) == "too_late"
    desk.does(RetrySend(number, message), "ann")
    assert state(desk, number) == [Delivery.QUEUED]
    assert desk[number].sends[0].due_ms == desk.now


def test_what_has_gone_cannot_be_taken_back(desk: Play) -> None:
    number = mail(desk)
    message = sent(desk, number).message.id
    desk.does(NoteDelivery(number, message, Delivery.SENDING))
    assert desk.refuses(CancelSend(number, message), "ann") == "too_late"
    desk.does(NoteDelivery(number, message, Delivery.SENT, "250 ok"))
    assert desk.refuses(CancelSend(number, message), "ann") == "too_late"
    assert desk.refuses(RetrySend(number, message), "ann") == "wrong_state"
    send = desk[number].sends[0]
    assert (send.state, send.words, send.attempts) == (Delivery.SENT, "250 ok", 1)


def test_what_was_lost_is_sent_again_by_hand(desk: Play) -> None:
    number = mail(desk)
    message = sent(desk, number).message.id
    desk.does(NoteDelivery(number, message, Delivery.SENDING))
    desk.does(NoteDelivery(number, message, Delivery.UNCERTAIN, "connection lost"))
    desk.does(RetrySend(number, message), BOSS)
    assert state(desk, number) == [Delivery.QUEUED]


def test_a_deferred_mail_says_when_it_is_tried_again(desk: Play) -> None:
    number = mail(desk)
    message = sent(desk, number).message.id
    due = desk.now + 60_000
    desk.does(NoteDelivery(number, message, Delivery.DEFERRED, "451 later", due))
    assert desk[number].sends[0].due_ms == due


def test_what_is_no_mail_has_no_delivery(desk: Play) -> None:
    number = mail(desk)
    assert desk.refuses(CancelSend(number, 999), "ann") == "unknown"
    assert desk.refuses(RetrySend(number, 999), "ann") == "unknown"
    assert desk.refuses(NoteDelivery(999, 1, Delivery.SENT)) == "unknown"


def test_only_so_many_sends_are_remembered(desk: Play) -> None:
    number = mail(desk)
    last = [sent(desk, number).message.id for _ in range(SENDS_MAX + 5)]
    assert [send.message_id for send in desk[number].sends] == last[-SENDS_MAX:]


def closed(desk: Play) -> int:
    number = mail(desk)
    sent(desk, number)
    desk.does(EndInteraction(number), "ann")
    desk.does(CompleteWrapup(number, tags=("late",), note="sent the number"), "ann")
    assert number not in desk.desk.state.interactions
    return number


def test_the_delivery_of_a_closed_one_is_still_told(desk: Play) -> None:
    number = closed(desk)
    changed = DeliveryChanged(number, 2, Delivery.SENT, "250 ok")
    assert desk.does(NoteDelivery(number, 2, Delivery.SENT, "250 ok")) == [changed]


def returned(desk: Play, number: int) -> list[object]:
    desk.take()
    row = desk[number]
    customer = desk.customers[row.customer_id]
    return list(desk.does(ReturnInteraction(row, customer, "answered"), CHANNEL))


def test_a_closed_one_lives_again_with_its_last_agent_first(desk: Play) -> None:
    number = closed(desk)
    desk.agent("bob")
    events = returned(desk, number)
    assert [type(event) for event in events[1:3]] == [InteractionReturned, Queued]
    assert desk.offered_to(number) == "ann"
    row = desk[number]
    assert (row.tags, row.disposition, row.ended_ms, row.agent) == (("late",), "", None, None)
    desk.accept(number, "ann")
    assert row.wrapup is not None
    assert row.wrapup.note == "sent the number"
    desk.writes(number, "Thanks!")
    assert desk[number].state is State.ACTIVE
    assert desk[number].sends == row.sends


def test_one_that_lives_already_just_goes_on(desk: Play) -> None:
    number = mail(desk)
    assert returned(desk, number) == []


def test_one_whose_queue_is_gone_stands_in_another(play: Make) -> None:
    desk = play(SALES, queue("other", channels=("email",)))
    desk.agent("ann")
    number = desk.active("ann", queue="other", channel=EMAIL, mail=MailHead())
    desk.does(EndInteraction(number), "ann")
    desk.does(CompleteWrapup(number), "ann")
    row = desk[number]
    row.queue = "gone"
    desk.does(ReturnInteraction(row, desk.customers[row.customer_id], "answered"))
    assert desk[number].queue == "sales"


def test_a_channel_that_no_queue_takes_is_refused(desk: Play) -> None:
    number = closed(desk)
    row = desk[number]
    row.channel = "fax"
    assert desk.refuses(ReturnInteraction(row, desk.customers[row.customer_id], "answered")) == "invalid"
