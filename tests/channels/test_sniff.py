"""Files are what their content says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.channels.sniff import MARKUP, NAME_MAX, TEXT, UNKNOWN, media_type, safe_name

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "image/jpeg"),
        (b"GIF89a" + bytes(40), "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        ("Đơn hàng của tôi\n".encode(), TEXT),
        ("سفارش".encode(), TEXT),
        (b"a < b and c > d", TEXT),
        (b"<!doctype html><script>alert(1)</script>", MARKUP),
        (b"  \n\t<SCRIPT>alert(1)</SCRIPT>", MARKUP),
        (b"\xef\xbb\xbf<html>", MARKUP),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', MARKUP),
        (b"<svg onload=alert(1)>", MARKUP),
        (b"<!-- x --><html>", MARKUP),
        (b"text with \x00 in it", UNKNOWN),
        (b"text with \x1b[31m escapes", UNKNOWN),
        (b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_media_types(data: bytes, kind: str) -> None:
    assert media_type(data) == kind


@given(st.binary(max_size=300))
def test_any_bytes_are_something_and_nothing_raises(data: bytes) -> None:
    assert "/" in media_type(data)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("cup.jpg", "cup.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\virus.exe", "virus.exe"),
        ("gpj.\u202eexe.pdf", "gpj. exe.pdf"),
        ("a\r\nContent-Type: text/html", "html"),
        ("a\x00b.png", "a b.png"),
        ("   ", "file"),
        ("..", "file"),
        ("", "file"),
        ("фото جدید.png", "фото جدید.png"),
    ],
)
def test_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("x" * 500 + ".jpeg").endswith("x.jpeg")
    assert len(safe_name("x" * 500 + ".jpeg")) <= NAME_MAX
    assert len(safe_name("x" * 500)) == NAME_MAX
    assert len(safe_name("x." + "y" * 500)) == NAME_MAX
