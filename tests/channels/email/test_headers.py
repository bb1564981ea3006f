"""Header fields and charsets: what broken, foreign and hostile ones are read as."""

from __future__ import annotations

from email.utils import formataddr, getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.channels.email import bounds
from agentdesk.channels.email.addresses import address_list, first_address
from agentdesk.channels.email.charset import base64_bytes, decoded
from agentdesk.channels.email.headers import Headers, date_ms, header_text, message_ids


def block(raw: bytes) -> Headers:
    return Headers(raw, 0, len(raw), bounds.HEADER_BYTES_MAX)


def test_fields_are_unfolded_and_the_first_of_a_name_counts() -> None:
    headers = block(b"Subject: one\r\n\ttwo\r\nSUBJECT : again\r\nX-Empty:\r\n\r\nbody")
    assert (headers.text("subject"), headers.all("subject")) == ("one two", [b"one\ttwo", b"again"])
    assert "x-empty" in headers and headers.end == len(b"Subject: one\r\n\ttwo\r\nSUBJECT : again\r\nX-Empty:\r\n\r\n")


def test_a_line_that_is_no_field_begins_the_body() -> None:
    raw = b"Subject: x\nthis is no header\nNote: neither\n"
    assert raw[block(raw).end :].startswith(b"this")


def test_a_damaged_line_among_fields_is_skipped() -> None:
    raw = b"Received: a\nquite Delivered-To: b\nReceived: c\nbroken\nFrom: d@e.example\n\nbody"
    headers = block(raw)
    assert (headers.text("from"), len(headers.all("received")), raw[headers.end :]) == ("d@e.example", 2, b"body")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("=?utf-8?q?=C4=91=C6=A1n_h=C3=A0ng?=", "đơn hàng"),
        ("=?UTF-8?B?xJHGoW4=?= =?utf-8?b?IGjDoG5n?=", "đơn hàng"),
        ("=?utf-8?q?=C4?=\t=?utf-8?q?=91?=", "đ"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8*vi?q?a?=", "a"),
        ("=?x-nope?q?=C4=91?=", "đ"),
        ("=?iso-2022-jp?b?GyRCJDMbKEI=?=", "こ"),
        ("=?utf-8?x?a?= =?utf-8?q?unclosed", "=?utf-8?x?a?= =?utf-8?q?unclosed"),
        ("=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        ("=?utf-8?b?!!!!?=", ""),
        ("=?utf-7?q?+2AA-?=", "?"),
        ("a\x00b\x85c\u2028d", "a b c d"),
    ],
)
def test_encoded_words(value: str, wanted: str) -> None:
    assert header_text(value) == wanted


@given(st.text(max_size=200))
def test_any_header_is_one_line_that_can_be_written(value: str) -> None:
    found = header_text(value, 50)
    found.encode("utf-8")
    assert len(found) <= 50 and not any(ord(one) < 32 or 0x7F <= ord(one) < 0xA0 for one in found)


@pytest.mark.parametrize(
    ("data", "charset", "wanted"),
    [
        (b"caf\xc3\xa9", "utf-8", ("café", True)),
        (b"caf\xc3\xa9", "us-ascii", ("café", True)),
        (b"\x93x\x94", "iso-8859-1", ("“x”", True)),
        (b"caf\xe9", "utf-8", ("café", False)),
        (b"x", "no-such", ("x", False)),
        ("đơn hàng của tôi".encode() + b"\xc4", "utf-8", ("đơn hàng của tôi\ufffd", False)),
        (
            "سفارش من کجاست".encode("cp1256") + b"x",
            "utf-8",
            ("سفارش من کجاست".encode("cp1256").decode("cp1252") + "x", False),
        ),
        ("ご注文の件".encode("cp932") + b"\x81", "shift_jis", ("ご注文の件\ufffd", False)),
        (b"\xef\xbb\xbfx", "utf-8", ("x", True)),
        (b"abc", "rot13", ("abc", False)),
        (b"abc", "undefined", ("abc", False)),
        (b"\\u0041", "unicode_escape", ("\\u0041", False)),
        (b"abc", "idna", ("abc", False)),
        (b"abc", "\0", ("abc", False)),
        (b"abc", "a" * 10_000, ("abc", False)),
        (b"\x81\x8d\xff", "", ("���", False)),
        (b"+2AA-", "utf-7", ("?", True)),
        ("x".encode("utf-16"), "UTF-16", ("x", True)),
        ("سلام".encode("cp1256"), '"windows-1256"', ("سلام", True)),
    ],
)
def test_charsets(data: bytes, charset: str, wanted: tuple[str, bool]) -> None:
    assert decoded(data, charset) == wanted


