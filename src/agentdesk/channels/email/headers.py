"""A block of header fields: split, unfolded, bounded; values decoded leniently (RFC 2047, raw UTF-8)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from agentdesk.channels.email import bounds
from agentdesk.channels.email.charset import base64_bytes, decoded, one_line, writable

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*")
_GOES_ON = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]{1,40}|received|return-path|reply-to|references"
    rb"|in-reply-to|delivered-to|sender|x-[a-z-]{1,60}):",
    re.IGNORECASE,
)
"""A field that nobody writes into the first lines of a text: the line before it was a damaged field, not the body."""
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_ID = re.compile(r"<([^<>\s]{1,500})>")
_LISTS = frozenset(("to", "cc", "bcc", "reply-to", "from", "resent-to"))
_REPEATS_MAX = 50


class Headers:
    """The fields of one block by their lower-case names, as raw bytes. `end` is where the body begins."""

    __slots__ = ("_fields", "cut", "end", "names")

    def __init__(self, raw: bytes, start: int, end: int, limit: int) -> None:
        self._fields: dict[str, list[bytes]] = {}
        self.cut = False
        self.names = 0
        self.end = self._read(raw, start, min(end, start + limit), end)

    def raw(self, name: str) -> bytes:
        """The first field of that name, unfolded; empty if there is none."""
        return self._fields.get(name, [b""])[0]

    def all(self, name: str) -> list[bytes]:
        """Every field of that name, the first ones of too many."""
        return self._fields.get(name, [])

    def text(self, name: str, limit: int = bounds.SUBJECT_CHARS_MAX) -> str:
        """A field as text in one line."""
        return header_text(plain(self.raw(name)), limit)

    def word(self, name: str) -> str:
        """A field's first word in lower case, without parameters."""
        return self.text(name, 200).partition(";")[0].partition(" ")[0].strip().lower()

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def _read(self, raw: bytes, start: int, limit: int, end: int) -> int:
        at = start
        name, pieces, lines = "", [], 0
        while at < limit and lines < bounds.HEADER_LINES_MAX:
            lines += 1
            line_end = raw.find(b"\n", at, end)
            following = end if line_end < 0 else line_end + 1
            line = raw[at : min(following, limit)].rstrip(b"\r\n")
            if not line:
                at = following
                break
            if line[:1] in b" \t":
                pieces.append(line)
            elif field := _FIELD.match(line):
                self._keep(name, pieces)
                name, pieces = field[1].decode("ascii").lower(), [line[field.end() :]]
            elif not (at == start and line.startswith((b"From ", b">From ")) or _GOES_ON.match(raw, following, limit)):
                break
            at = following
        else:
            if at < end:
                self.cut = True
                at = _body_after(raw, at, end)
        self._keep(name, pieces)
        return at

    def _keep(self, name: str, pieces: list[bytes]) -> None:
        if not name:
            return
        self.names += 1
        kept = self._fields.setdefault(name, [])
        if self.names > bounds.HEADERS_MAX or len(kept) >= _REPEATS_MAX:
            self.cut = True
            if not kept:
                del self._fields[name]
            return
        limit = bounds.RECIPIENT_BYTES_MAX if name in _LISTS else bounds.VALUE_BYTES_MAX
        kept.append(b"".join(pieces)[:limit].strip())


def _body_after(raw: bytes, at: int, end: int) -> int:
    """Where the body begins after headers that were cut."""
    found = [place + len(mark) for mark in (b"\n\r\n", b"\n\n") if (place := raw.find(mark, at - 1, end)) >= 0]
    return min(found, default=end)


def plain(value: bytes) -> str:
    """A raw value as text: ASCII, UTF-8, or else Windows-1252. Encoded words stay as they are."""
    return decoded(value, "utf-8")[0]


def header_text(value: str, limit: int = bounds.SUBJECT_CHARS_MAX) -> str:
    """A value with its encoded words decoded (neighbours of one charset together, as their senders split letters)."""
    value = value[: max(limit * 16, 4_000)]
    return one_line(writable("".join(_decoded_pieces(value))))[:limit].rstrip()


def _decoded_pieces(value: str) -> Iterator[str]:
    at, pending, charset = 0, b"", ""
    for word in _WORD.finditer(value):
        gap, of = value[at : word.start()], word[1].partition("*")[0].lower()
        if pending and (gap.strip() or of != charset):
            yield decoded(pending, charset)[0]
            pending = b""
        if gap.strip() or at == 0:
            yield gap
        pending, charset, at = pending + _word_bytes(word[2], word[3]), of, word.end()
    if pending:
        yield decoded(pending, charset)[0]
    yield value[at:]


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return base64_bytes(data) if encoding in "bB" else binascii.a2b_qp(data, header=True)


def message_ids(value: bytes) -> tuple[str, ...]:
    """The ids in a References, In-Reply-To or Message-ID field, without their brackets; the last of too many."""
    text = header_text(plain(value), bounds.VALUE_BYTES_MAX)
    found = _ID.findall(text)
    if not found and re.fullmatch(r"[^<>\s]{3,500}", text) and "@" in text:
        found = [text]
    return tuple(dict.fromkeys(found))[-bounds.REFERENCES_MAX :]


def date_ms(value: bytes) -> int | None:
    """A Date field in milliseconds since 1970; None if it is none, or before 1970 or after 9999."""
    try:
        date = parsedate_to_datetime(plain(value[:200]))
        milliseconds = int((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return milliseconds if milliseconds >= 0 else None
