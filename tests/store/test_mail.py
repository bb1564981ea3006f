"""Mail beside its messages: the outbox follows events, and what came in is accounted for; the same of every store."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentdesk.core.events import DeliveryChanged, MessageAdded
from agentdesk.core.mail import Delivery, MailHead
from agentdesk.core.model import Message, MessageKind
from agentdesk.protocol.mail import Intake, MailSpot, OutboxRow
from agentdesk.store.base import FileBlob, Store
from tests.store.made import AT_MS, batch, message, recorded

HEAD = MailHead(subject="Re: Hi", to=("kim@example.org",), due_ms=AT_MS + 10)


def sent(store: Store, number: int, head: MailHead = HEAD, seq: int = 0) -> None:
    store.commit([batch(*recorded(MessageAdded(written(number, head)), after=(seq or number) - 1))])


def written(number: int, head: MailHead = HEAD) -> Message:
    return replace(message(number, "On its way", interaction_id=7), kind=MessageKind.OUTBOUND, mail=head)


def moved(store: Store, seq: int, number: int, state: Delivery, words: str = "", due_ms: int = 0) -> None:
    store.commit([batch(*recorded(DeliveryChanged(7, number, state, words, due_ms), after=seq - 1))])


def test_a_message_keeps_what_stands_above_it(store: Store) -> None:
    head = replace(HEAD, due_ms=None, message_id="<1@example.org>", references=("<0@example.org>",), folded="> old")
    sent(store, 1, head)
    found = store.message(1)
    assert found is not None and found.mail == head
    assert store.messages(7)[0].mail == head
    assert store.message(2) is None


def test_an_agents_mail_is_in_the_outbox_with_its_event(store: Store) -> None:
    sent(store, 1, replace(HEAD, due_ms=AT_MS + 30))
    sent(store, 2)
    assert store.next_send_ms() == AT_MS + 10
    assert store.due_sends(AT_MS + 9, 10) == []
    assert [row.message_id for row in store.due_sends(AT_MS + 30, 10)] == [2, 1]
    assert [row.message_id for row in store.due_sends(AT_MS + 30, 1)] == [2]


def test_what_came_in_is_not_sent_out(store: Store) -> None:
    sent(store, 1, replace(HEAD, due_ms=None))
    assert store.next_send_ms() is None
    assert store.unsettled_sends(10) == []


def test_each_step_is_kept(store: Store) -> None:
    sent(store, 1)
    moved(store, 2, 1, Delivery.SENDING)
    assert store.due_sends(AT_MS + 99, 10) == []
    assert store.unsettled_sends(10) == [OutboxRow(1, 7, Delivery.SENDING, AT_MS + 10, 1)]
    moved(store, 3, 1, Delivery.DEFERRED, "451 later", AT_MS + 500)
    assert store.due_sends(AT_MS + 500, 10) == [OutboxRow(1, 7, Delivery.DEFERRED, AT_MS + 500, 1, "451 later")]
    moved(store, 4, 1, Delivery.SENDING)
    moved(store, 5, 1, Delivery.SENT, "250 ok")
    assert store.unsettled_sends(10) == []
    assert store.next_send_ms() is None
    assert store.sends_of(7, 10) == [OutboxRow(1, 7, Delivery.SENT, AT_MS + 500, 2, "250 ok")]


def test_a_send_and_its_step_in_one_commit(store: Store) -> None:
    store.commit([batch(*recorded(MessageAdded(written(1)), DeliveryChanged(7, 1, Delivery.CANCELLED)))])
    assert [row.state for row in store.sends_of(7, 10)] == [Delivery.CANCELLED]
    assert store.due_sends(AT_MS + 99, 10) == []


def test_a_mail_is_found_by_its_own_id(store: Store) -> None:
    sent(store, 1, replace(HEAD, due_ms=None, message_id="<1@example.org>"))
    assert store.interaction_of_mail("<1@example.org>") == 7
    assert store.interaction_of_mail("<2@example.org>") is None


def test_what_a_mail_refers_to_is_found_before_it_comes(store: Store) -> None:
    head = replace(HEAD, due_ms=None, message_id="<2@example.org>", references=("<0@x>", "<1@x>"), in_reply_to="<1@x>")
    sent(store, 1, head)
    assert [store.interaction_of_mail(one) for one in ("<0@x>", "<1@x>", "<3@x>")] == [7, 7, None]


def intake(uid: int, outcome: str = "message", digest: str = "d") -> Intake:
    return Intake("desk", f"{digest}{uid}", AT_MS, 100, outcome, 5, uid, 7, uid, "", "kim@example.org", "Hi", f"f{uid}")


def test_what_came_in_is_accounted_for_and_read_so_far(store: Store) -> None:
    assert store.mail_spot("desk") is None
    store.put_mail_spot(MailSpot("desk", AT_MS))
    store.put_intake(intake(1), MailSpot("desk", AT_MS, 5, 1))
    store.put_intake(intake(2, "rejected"), MailSpot("desk", AT_MS, 5, 2))
    store.put_intake(intake(3), None)
    assert store.mail_spot("desk") == MailSpot("desk", AT_MS, 5, 2)
    third, second, first = store.intakes("desk")
    assert third == replace(intake(3), id=3)
    assert (second.outcome, first.uid) == ("rejected", 1)
    assert [one.uid for one in store.intakes("desk", before=3, limit=1)] == [2]
    assert store.intake_counts("desk") == {"message": 2, "rejected": 1}
    assert store.intakes("other") == []


def test_a_repeat_is_written_once(store: Store) -> None:
    store.put_intake(intake(1), None)
    store.put_intake(intake(1, "duplicate"), None)
    assert [one.outcome for one in store.intakes("desk")] == ["message"]


def test_mails_that_were_handed_over_have_no_place_in_a_folder(store: Store) -> None:
    for number in range(2):
        store.put_intake(Intake("desk", f"d{number}", AT_MS, 1, "message"), None)
    assert len(store.intakes("desk")) == 2
    found = store.intake_by_digest("desk", "d1")
    assert found is not None and found.digest == "d1"
    assert store.intake_by_digest("desk", "d9") is None


@pytest.mark.parametrize("where", ["source", "html"])
def test_the_files_of_a_mail_are_kept_with_it(store: Store, where: str) -> None:
    store.put_file(FileBlob("f1", "mail.eml", "message/rfc822", b"From: kim", "mail", AT_MS))
    store.put_file(FileBlob("f2", "mail.eml", "message/rfc822", b"From: kim", "mail", AT_MS))
    sent(store, 1, replace(HEAD, **{where: "f1"}))
    store.prune(0, AT_MS + 1)
    assert store.file("f1") is not None
    assert store.file("f2") is None