@given(
    st.binary(max_size=60),
    st.text(max_size=20) | st.sampled_from(["utf-8", "utf-16", "utf-7", "hz", "big5", "cp1258", "hex", "zlib"]),
)
def test_any_bytes_in_any_charset_are_text(data: bytes, charset: str) -> None:
    decoded(data, charset)[0].encode("utf-8")
    base64_bytes(data)


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\"'()<>\\=?"),
    min_size=1,
    max_size=20,
)
ADDRESSES = st.from_regex(r"[a-z][a-z0-9.+-]{0,20}@[a-z0-9-]{1,10}\.example", fullmatch=True)


@given(st.lists(st.tuples(NAMES, ADDRESSES), min_size=1, max_size=8))
def test_lists_of_addresses_are_what_the_library_reads(people: list[tuple[str, str]]) -> None:
    value = ", ".join(formataddr(one, "utf-8") for one in people)
    found = address_list([value.encode()])
    assert [one.address for one in found.shown] == [address for _, address in getaddresses([value])]
    assert [(one.name, one.address) for one in found.shown] == [(name.strip(), address) for name, address in people]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ('"Desk, The" <d@e.example>', ("Desk, The", "d@e.example")),
        ("d@e.example (Desk)", ("Desk", "d@e.example")),
        ("Desk <d @ e.example >", ("Desk", "d@e.example")),
        ("Desk d@e.example", ("Desk", "d@e.example")),
        ("d @ e.example", ("", "d@e.example")),
        ("<@relay.example,@b.example:d@e.example>", ("", "d@e.example")),
        ("=?utf-8?q?d=40e.example?=", ("", "d@e.example")),
        ("=?utf-8?q?Only_a_name?=", ("Only a name", "")),
        ('"a@b.example" <d@e.example>', ("a@b.example", "d@e.example")),
        ("'Desk' <d@e.example>", ("Desk", "d@e.example")),
        ("Nobody", ("Nobody", "")),
        ("<d@e.example", ("", "d@e.example")),
        ("mailto:d@e.example", ("", "d@e.example")),
        ("d@e.example>", ("", "d@e.example")),
    ],
)
def test_odd_senders(value: str, wanted: tuple[str, str]) -> None:
    found = first_address(value.encode())
    assert found is not None
    assert (header_text(found.name), found.address) == (header_text(wanted[0]), wanted[1])


@pytest.mark.parametrize("value", [b"", b" ", b",,;", b"undisclosed-recipients:;", b"<>", b"()"])
def test_nobody(value: bytes) -> None:
    assert address_list([value]).count == 0


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b"<a@b> <c@d>", ("a@b", "c@d")),
        (b"\r\n <a@b>\r\n\t<c@d> <a@b>", ("a@b", "c@d")),
        (b"a@b", ("a@b",)),
        (b"words <a@b> (comment)", ("a@b",)),
        (b"<a b@c> <>", ()),
        (b"no id", ()),
    ],
)
def test_message_ids(value: bytes, wanted: tuple[str, ...]) -> None:
    assert message_ids(value) == wanted


def test_of_a_thousand_references_the_nearest_are_kept() -> None:
    found = message_ids(b" ".join(b"<%d@x>" % number for number in range(1_000)))
    assert (len(found), found[-1]) == (bounds.REFERENCES_MAX, "999@x")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b"Sat, 21 Nov 2026 10:05:00 +0700", 1_795_230_300_000),
        (b"21 Nov 2026 03:05 GMT", 1_795_230_300_000),
        (b"Sat, 21 Nov 2026 10:05:00 +9999999", None),
        (b"Sat, 99 Nov 99999 10:05:00", None),
        (b"1 Jan 1900 00:00:00 +0000", None),
        (b"yesterday", None),
        (b"\xff\x00", None),
        (b"", None),
    ],
)
def test_dates(value: bytes, wanted: int | None) -> None:
    assert date_ms(value) == wanted
