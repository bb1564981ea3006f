"""Where a mail belongs: by token, by reference, and only together with somebody who is known there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.channels.email.history_words import bare_subject
from agentdesk.channels.email.parse import parse
from agentdesk.channels.email.parsed import ParsedMail
from agentdesk.channels.email.threads import Belongs, Continue, New, Ours, Thread, Undeliverable, match
from agentdesk.channels.email.tokens import Keys, Signed, in_address, in_message_id, message_id, reply_address

KEYS = Keys({"k1": b"an old key of the server", "k2": b"the key that signs now!!"}, "k2")
NOW_MS = 1_000_000_000
HOUR_MS = 3_600_000
CUSTOMER, COLLEAGUE, STRANGER = "huong@example.org", "nam@example.org", "mallory@evil.example"


class Known:
    """A store with two interactions by mail: 7 is live, 8 was closed half an hour ago, 9 long ago."""

    def __init__(self) -> None:
        parties = frozenset({CUSTOMER, COLLEAGUE})
        self.threads = {
            7: Thread(7, parties),
            8: Thread(8, parties, NOW_MS - HOUR_MS // 2),
            9: Thread(9, parties, NOW_MS - 48 * HOUR_MS),
        }
        self.ids = {"first@example.org": 7, "old@example.org": 9}
        self.subjects = {"my order 1042": 7, "hi": 7}

    def thread(self, interaction_id: int) -> Thread | None:
        return self.threads.get(interaction_id)

    def by_message_id(self, message_id: str) -> int | None:
        return self.ids.get(message_id)

    def by_subject(self, subject: str) -> int | None:
        return self.subjects.get(subject)


def mail(sender: str, *, to: str = "desk@example.test", subject: str = "Re: hello", **headers: str) -> ParsedMail:
    fields = {
        "From": sender,
        "To": to,
        "Subject": subject,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    found = parse("".join(f"{name}: {value}\n" for name, value in fields.items()).encode() + b"\nwords")
    assert isinstance(found, ParsedMail)
    return found


def belongs(one: ParsedMail, keys: Keys = KEYS, **more: Any) -> Belongs:
    return match(one, keys, Known(), now_ms=NOW_MS, reopen_ms=HOUR_MS, **more)


def ours(interaction_id: int, number: int = 3, keys: Keys = KEYS) -> str:
    return f"<{message_id(keys, interaction_id, number, 'example.test')}>"


def test_a_reply_to_our_mail_goes_on() -> None:
    assert belongs(mail(CUSTOMER, In_Reply_To=ours(7))) == Continue(7, False, "token")
    assert belongs(mail(CUSTOMER, References=f"<x@y.example> {ours(7)} <z@y.example>")) == Continue(7, False, "token")


def test_the_signed_address_is_enough() -> None:
    address = reply_address(KEYS, 7, "desk@example.test")
    assert belongs(mail(CUSTOMER, to=address)) == Continue(7, False, "token")
    assert belongs(mail(CUSTOMER, Cc=f"Desk <{address.upper()}>")) == Continue(7, False, "token")
    assert belongs(mail(CUSTOMER, Delivered_To=address)) == Continue(7, False, "token")
    assert belongs(mail(CUSTOMER), envelope_to=[address]) == Continue(7, False, "token")


def test_a_reference_to_a_mail_that_is_kept_goes_on() -> None:
    assert belongs(mail(COLLEAGUE.upper(), References="<first@example.org>")) == Continue(7, False, "reference")


@pytest.mark.parametrize("headers", [{"In_Reply_To": ours(7)}, {"References": "<first@example.org>"}, {}])
def test_a_stranger_starts_anew_with_a_suggestion(headers: dict[str, str]) -> None:
    to = "desk@example.test" if headers else reply_address(KEYS, 7, "desk@example.test")
    why = "reference" if "References" in headers else "token"
    assert belongs(mail(STRANGER, to=to, **headers)) == New(resembles=7, why=why)


def test_a_subject_only_suggests_whoever_writes() -> None:
    for sender in (STRANGER, CUSTOMER):
        assert belongs(mail(sender, subject="RE: Fwd: My  Order 1042")) == New(resembles=7, why="subject")
    assert belongs(mail(CUSTOMER, subject="Re: other")) == New()
    assert belongs(mail(CUSTOMER, subject="Re: Hi")) == New(), "too short to say anything"


def test_a_token_that_is_not_ours_says_nothing() -> None:
    strange = Keys({"k2": b"somebody else's key!!"}, "k2")
    assert belongs(mail(CUSTOMER, In_Reply_To=ours(7, keys=strange))) == New()
    changed = ours(7).replace("ad.7.", "ad.8.")
    assert belongs(mail(CUSTOMER, In_Reply_To=changed)) == New()
    address = reply_address(KEYS, 7, "desk@example.test").replace("ad-7-", "ad-8-")
    assert belongs(mail(CUSTOMER, to=address)) == New()


def test_the_interaction_in_which_the_sender_is_known_is_taken() -> None:
    known = Known()
    known.threads[7] = Thread(7, frozenset({"other@example.org"}))
    found = match(
        mail(CUSTOMER, In_Reply_To=ours(7), References="<old@example.org>"),
        KEYS,
        known,
        now_ms=NOW_MS,
        reopen_ms=72 * HOUR_MS,
    )
    assert found == Continue(9, True, "reference")


def test_the_nearest_reference_is_taken() -> None:
    found = belongs(mail(CUSTOMER, References=f"{ours(8)} {ours(7)}", In_Reply_To="<unknown@x.example>"))
    assert found == Continue(7, False, "token")
    known = Known()
    known.ids["near@example.org"] = 8
    referring = mail(CUSTOMER, References="<first@example.org> <near@example.org>")
    assert match(referring, KEYS, known, now_ms=NOW_MS, reopen_ms=HOUR_MS) == Continue(8, True, "reference")


def test_a_mail_from_nobody_is_from_no_party() -> None:
    known = Known()
    known.threads[7] = Thread(7, frozenset({"", CUSTOMER}))
    nobody = parse(f"Subject: x\nIn-Reply-To: {ours(7)}\n\nx".encode())
    assert isinstance(nobody, ParsedMail)
    assert match(nobody, KEYS, known, now_ms=NOW_MS, reopen_ms=HOUR_MS) == New(resembles=7, why="token")


def test_a_closed_interaction_is_opened_again_or_followed() -> None:
    assert belongs(mail(CUSTOMER, In_Reply_To=ours(8))) == Continue(8, True, "token")
    assert belongs(mail(CUSTOMER, In_Reply_To=ours(9))) == New(follows=9)
    last_moment = match(mail(CUSTOMER, In_Reply_To=ours(8)), KEYS, Known(), now_ms=NOW_MS, reopen_ms=HOUR_MS // 2)
    assert last_moment == Continue(8, True, "token")


def test_a_machines_answer_opens_nothing() -> None:
    absent = mail(CUSTOMER, In_Reply_To=ours(8), Auto_Submitted="auto-replied")
    assert belongs(absent) == Continue(8, False, "token")


def test_an_interaction_that_is_gone_is_none() -> None:
    assert belongs(mail(CUSTOMER, In_Reply_To=ours(99))) == New()


def test_our_own_mail_that_comes_back_is_a_loop() -> None:
    assert belongs(mail("desk@example.test", Message_ID=ours(7))) == Ours(7)
    assert belongs(mail(CUSTOMER, Delivered_To="a@b.example\nDelivered-To: A@b.example")) == Ours(None)


def report(original: str, to: str = "desk@example.test") -> ParsedMail:
    head = f"From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nTo: {to}\nSubject: failure notice\n\n"
    found = parse(f"{head}<{CUSTOMER}>:\n550 5.1.1 no\n\nMessage-ID: {original}\n".encode())
    assert isinstance(found, ParsedMail) and found.report is not None
    return found


def test_a_delivery_report_finds_the_message_it_is_about() -> None:
    found = belongs(report(ours(7, 5)))
    assert isinstance(found, Undeliverable)
    assert (found.interaction_id, found.number, found.report.recipients[0].status) == (7, 5, "5.1.1")
    by_address = belongs(report("<unknown@example.test>", reply_address(KEYS, 7, "desk@example.test")))
    assert isinstance(by_address, Undeliverable) and (by_address.interaction_id, by_address.number) == (7, 0)


def test_a_delivery_report_that_proves_nothing_changes_no_interaction() -> None:
    assert belongs(report("<first@example.org>")) == New()


NUMBERS = st.integers(0, 2**63 - 1)


@given(NUMBERS, NUMBERS)
def test_tokens_come_back(interaction_id: int, number: int) -> None:
    text = message_id(KEYS, interaction_id, number, "example.test")
    assert in_message_id(KEYS, text) == Signed(interaction_id, number) == in_message_id(KEYS, text.upper())
    address = reply_address(KEYS, interaction_id, "desk@example.test")
    assert in_address(KEYS, address) == Signed(interaction_id, 0) == in_address(KEYS, address.upper())
    assert len(address.rpartition("@")[0]) <= 64, "a longer local part is refused by servers"


@given(NUMBERS, st.data())
def test_a_token_that_was_changed_is_none(interaction_id: int, data: st.DataObject) -> None:
    text = message_id(KEYS, interaction_id, 1, "example.test")
    at = data.draw(st.integers(0, text.index("@") - 1))
    new = data.draw(st.characters(codec="ascii", categories=["Ll", "Nd"]).filter(lambda one: one != text[at].lower()))
    assert in_message_id(KEYS, text[:at] + new + text[at + 1 :]) is None


def test_a_new_key_takes_over_and_the_old_one_is_still_known() -> None:
    before = Keys(KEYS.keys, "k1")
    assert in_message_id(KEYS, message_id(before, 7, 1, "example.test")) == Signed(7, 1)
    after = Keys({"k2": KEYS.keys["k2"]}, "k2")
    assert in_message_id(after, message_id(before, 7, 1, "example.test")) is None


def test_one_use_of_a_token_is_not_the_other() -> None:
    signature = reply_address(KEYS, 7, "desk@example.test").rpartition("-")[2].partition("@")[0]
    assert in_message_id(KEYS, f"ad.7.0.k2.{signature}@example.test") is None


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: Re[2]: Fwd: Order", "order"),
        ("TR: Trả lời: Đơn hàng", "đơn hàng"),
        ("پاسخ: سفارش ۱۲", "سفارش 12"),
        ("BLS: Balas: Pesanan", "pesanan"),
        ("[EXTERNAL] RE: x", "x"),
        ("Report: x", "report: x"),
        ("回复：订单", "订单"),
    ],
)
def test_subjects_are_compared_without_their_prefixes(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare
