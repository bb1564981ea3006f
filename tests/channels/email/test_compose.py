"""What an agent writes comes out of other parsers as it went in, and nothing in it can become a header."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.channels.email.compose import (
    MAIL_BYTES_MAX,
    RECIPIENTS_MAX,
    Draft,
    File,
    answer_references,
    answer_subject,
    answer_to,
    composed,
    forward_subject,
    forwarded,
    is_address,
    problem,
    typed_address,
)
from agentdesk.channels.email.parse import parse
from agentdesk.channels.email.parsed import Address, Kind, ParsedMail
from agentdesk.channels.email.tokens import Keys, in_address, in_message_id, message_id, reply_address
from agentdesk.channels.email.tree import content

KEYS = Keys({"k": b"sixteen bytes or more"}, "k")
ID = message_id(KEYS, 7, 3, "example.test")
REPLY_TO = reply_address(KEYS, 7, "desk@example.test")
DESK = Address("Bàn hỗ trợ", "desk@example.test")
NAM = Address("Đỗ, Nam", "nam@example.org")
DATE_MS = 1_795_230_300_000


def draft(**more: object) -> Draft:
    given: dict[str, object] = {"sender": DESK, "to": (NAM,), "subject": "Đơn hàng", "text": "Chào **bạn**"}
    return Draft(**(given | more))  # type: ignore[arg-type]


def sent(one: Draft, **more: bool) -> bytes:
    return composed(one, message_id=ID, reply_to=REPLY_TO, date_ms=DATE_MS, **more).raw


def read(raw: bytes) -> ParsedMail:
    found = parse(raw)
    assert isinstance(found, ParsedMail)
    return found


def by_library(raw: bytes) -> EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage) and not found.defects
    return found


def test_an_answer_has_all_that_a_thread_needs() -> None:
    raw = sent(
        draft(
            in_reply_to="first@example.org", references=("a@x", "first@example.org"), cc=(Address("", "c@x.example"),)
        )
    )
    mail = read(raw)
    assert (mail.message_id, mail.in_reply_to, mail.references) == (
        ID,
        ("first@example.org",),
        ("a@x", "first@example.org"),
    )
    assert (mail.sender, mail.to.shown, mail.cc.shown) == (DESK, (NAM,), (Address("", "c@x.example"),))
    assert (mail.subject, mail.date_ms, mail.kind, mail.notes) == ("Đơn hàng", DATE_MS, Kind.NORMAL, ())
    assert mail.reply_to.shown[0].name == DESK.name
    assert in_message_id(KEYS, mail.message_id) and in_address(KEYS, mail.reply_to.shown[0].address)
    library = by_library(raw)
    assert (str(library["Subject"]), library["To"].addresses[0].display_name) == ("Đơn hàng", "Đỗ, Nam")
    assert library["MIME-Version"] == "1.0" and raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_text_is_there_twice_plain_and_in_html() -> None:
    text = "Dear Nam,\n\n* one\n* [two](https://a.example/x)\n\n<b>not html</b>\nsame paragraph"
    library = by_library(sent(draft(text=text, signature="Bob & Co\nDesk")))
    plain, html = library.get_body(("plain",)), library.get_body(("html",))
    assert plain is not None and html is not None
    assert plain.get_content().replace("\r\n", "\n") == f"{text}\n\n-- \nBob & Co\nDesk\n"
    page = html.get_content()
    assert '<a href="https://a.example/x">two</a>' in page and "<li>one</li>" in page
    assert "&lt;b&gt;not html&lt;/b&gt;<br />" in page and "Bob &amp; Co<br>" in page


@pytest.mark.parametrize(
    "text",
    ["[x](javascript:alert(1))", "[x](data:text/html,x)", "<script>alert(1)</script>", "![x](https://t.example/p.gif)"],
)
def test_what_is_written_can_do_nothing_in_the_readers_program(text: str) -> None:
    html = by_library(sent(draft(text=text))).get_body(("html",))
    assert html is not None
    assert not any(tag in html.get_content() for tag in ("<script", "<img", 'href="javascript', 'href="data'))


def test_what_is_quoted_is_folded_when_it_comes_back() -> None:
    raw = sent(
        draft(
            text="New words.", above="On 2026-11-21 10:00, Nam <nam@example.org> wrote:", quoted="old\n> older\n\nwords"
        )
    )
    mail = read(raw)
    assert mail.text.endswith("wrote:\n> old\n>> older\n>\n> words")
    assert mail.reading.visible == "New words." and len(mail.reading.folded) == 1


def test_files_come_back_byte_for_byte() -> None:
    files = (
        File("hóa đơn.pdf", "application/pdf", b"%PDF-1.7 \x00\xff" * 1000),
        File('a"b;c.txt', "text/plain", b"line\r\n.\r\nFrom x\n"),
        File("mail.eml", "message/rfc822", b"From: a\r\n\r\nx"),
        File("", "no type\r\nX-Bad: 1", b""),
    )
    raw = sent(draft(files=files))
    mail = read(raw)
    assert [content(raw, one) for one in mail.attachments] == [file.data for file in files]
    assert [one.name for one in mail.attachments] == ["hóa đơn.pdf", 'a"b;c.txt', "mail.eml", "file"]
    assert [part.get_payload(decode=True) for part in by_library(raw).iter_attachments()] == [
        file.data for file in files
    ]
    assert "X-Bad" not in by_library(raw)


def test_blind_copies_are_only_on_the_envelope() -> None:
    found = composed(draft(bcc=(Address("", "boss@example.test"), NAM)), message_id=ID, reply_to=REPLY_TO, date_ms=0)
    assert found.recipients == ("nam@example.org", "boss@example.test")
    assert b"boss" not in found.raw and b"Bcc" not in found.raw


def test_an_automatic_answer_says_so_and_is_not_answered() -> None:
    mail = read(sent(draft(), automatic=True))
    assert (mail.kind, mail.may_answer) == (Kind.AUTO_REPLY, False)


EVIL = "x\r\nBcc: victim@x.example\r\n\r\nbody \u2028\x00\x85Bcc: v@x.example"


def test_nothing_becomes_a_header() -> None:
    evil = Address(EVIL, "nam@example.org")
    raw = sent(
        draft(
            sender=Address(EVIL, "desk@example.test"),
            to=(evil,),
            subject=EVIL,
            above=EVIL,
            in_reply_to=EVIL,
            references=(EVIL,),
        )
    )
    library = by_library(raw)
    assert "Bcc" not in library
    wanted = "Content-Type MIME-Version From To Subject Date Message-ID Reply-To In-Reply-To References"
    assert sorted(library.keys()) == sorted(wanted.split())
    assert [one.addr_spec for one in library["To"].addresses] == ["nam@example.org"]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=80)
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\"'()<>\\=?_"), max_size=30
)


@settings(max_examples=150, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=30), TEXTS, TEXTS)
def test_names_subjects_and_texts_come_back(names: list[str], subject: str, text: str) -> None:
    people = tuple(Address(name, f"p{number}@example.org") for number, name in enumerate(names))
    mail = read(sent(draft(to=people, subject=subject.replace("=?", ""), text=text)))
    assert mail.to.shown == people
    assert mail.subject.split() == subject.replace("=?", "").split()
    assert mail.text.split() == text.split()


def test_commas_in_many_names_stay_in_them() -> None:
    people = tuple(Address(f"Đỗ Văn, Nam {number}", f"n{number}@example.org") for number in range(40))
    library = by_library(sent(draft(to=people)))
    assert [(one.display_name, one.addr_spec) for one in library["To"].addresses] == [
        (one.name, one.address) for one in people
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"to": ()}, "no recipient"),
        ({"to": (Address("", "a b@x.example"),)}, "not an address"),
        ({"to": (Address("", "a@x.example\r\nRCPT TO:<z@z.example>"),)}, "not an address"),
        ({"bcc": (Address("", ""),)}, "Nothing is not an address"),
        ({"to": (NAM,) * (RECIPIENTS_MAX + 1)}, "recipients"),
        ({"files": (File("a", "text/plain", b"x" * MAIL_BYTES_MAX),)}, "larger"),
    ],
)
def test_what_can_not_be_sent_says_why(more: dict[str, object], words: str) -> None:
    assert words in problem(draft(**more))
    assert problem(draft()) == ""


def test_addresses() -> None:
    assert is_address("nam@bücher.example") and is_address("o'neil+x@a-b.example.org")
    assert not any(
        map(
            is_address,
            (
                "",
                "@",
                "a@",
                "@b.example",
                "a b@c.example",
                "a@-b.example",
                "a@b..example",
                "é@b.example",
                "a@b\n",
                "a@" + "b" * 64,
            ),
        )
    )
    assert typed_address("Đỗ Nam <nam@example.org>") == Address("Đỗ Nam", "nam@example.org")
    assert typed_address(" nam@example.org ") == Address("", "nam@example.org")
    assert typed_address("nam") is None
    raw = composed(draft(to=(Address("", "a@bücher.example"),)), message_id=ID, reply_to=REPLY_TO, date_ms=0)
    assert raw.recipients == ("a@xn--bcher-kva.example",)


def test_to_whom_an_answer_goes() -> None:
    mail = read(
        b"From: Huong <huong@example.org>\n"
        b"To: Desk <desk+ad-7-k-aaaaaaaaaaaaaaaa@example.test>, nam@example.org, HUONG@example.org\n"
        b"Cc: other@example.org, Nam <NAM@example.org>, sales@example.test\n\nx"
    )
    own = ["desk@example.test", "sales@example.test"]
    assert answer_to(mail, own).to == (Address("Huong", "huong@example.org"),)
    everyone = answer_to(mail, own, everyone=True)
    assert [one.address for one in everyone.to] == ["huong@example.org", "nam@example.org"]
    assert [one.address for one in everyone.cc] == ["other@example.org"]
    wanted = read(b"From: huong@example.org\nReply-To: team@example.org\nTo: desk@example.test\n\nx")
    assert [one.address for one in answer_to(wanted, own).to] == ["team@example.org"]
    many = read(b"From: a@b.example\nTo: " + b",".join(b"p%d@x.example" % number for number in range(300)) + b"\n\nx")
    assert answer_to(many, own, everyone=True).left_out == 100


def test_references_and_subjects_of_an_answer() -> None:
    mail = read(b"From: a@b.example\nMessage-ID: <c@x>\nReferences: <a@x> <b@x>\n\nx")
    assert answer_references(mail) == ("a@x", "b@x", "c@x")
    mail = read(b"From: a@b.example\nMessage-ID: <c@x>\nIn-Reply-To: <b@x>\n\nx")
    assert answer_references(mail) == ("b@x", "c@x")
    many = b" ".join(b"<%d@x>" % number for number in range(40))
    found = answer_references(read(b"From: a@b.example\nMessage-ID: <last@x>\nReferences: " + many + b"\n\nx"))
    assert (len(found), found[0], found[-1]) == (20, "0@x", "last@x")
    assert [answer_subject(one) for one in ("x", "RE: x", "Trả lời: x", "")] == ["Re: x", "RE: x", "Trả lời: x", "Re:"]
    assert [forward_subject(one) for one in ("x", "Fw: x", "Re: x")] == ["Fwd: x", "Fw: x", "Fwd: Re: x"]


def test_what_is_passed_on_says_whose_it_is() -> None:
    mail = read(
        b"From: Huong <huong@example.org>\nTo: desk@example.test\nSubject: Order\n"
        b"Date: Sat, 21 Nov 2026 10:05:00 +0700\n\nwords"
    )
    text = forwarded(mail)
    assert text == (
        "---------- Forwarded message ---------\nFrom: Huong <huong@example.org>\n"
        "Date: Sat, 21 Nov 2026 03:05:00 +0000\n"
        "Subject: Order\nTo: desk@example.test\n\nwords"
    )
    again = read(sent(draft(subject="Fwd: Order", text=f"See:\n\n{text}")))
    assert again.reading.visible.endswith("words") and again.reading.folded == ()
