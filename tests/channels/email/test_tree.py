"""The MIME tree: on whole mails it is what Python's own parser finds, and what it holds comes back byte for byte."""

from __future__ import annotations

import email
from email.generator import BytesGenerator
from email.message import EmailMessage, Message
from email.policy import SMTP, compat32
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.channels.email.parse import parse
from agentdesk.channels.email.parsed import Note, ParsedMail
from agentdesk.channels.email.tree import Tree, content, transferred

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)
SUBTYPES = st.sampled_from(["mixed", "alternative", "related"])


@st.composite
def leaves(draw: st.DrawFn) -> EmailMessage:
    """A part with text, HTML or bytes."""
    part = EmailMessage(policy=SMTP)
    kind = draw(st.sampled_from(["plain", "html", "bytes"]))
    if kind == "bytes":
        name = draw(TEXTS.map(str.strip)) or "a"
        part.set_content(draw(st.binary(max_size=200)), "application", "octet-stream", filename=name)
    else:
        encoding = draw(st.sampled_from(["base64", "quoted-printable", "8bit"]))
        part.set_content(draw(TEXTS), subtype=kind, charset="utf-8", cte=encoding)
    return part


def _joined(parts: list[EmailMessage], subtype: str) -> EmailMessage:
    whole = EmailMessage(policy=SMTP)
    whole.add_header("MIME-Version", "1.0")
    whole.add_header("Content-Type", f"multipart/{subtype}")
    for part in parts:
        whole.attach(part)
    return whole


TREES = st.recursive(
    leaves(),
    lambda below: st.tuples(st.lists(below, min_size=1, max_size=4), SUBTYPES).map(lambda pair: _joined(*pair)),
    max_leaves=12,
)


def _written(mail: EmailMessage) -> bytes:
    out = BytesIO()
    BytesGenerator(out, policy=SMTP).flatten(mail)
    return out.getvalue()


def _shape_of_library(part: Message) -> list[object]:
    if part.is_multipart():
        return [part.get_content_type(), [_shape_of_library(one) for one in part.get_payload()]]  # type: ignore[arg-type]
    return [part.get_content_type(), part.get_payload(decode=True), part.get_filename() is not None]


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_the_tree_is_the_one_that_the_library_finds(mail: EmailMessage) -> None:
    raw = _written(mail)
    tree = Tree(raw)

    def shape(part: object) -> list[object]:
        parts = part.parts  # type: ignore[attr-defined]
        if parts:
            return [part.type, [shape(one) for one in parts]]  # type: ignore[attr-defined]
        return [part.type, content(raw, part), bool(part.name)]  # type: ignore[arg-type, attr-defined]

    assert shape(tree.root) == _shape_of_library(email.message_from_bytes(raw, policy=compat32))
    assert not tree.notes


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_every_file_that_was_attached_is_listed_and_comes_back(mail: EmailMessage) -> None:
    mail["From"] = "a@example.org"
    raw = _written(mail)
    attached = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_disposition() == "attachment"]
    found = parse(raw)
    assert isinstance(found, ParsedMail)
    kept = [content(raw, one) for one in found.attachments]
    assert kept == attached or (attached and found.text)
    assert [one.size for one in found.attachments] == [len(data) for data in kept]


@pytest.mark.parametrize(
    ("encoding", "data", "wanted"),
    [
        ("base64", b"aGVsbG8=", b"hello"),
        ("base64", b"aGVs!bG8", b"hello"),
        ("base64", b"aGVsbG8=\nfooter", b"hello"),
        ("base64", b"aGVsb", b"hel"),
        ("quoted-printable", b"a=3Db=\r\nc=ZZ", b"a=bc=ZZ"),
        ("x-uuencode", b"begin 644 a\n%:&5L;&\\\n`\nend\n", b"hello"),
        ("x-uuencode", b"nothing", b""),
        ("8bit", b"\xff", b"\xff"),
        ("no-such", b"abc", b"abc"),
    ],
)
def test_damaged_encodings_give_what_they_hold(encoding: str, data: bytes, wanted: bytes) -> None:
    assert transferred(data, encoding) == wanted


def test_parts_of_a_digest_are_mails() -> None:
    raw = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b\n\nSubject: two\n\ny\n--b--\n"
    assert [part.type for part in Tree(raw).root.leaves()] == ["message/rfc822", "message/rfc822"]


def test_an_inner_boundary_that_begins_like_the_outer_one() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b1\n\n"
        b"--b1\n\ninner\n--b1--\n--b\n\nouter\n--b--\n"
    )
    tree = Tree(raw)
    assert [content(raw, part) for part in tree.root.leaves()] == [b"inner", b"outer"]
    assert tree.notes == set()


@pytest.mark.parametrize("named", [b"; boundary=other", b"", b"; boundary="])
def test_a_boundary_that_is_named_wrongly_is_guessed(named: bytes) -> None:
    raw = (
        b"Content-Type: multipart/mixed" + named + b"\n\n----=_x-1\nContent-Type: text/plain\n\none\n"
        b"----=_x-1\nContent-Type: text/html\n\ntwo\n----=_x-1--\n"
    )
    tree = Tree(raw)
    assert [content(raw, part) for part in tree.root.leaves()] == [b"one", b"two"]
    assert tree.notes == {Note.NO_BOUNDARY}


def test_an_inner_part_that_is_never_closed_ends_with_the_outer_one() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n"
        b"--c\n\ninner\n--b\n\nouter\n--b--\n"
    )
    tree = Tree(raw)
    assert [content(raw, part) for part in tree.root.leaves()] == [b"inner", b"outer"]
    assert tree.notes == {Note.TRUNCATED}
