"""A mail's text: of each passage the plain part or the one in HTML, bounded. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agentdesk.channels.email import bounds
from agentdesk.channels.email.charset import body_text, decoded, known
from agentdesk.channels.email.chosen import Chosen, Passage
from agentdesk.channels.email.flowed import unflowed
from agentdesk.channels.email.html_text import Rendered, rendered
from agentdesk.channels.email.parsed import Link, Note
from agentdesk.channels.email.tree import Part, Tree, content

_META = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
META_BYTES = 4_096
PAGES_MAX = 10
"""Parts in HTML that are read."""
PLAIN_SHARE_MIN = 0.2
"""A plain text shorter than this share of the text in HTML is a notice ("your program shows no HTML"), not the mail."""


class Body:
    """The text of a mail; `marks` and `links` if it is from HTML, which may nest `too_deep` to be shown as such."""

    def __init__(self, tree: Tree, chosen: Chosen, names: dict[str, str]) -> None:
        self._tree = tree
        self.notes: set[Note] = set()
        self._names = names
        self._pages_left = PAGES_MAX
        self._lines: list[str] = []
        self._left = bounds.TEXT_CHARS_MAX
        self.links: tuple[Link, ...] = ()
        self.marks: dict[int, str] = {}
        self.language = ""
        self.too_deep = False
        for passage in chosen.passages:
            self._add(passage)
        self.text = self._bounded("\n".join(self._lines))

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

    def _add(self, passage: Passage) -> None:
        """Add a passage to the text, in the better of its two forms."""
        if self._left <= 0 or not (passage.plain or passage.html):
            return
        plain = "\n\n".join(filter(None, map(self._plain, passage.plain)))
        pages = [self._rendered(part) for part in passage.html[: self._pages_left]]
        self._pages_left -= len(pages)
        if pages and _is_better(pages, plain, bool(passage.plain)):
            for page in pages:
                self._write(page.text, page.marks)
        else:
            self._write(plain, {})

    def _write(self, text: str, marks: Mapping[int, str]) -> None:
        if not text.strip():
            return
        if self._lines:
            self._lines.append("")
        for line, mark in marks.items():
            self.marks[len(self._lines) + line] = mark
        self._lines += text.split("\n")
        self._left -= len(text)

    def _plain(self, part: Part) -> str:
        text = body_text(self.source(part))
        if part.parameter("format").lower() == "flowed":
            text = unflowed(text, joined=part.parameter("delsp").lower() == "yes")
        return text.strip("\n").rstrip()

    def _rendered(self, part: Part) -> Rendered:
        page = rendered(self.source(part), self._names)
        if page.cut:
            self.notes.add(Note.TEXT_CUT)
        if page.hidden:
            self.notes.add(Note.HIDDEN_TEXT)
        self.links = (*self.links, *page.links)[: bounds.LINKS_MAX]
        self.language = self.language or page.language
        self.too_deep = self.too_deep or page.deep
        return page

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
