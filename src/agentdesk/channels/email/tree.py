"""The MIME tree of a mail as places in its bytes: nothing is copied, nothing recurses, depth and number are bounded."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.message import Message

from agentdesk.channels.email import bounds
from agentdesk.channels.email.charset import base64_bytes
from agentdesk.channels.email.headers import Headers, header_text, plain
from agentdesk.channels.email.parsed import Attachment, Note

GUESSED_BYTES = 64 << 10
_GUESSED = re.compile(
    rb"^--([^\s-][^\r\n]{0,100}|-[^\r\n]{1,100}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}:)", re.IGNORECASE | re.MULTILINE
)
"""A line that must have been meant as a boundary, where the one that is named is none."""


class Part:
    """One part: what its headers say of it, where its body is, and its parts if it has some."""

    __slots__ = ("_fields", "depth", "end", "headers", "parts", "start", "type")

    def __init__(self, headers: Headers, end: int, depth: int, default: str = "text/plain") -> None:
        self.headers = headers
        self.start = headers.end
        self.end = end
        self.depth = depth
        self.parts: list[Part] = []
        self._fields = _structure(headers, default)
        self.type = self._fields.get_content_type()

    @property
    def encoding(self) -> str:
        """The transfer encoding."""
        return self.headers.word("content-transfer-encoding")

    @property
    def disposition(self) -> str:
        """`inline`, `attachment`, another word, or nothing."""
        return self.headers.word("content-disposition")

    @property
    def name(self) -> str:
        """The file name as it is claimed; empty if there is none."""
        try:
            claimed = self._fields.get_filename("")
        except (ValueError, LookupError, TypeError):
            claimed = ""
        return header_text(str(claimed or ""), bounds.NAME_CHARS_MAX * 5)

    @property
    def content_id(self) -> str:
        """What HTML calls this part by."""
        return self.headers.text("content-id", bounds.ID_CHARS_MAX).strip("<> ")

    def parameter(self, name: str) -> str:
        """A parameter of the content type; empty if there is none."""
        try:
            value = self._fields.get_param(name, "")
        except (ValueError, LookupError, TypeError):
            return ""
        text = value[2] if isinstance(value, tuple) else value
        return str(text or "").strip()

    def leaves(self) -> Iterator[Part]:
        """The parts that have no parts, in order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part.parts:
                waiting.extend(reversed(part.parts))
            else:
                yield part

    def all(self) -> Iterator[Part]:
        """This part and every part in it, in order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.parts))


class Tree:
    """A mail's parts, and what was wrong with how they are put together."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
        self.notes: set[Note] = set()
        self.root = Part(Headers(self.raw, 0, len(raw), bounds.HEADER_BYTES_MAX), len(raw), 0)
        self._parts = 1
        self._separators = 0
        waiting = [self.root]
        while waiting:
            part = waiting.pop()
            if part.headers.cut:
                self.notes.add(Note.HEADERS_CUT)
            if part.type.startswith("multipart/"):
                self._open(part)
                waiting.extend(part.parts)

    def _open(self, part: Part) -> None:
        if part.depth >= bounds.DEPTH_MAX:
            self.notes.add(Note.DEPTH_CUT)
            return
        boundary = part.parameter("boundary").encode("utf-8", "replace")
        if boundary:
            self._split(part, boundary)
        if not part.parts:
            self.notes.add(Note.NO_BOUNDARY)
            if guessed := _GUESSED.search(self.raw, part.start, min(part.end, part.start + GUESSED_BYTES)):
                self._split(part, guessed[1])

    def _split(self, part: Part, boundary: bytes) -> None:
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        for start, end in self._pieces(part, boundary):
            if self._parts >= bounds.PARTS_MAX:
                self.notes.add(Note.PARTS_CUT)
                return
            self._parts += 1
            headers = Headers(self.raw, start, end, bounds.PART_HEADER_BYTES_MAX)
            part.parts.append(Part(headers, end, part.depth + 1, default))

    def _pieces(self, part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
        """Where the parts between the boundaries are."""
        opened = -1
        for before, after, closing in self._boundaries(part, b"--" + boundary):
            if opened >= 0:
                yield opened, max(opened, before)
            if closing:
                return
            opened = after
        if opened >= 0:
            self.notes.add(Note.TRUNCATED)
            yield opened, part.end

    def _boundaries(self, part: Part, mark: bytes) -> Iterator[tuple[int, int, bool]]:
        """Each line that is a boundary: where the part before it ends, where the line ends, whether it is the last."""
        at = part.start - 1 if part.start and self.raw[part.start - 1 : part.start] == b"\n" else part.start
        if part.start == 0:
            at = 0
        while (place := self.raw.find(b"\n" + mark, at, part.end)) >= 0:
            self._separators += 1
            if self._separators > bounds.SEPARATORS_MAX:
                self.notes.add(Note.PARTS_CUT)
                return
            line_end = self.raw.find(b"\n", place + 1, part.end)
            after = part.end if line_end < 0 else line_end + 1
            rest = self.raw[place + 1 + len(mark) : min(after, place + 200 + len(mark))]
            if rest.strip(b" \t\r\n") in (b"", b"--"):
                before = place - 1 if self.raw[place - 1 : place] == b"\r" else place
                yield before, after, rest.startswith(b"--")
            at = max(place + 1, after - 1)


def content(raw: bytes, part: Part | Attachment) -> bytes:
    """The bytes that a part or an attachment stands for, its transfer encoding undone. Never raises."""
    return transferred(raw[part.start : part.end], part.encoding)


def transferred(data: bytes, encoding: str) -> bytes:
    """Bytes with their transfer encoding undone; as they are if it is none we know."""
    if encoding == "base64":
        return base64_bytes(data)
    if encoding in ("quoted-printable", "quoted", "qp"):
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uudecoded(data)
    return data


def _uudecoded(data: bytes) -> bytes:
    """The bytes between `begin` and `end`."""
    found = []
    begun, at = False, 0
    for _ in range(bounds.UUENCODED_LINES_MAX):
        line_end = data.find(b"\n", at)
        line = data[at:] if line_end < 0 else data[at:line_end]
        if begun and line.strip() == b"end":
            break
        if begun:
            found.append(_uu_line(line.rstrip(b"\r")))
        begun = begun or line.startswith(b"begin ")
        at = line_end + 1
        if line_end < 0:
            break
    return b"".join(found)


def _uu_line(line: bytes) -> bytes:
    """What one line stands for; some programs write more characters than it says."""
    length = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
    try:
        return binascii.a2b_uu(line[: length + 1])
    except binascii.Error:
        return b""


def _structure(headers: Headers, default: str) -> Message:
    """The two fields with parameters, for the library that knows RFC 2231."""
    fields: Message = Message()
    fields.set_default_type(default)
    for name in ("Content-Type", "Content-Disposition"):
        value = plain(headers.raw(name.lower()))[: bounds.PARAMETER_CHARS_MAX]
        if value:
            fields[name] = value.replace("\0", " ")
    return fields
