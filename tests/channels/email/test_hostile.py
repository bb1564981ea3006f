"""Mail that means harm: every one ends as a mail or as a rejection with its reason, whatever it is made of."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.channels.email import bounds
from agentdesk.channels.email.parse import parse
from agentdesk.channels.email.parsed import Note, ParsedMail, Reason, Rejection
from agentdesk.channels.email.worker import Answer

HEAD = b"From: a@example.org\nTo: desk@example.test\nSubject: x\n"
PERMANENT = {Reason.EMPTY, Reason.NOT_A_MAIL, Reason.TOO_LARGE}
"""What a mail may be rejected for when nothing goes wrong in reading it."""


def answered(raw: bytes) -> ParsedMail | Rejection:
    """What comes of it, after it went through the form in which a worker answers: nothing in it can't be written."""
    found = parse(raw)
    data = msgspec.msgpack.encode(found)
    assert len(data) <= bounds.ANSWER_BYTES_MAX
    assert msgspec.msgpack.decode(data, type=Answer) == found
    if isinstance(found, Rejection):
        assert found.reason in PERMANENT and found.words
    return found


def read(raw: bytes) -> ParsedMail:
    found = answered(raw)
    assert isinstance(found, ParsedMail), found
    return found


def test_a_subject_of_a_megabyte_is_cut() -> None:
    for subject in (b"x" * (1 << 20), b"=?utf-8?b?w6k=?= " * 70_000, "é".encode() * (1 << 19), b"=?" * (1 << 19)):
        mail = read(b"From: a@example.org\nSubject: " + subject + b"\n\nbody")
        assert 0 < len(mail.subject) <= bounds.SUBJECT_CHARS_MAX
        assert (mail.sender.address, mail.text) == ("a@example.org", "body")


def test_twenty_thousand_recipients_are_counted() -> None:
    people = ", ".join(f'"P, {number}" <p{number}@example.org>' for number in range(20_000)).encode()
    mail = read(b"From: a@example.org\nTo: " + people + b"\nCc: c@example.org\n\nbody")
    assert (mail.to.count, len(mail.to.shown), mail.cc.count) == (20_000, bounds.RECIPIENTS_MAX, 1)
    assert mail.to.shown[7].name == "P, 7"


@pytest.mark.parametrize(
    "value",
    [
        b'"' * 50_000,
        b"(" * 50_000,
        b"<" * 50_000,
        b'"\\' * 25_000,
        b":" * 50_000,
        b"=?x?q?" * 9_000,
        b"@" * 50_000,
        b",;" * 25_000,
    ],
    ids=lambda value: value[:6].decode(),
)
def test_senders_of_nothing_but_punctuation(value: bytes) -> None:
    mail = read(
        b"From: " + value + b"\nTo: " + value + b"\nReferences: " + value + b"\nContent-Type: " + value + b"\n\nbody"
    )
    assert len(mail.sender.address) <= bounds.ADDRESS_CHARS_MAX and len(mail.to.shown) <= bounds.RECIPIENTS_MAX
    assert mail.text == "body"


def _nested(depth: int, *, closed: bool) -> bytes:
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    closing = b"".join(b"\n--b%d--" % n for n in reversed(range(depth))) if closed else b""
    return HEAD + opening + b"Content-Type: text/plain\n\ndeep" + closing


@pytest.mark.parametrize("closed", [True, False])
def test_parts_nested_by_thousands_are_noted(closed: bool) -> None:
    assert read(_nested(10, closed=closed)).text == "deep"
    mail = read(_nested(5_000, closed=closed))
    assert Note.DEPTH_CUT in mail.notes
    assert mail.sender.address == "a@example.org"
    assert mail.attachment_count == 1, "what is not read is listed, so that it can be saved"


def test_mails_in_mails_by_thousands_are_one_attachment() -> None:
    mail = read(HEAD + b"Content-Type: message/rfc822\n\n" * 5_000 + b"deep")
    assert mail.attachment_count == 1


