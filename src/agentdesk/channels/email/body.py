"""Which parts of a mail are its text and which are attachments, and the text itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentdesk.channels.email import bounds
from agentdesk.channels.email.charset import body_text, decoded, known
from agentdesk.channels.email.html_text import Rendered, rendered
from agentdesk.channels.email.parsed import Note
from agentdesk.channels.email.tree import Part, Tree, content

_SIGNATURE_TYPES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_REPORT_TYPES = ("message/delivery-status", "message/disposition-notification", "/rfc822-headers", "/global-headers")
_META = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
META_BYTES = 4_096
PLAIN_SHARE_MIN = 0.2
"""A plain text shorter than this share of the text in HTML is a notice ("your program shows no HTML"), not the mail."""


class Chosen:
    """The parts that are read, in order, and those that are listed."""

    def __init__(self, root: Part) -> None:
        self.plain: list[Part] = []
        self.html: list[Part] = []
        self.files: list[Part] = []
        for part in root.leaves():
            if part.type in _SIGNATURE_TYPES or part.type.endswith(_REPORT_TYPES):
                continue
            self._place(part, part is root)
        if not self.plain and not self.html:
            self._read_a_file()

    def _place(self, part: Part, only: bool) -> None:
        if part.disposition == "attachment" and not only:
            self.files.append(part)
        elif part.type == "text/html" and not part.name:
            self.html.append(part)
        elif _is_plain(part, only):
            self.plain.append(part)
        elif part.type.startswith("multipart/") and part.start >= part.end:
            return
        else:
            self.files.append(part)

    def _read_a_file(self) -> None:
        """A text with a name that is not said to be an attachment is the mail's text, if there is no other."""
        for part in self.files:
            if part.type in ("text/plain", "text/html") and part.disposition != "attachment":
                (self.plain if part.type == "text/plain" else self.html).append(part)
                self.files.remove(part)
                return


def _is_plain(part: Part, only: bool) -> bool:
    """Whether a part is read as plain text; a multipart whose parts can't be found is, too."""
    if part.type == "text/plain" or (part.type.startswith("multipart/") and not part.depth):
        return not part.name
    return only and part.type.startswith("text/")


class Body:
    """The text of a mail; `marks` and `links` if it is from HTML, which may nest `too_deep` to be shown as such."""

    def __init__(self, tree: Tree, chosen: Chosen, names: dict[str, str]) -> None:
        self._tree = tree
        self.notes: set[Note] = set()
        plain = "\n\n".join(self._plains(chosen.plain))
        pages = [self._rendered(part, names) for part in chosen.html[:10]]
        self.language = next((page.language for page in pages if page.language), "")
        self.too_deep = any(page.deep for page in pages)
        self.links = tuple(link for page in pages for link in page.links)[: bounds.LINKS_MAX]
        self.marks: dict[int, str] = {}
        if pages and _is_better(pages, plain, bool(chosen.plain)):
            plain = self._joined(pages)
        self.text = self._bounded(plain)

    def source(self, part: Part) -> str:
        """The characters of a text part."""
        data = content(self._tree.raw, part)
        if len(data) > bounds.BODY_BYTES_MAX:
            data = data[: bounds.BODY_BYTES_MAX]
            self.notes.add(Note.TEXT_CUT)
        charset = part.parameter("charset") or _charset_inside(part, data)
        text, right = decoded(data, charset)
        if not right:
            self.notes.add(Note.DAMAGED_TEXT if known(charset) else Note.UNKNOWN_CHARSET)
        return text

    def _plains(self, parts: list[Part]) -> Iterator[str]:
        """The plain texts, up to the bound of them all."""
        left = bounds.TEXT_CHARS_MAX
        for part in parts:
            if left < 0:
                self.notes.add(Note.TEXT_CUT)
                return
            if text := self._plain(part):
                left -= len(text)
                yield text

    def _plain(self, part: Part) -> str:
        text = body_text(self.source(part))
        if part.parameter("format").lower() == "flowed":
            text = unflowed(text, joined=part.parameter("delsp").lower() == "yes")
        return text.strip("\n").rstrip()

    def _rendered(self, part: Part, names: dict[str, str]) -> Rendered:
        page = rendered(self.source(part), names)
        if page.cut:
            self.notes.add(Note.TEXT_CUT)
        if page.hidden:
            self.notes.add(Note.HIDDEN_TEXT)
        return page

    def _joined(self, pages: list[Rendered]) -> str:
        lines: list[str] = []
        for page in pages:
            if lines:
                lines.append("")
            for line, mark in page.marks.items():
                self.marks[len(lines) + line] = mark
            lines += page.text.split("\n")
        return "\n".join(lines)

    def _bounded(self, text: str) -> str:
        lines = text.split("\n")
        if len(text) <= bounds.TEXT_CHARS_MAX and len(lines) <= bounds.LINES_MAX:
            return text
        self.notes.add(Note.TEXT_CUT)
        return "\n".join(lines[: bounds.LINES_MAX])[: bounds.TEXT_CHARS_MAX].rstrip()


def _charset_inside(part: Part, data: bytes) -> str:
    """What HTML itself says its charset is, for a part that doesn't say."""
    found = _META.search(data[:META_BYTES]) if part.type == "text/html" else None
    return found[1].decode("ascii") if found else ""


def _is_better(pages: list[Rendered], plain: str, has_plain: bool) -> bool:
    """Whether the text is to be from HTML: there is no plain one, or that is a notice, or HTML tells what is old."""
    length = sum(len(page.text.strip()) for page in pages)
    if not has_plain or len(plain.strip()) < PLAIN_SHARE_MIN * length:
        return length > 0 or not plain.strip()
    return any(page.marks for page in pages)


def unflowed(text: str, *, joined: bool = False) -> str:
    """Text in `format=flowed`, a line per paragraph; quotes keep their depth, the signature its lines."""
    found: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare[1:] if bare.startswith(" ") else bare
        flows = bare.endswith(" ") and bare != "-- "
        kept = bare[:-1] if flows and joined else bare
        if open_depth == depth and bare != "-- ":
            found[-1].append(kept)
        else:
            found.append([">" * depth + " " if depth else "", kept])
        open_depth = depth if flows else -1
    lines = ("".join(pieces) for pieces in found)
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)