def test_ten_thousand_parts_are_cut() -> None:
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Disposition: attachment\n\nx\n" * 10_000
        + b"--b--"
    )
    mail = read(raw)
    assert Note.PARTS_CUT in mail.notes
    assert len(mail.attachments) == bounds.ATTACHMENTS_MAX < mail.attachment_count < bounds.PARTS_MAX


def test_lines_that_are_nearly_boundaries_are_counted() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n" + b"--bb\n" * 100_000 + b"--b--"
    mail = read(raw)
    assert Note.PARTS_CUT in mail.notes
    assert mail.text.startswith("first")


def test_headers_without_an_end_are_cut() -> None:
    mail = read(HEAD + b"X-A: b\n" * 50_000 + b"\nbody")
    assert Note.HEADERS_CUT in mail.notes and mail.text == "body"
    mail = read(HEAD + b"X-A: " + b"c" * (5 << 20) + b"\n\nbody")
    assert Note.HEADERS_CUT in mail.notes and mail.text == "body"


ENDLESS = {
    "members": b"To: " + b"<>," * 300_000,
    "report": b"Content-Type: message/delivery-status\n\n" + b"a:b\n\n" * 1_000_000,
    "uuencoded": b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n" + b"M\n" * 2_000_000,
    "fields": b"a:\n" * 1_000_000,
    "continued": b"X-A: y\n" + b" z\n" * 1_000_000,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_of_what_does_not_end_only_a_share_is_looked_at(name: str) -> None:
    assert read(HEAD + ENDLESS[name]).sender.address == "a@example.org"


def test_a_mail_of_fifty_megabytes_is_rejected_with_what_its_headers_say() -> None:
    found = answered(HEAD + b"Message-ID: <big@example.org>\n\n" + b"x" * (50 << 20))
    assert isinstance(found, Rejection)
    assert (found.reason, found.message_id, found.sender, found.subject) == (
        Reason.TOO_LARGE,
        "big@example.org",
        "a@example.org",
        "x",
    )
    assert not found.again


def test_a_mail_of_the_largest_size_is_read() -> None:
    head = HEAD + b"Content-Type: application/pdf\n\n"
    assert read(head + b"x" * (bounds.MAIL_BYTES_MAX - len(head))).attachment_count == 1
    assert isinstance(answered(head + b"x" * (bounds.MAIL_BYTES_MAX - len(head) + 1)), Rejection)


def test_a_long_text_is_cut_and_noted() -> None:
    for text in (b"word " * (1 << 20), b"\n" * (1 << 20) + b"x", "chữ ".encode() * (1 << 19)):
        mail = read(HEAD + b"Content-Type: text/plain; charset=utf-8\n\nstart " + text)
        assert Note.TEXT_CUT in mail.notes
        assert mail.text.startswith("start")
        assert len(mail.text) <= bounds.TEXT_CHARS_MAX and mail.text.count("\n") < bounds.LINES_MAX


HTML = {
    "deep": "<div>" * 100_000 + "word",
    "quotes": "<blockquote>" * 5_000 + "word",
    "tables": "<table><tr><td>" * 3_000 + "word",
    "lists": "<ul><li>" * 3_000 + "word",
    "flat": "<p>word &amp; all</p>" * 100_000,
    "attribute": "<a href='" + "x" * 2_000_000 + "'>word</a>",
    "angles": "word" + "<" * 200_000,
    "entities": "word" + "&#x" * 200_000,
    "comments": "word" + "<!--" * 100_000,
    "tags": "word" + "<a " * 100_000,
    "image": "word<img src='data:image/png;base64," + "A" * 1_500_000 + "'>",
    "css": "<style>" + "/*" * 500_000 + "</style>word",
    "rules": "<style>" + ".a{" * 100_000 + "</style>word",
    "cells": "word<table>" + "<tr><td>x<td>y" * 50_000,
    "wide": "word<table><tr>" + "<td>x" * 12_000 + "<tr><td>x" * 12_000,
    "in_links": "<a href='http://x.example/'>" * 190 + "a<i>b</i>" * 20_000 + "word",
    "links": "word" + "<a href='http://x.example/'>a " * 30_000,
    "fonts": "word" + "".join(f"<b id={number}>" for number in range(2_000)) + "<p>" * 2_000,
    "nul": "w\0o\0r\0d",
}


@pytest.mark.parametrize("name", HTML)
def test_html_that_hangs_others(name: str) -> None:
    mail = read(HEAD + b"Content-Type: text/html; charset=utf-8\n\n" + HTML[name].encode())
    assert "word" in mail.text and len(mail.text) <= bounds.TEXT_CHARS_MAX


TEXTS = {
    "on": "On " * 20_000,
    "labels": "From: a\n" * 5_000,
    "prefixes": "> \n" * 20_000,
    "in_place": "> a\nb\n" * 10_000,
    "times": "On 10:00 foo\n" * 15_000,
    "dashes": "-" * 200_000,
    "titles": "--- a\n" * 15_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_hang_other_ways_of_finding_quotes(name: str) -> None:
    mail = read(HEAD + b"\n" + TEXTS[name].encode())
    assert mail.reading.parts


def test_a_flowed_paragraph_of_two_megabytes() -> None:
    mail = read(HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"words that flow \n" * 120_000)
    assert bounds.TEXT_CHARS_MAX - 20 < len(mail.text) <= bounds.TEXT_CHARS_MAX and "\n" not in mail.text


def test_every_beginning_of_a_mail_is_read_or_rejected() -> None:
    path = Path(__file__).parent.parent.parent / "data" / "mail" / "bounce_postfix.eml"
    raw = path.read_bytes()
    for end in range(len(raw)):
        answered(raw[:end])


def _library_mails() -> list[Path]:
    found = importlib.util.find_spec("test.test_email")
    if found is None or found.origin is None:
        return []
    return sorted((Path(found.origin).parent / "data").glob("msg_*.txt"))


def test_the_mails_that_pythons_own_parser_is_tested_with() -> None:
    mails = _library_mails()
    if not mails:
        pytest.skip("this Python has no test package (Debian: libpython3-testsuite)")
    assert len(mails) > 40
    for path in mails:
        raw = path.read_bytes()
        found = answered(raw)
        assert isinstance(found, ParsedMail) or path.stem == "msg_19", path.name
        changed = random.Random(path.name)
        for _ in range(20):
            at = changed.randrange(len(raw))
            answered(raw[:at] + changed.randbytes(3) + raw[at + changed.randrange(60) :])


HEADER_NAMES = st.sampled_from(
    [
        "From",
        "To",
        "Subject",
        "Date",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "References",
        "X-A",
    ]
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b'multipart/alternative; boundary="b"',
            b"multipart/report; report-type=delivery-status; boundary=b",
            b"multipart/digest; boundary=b",
            b"text/html; charset=utf-8",
            b"text/plain; charset=utf-16; format=flowed; delsp=yes",
            b"text/plain; charset*=utf-7''x; name*0*=a''%ff; name*1=b; name*x=",
            b"message/rfc822",
            b"message/delivery-status",
            b"application/pkcs7-mime; smime-type=signed-data",
            b"base64",
            b"quoted-printable",
            b"x-uuencode",
            b"attachment; filename*=utf-8'en'%E2%82%AC.exe",
            b"=?utf-7?b?K2AAA-?= =?x?q?=ff?= =?utf-8?b?w?=",
            b"<a@b> <c@d",
            b"Sat, 99 Foo 99999 99:99:99 +9999",
        ]
    ),
)
LINES = st.one_of(
    st.tuples(HEADER_NAMES, VALUES).map(lambda pair: pair[0].encode() + b": " + pair[1]),
    st.sampled_from(
        [b"", b"", b"--b", b"--b--", b"begin 644 x", b"end", b"> quoted", b"-- ", b" folded", b"<p>x<table><td>"]
    ),
    st.binary(max_size=40),
)
MAILS = st.lists(LINES, max_size=40).flatmap(
    lambda lines: st.sampled_from([b"\n", b"\r\n"]).map(lambda end: end.join(lines))
)


@settings(max_examples=400, deadline=None)
@given(MAILS)
def test_any_lines_are_read_or_rejected(raw: bytes) -> None:
    answered(HEAD + raw)
    answered(raw)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_rejected(raw: bytes) -> None:
    answered(raw)
