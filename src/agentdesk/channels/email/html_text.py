"""HTML to text for a terminal: links with their true targets, lists, tables, quotes and headings; hidden text dropped.

libxml2's push parser calls back per tag: no tree is built and nothing recurses, so size and depth are bounded here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from agentdesk.channels.email import bounds
from agentdesk.channels.email.charset import writable
from agentdesk.channels.email.html_lines import Lines, laid_out
from agentdesk.channels.email.html_style import colours, hidden_names, hides, mark
from agentdesk.channels.email.links import host_of, link, target_of
from agentdesk.channels.email.parsed import Link


def _tags(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPACED = _tags("p h1 h2 h3 h4 h5 h6 blockquote pre dl table fieldset")
_BLOCKS = _SPACED | _tags(
    "div ul ol tr td th section article header footer main nav aside form dt dd center address figure caption body"
)
_DROPPED = _tags("script style title noscript template svg math object iframe select textarea audio video")
_VOID = _tags("meta link input area base col embed source track wbr param br img hr")
_SINGLE = _tags("br img hr")
_SPACE = re.compile(r"[ \t\r\n\f\x0b]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]+")
_CLOSE_LINES = re.compile(r"MsoNormal|margin(?:-top|-bottom)?\s*:\s*0", re.IGNORECASE)
_INDENTED = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
_CHUNK = 65_536


class Rendered:
    """The text of a mail in HTML, with marks (by line) where its program said what is old or a signature."""

    __slots__ = ("cut", "deep", "hidden", "language", "links", "marks", "text")

    def __init__(self, lines: list[str], target: _Target) -> None:
        self.marks: dict[int, str] = {}
        kept: list[str] = []
        for line in lines:
            if line.startswith("\0"):
                self.marks.setdefault(len(kept), line)
            elif kept or line:
                kept.append(line)
        self.text = writable("\n".join(kept).rstrip())
        self.links = tuple(target.links)
        self.hidden = target.hidden_text
        self.cut = target.is_full
        self.deep = target.too_deep
        self.language = target.language


def rendered(html: str, names: Mapping[str, str] | None = None) -> Rendered:
    """The text of HTML; `names` gives the file names of images by their content ids. Never raises."""
    target = _Target(names or {})
    parser = etree.HTMLParser(target=target, huge_tree=True, recover=True, no_network=True)
    html = html[: bounds.BODY_BYTES_MAX].replace("\0", "")
    try:
        for at in range(0, len(html), _CHUNK):
            parser.feed(html[at : at + _CHUNK])
        parser.close()
    except etree.LxmlError:
        target.close()
    return Rendered(target.lines(), target)


class _Open:
    """An element that is open."""

    __slots__ = ("background", "cells", "colour", "dropped", "link", "outer", "quoted", "tag")

    def __init__(self, tag: str, colour: str, background: str) -> None:
        self.tag = tag
        self.colour = colour
        self.background = background
        self.dropped = False
        self.quoted = False
        self.link: tuple[str, list[str]] | None = None
        self.cells: list[list[list[str]]] | None = None
        self.outer: Lines | None = None


class _Target:
    """What libxml2 calls back."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._out = Lines()
        self._open: list[_Open] = []
        self._over = 0
        self._elements = 0
        self._dropped = 0
        self._pre = 0
        self._tables: list[_Open] = []
        self._links: list[tuple[str, list[str]]] = []
        self._css: list[str] | None = None
        self._hiding: set[str] = set()
        self.left = bounds.TEXT_CHARS_MAX
        self.links: list[Link] = []
        self.hidden_text = False
        self.too_deep = False
        self.language = ""

    # --- called by the parser

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._elements += 1
        full = self._elements > bounds.ELEMENTS_MAX
        if tag in _VOID:
            if tag in _SINGLE and not self._dropped and not full:
                self._single(tag, dict(attributes))
        elif full or len(self._open) >= bounds.TAG_DEPTH_MAX:
            self._over += 1
            self.too_deep = self.too_deep or self._over > bounds.TAG_DEPTH_MAX
        else:
            self._enter(tag, {name: value[: bounds.ATTRIBUTE_CHARS_MAX] for name, value in attributes.items()})

    def _enter(self, tag: str, given: Mapping[str, str]) -> None:
        above = self._open[-1] if self._open else _Open("", "000000", "ffffff")
        colour, background = colours(given)
        one = _Open(tag, colour or above.colour, background or above.background)
        self._open.append(one)
        if tag in ("html", "body") and not self.language:
            self.language = given.get("lang", "")[:20]
        if tag in _DROPPED or self._is_hidden(given):
            one.dropped = True
            self._dropped += 1
            if tag == "style" and self._css is None:
                self._css = []
        elif not self._dropped:
            self._begin(one, given)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _VOID:
            return
        if self._over:
            self._over -= 1
            return
        if not any(one.tag == tag for one in self._open):
            return
        while self._open:
            one = self._open.pop()
            self._finish(one)
            if one.tag == tag:
                return

    def data(self, text: str) -> None:
        """Text."""
        if self._dropped:
            if self._css is not None and self._open and self._open[-1].tag == "style":
                self._css.append(text)
            elif (
                self._open
                and self._open[-1].tag not in _DROPPED
                and text.strip("\xa0\u200c\u034f \r\n\t\u00ad\u200b\ufeff")
            ):
                self.hidden_text = True
            return
        if self._open and self._open[-1].colour == self._open[-1].background and text.strip():
            self.hidden_text = True
            return
        self._write(_CONTROL.sub("", text) if self._pre else _SPACE.sub(" ", _CONTROL.sub(" ", text)))

    def comment(self, text: str) -> None:
        """A comment."""

    def pi(self, *_: str) -> None:
        """A processing instruction."""

    def close(self) -> None:
        """Nothing more comes."""
        self._over = 0
        while self._open:
            self._finish(self._open.pop())

    @property
    def is_full(self) -> bool:
        """Whether something was left out for want of room."""
        return self.left <= 0 or self._elements > bounds.ELEMENTS_MAX

    def lines(self) -> list[str]:
        """All lines."""
        self._out.end_line()
        return self._out.lines

    # --- what they mean

    def _is_hidden(self, given: Mapping[str, str]) -> bool:
        if "hidden" in given or hides(given.get("style", "")):
            return True
        if not self._hiding:
            return False
        names = ["." + name for name in given.get("class", "")[:500].split()]
        return not self._hiding.isdisjoint([*names, "#" + given.get("id", "")])

    def _single(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "br":
            self._out.break_line()
        elif tag == "hr":
            self._out.end_line()
            self._out.add("─" * 20)
        elif given.get("width") not in ("0", "1") and given.get("height") not in ("0", "1"):
            source = given.get("src", "")
            name = given.get("alt", "").strip() or (self._names.get(source[4:], "") if source[:4] == "cid:" else "")
            if name:
                self._write(_SPACE.sub(" ", _CONTROL.sub("", f"[image: {name[: bounds.NAME_CHARS_MAX]}]")))

    def _begin(self, one: _Open, given: Mapping[str, str]) -> None:
        tag, out = one.tag, self._out
        if tag in _BLOCKS:
            out.end_line(gap=tag in _SPACED and not _is_close(given))
        if found := mark(tag, given):
            out.mark(found)
        if tag == "blockquote":
            one.quoted = not _INDENTED.search(given.get("style", ""))
            out.quotes += one.quoted
        elif tag in ("ul", "ol"):
            out.end_line(gap=not out.lists)
            out.lists.append(1 if tag == "ol" else 0)
        elif tag in ("table", "tr", "td", "th"):
            self._begin_cell(one)
        else:
            self._begin_inline(one, given)

    def _begin_inline(self, one: _Open, given: Mapping[str, str]) -> None:
        tag = one.tag
        if tag == "li":
            self._out.item()
        elif tag == "a":
            one.link = (target_of(given.get("href", "")), [])
            self._links.append(one.link)
        elif tag == "pre":
            self._pre += 1
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal():
            self._out.write("#" * int(tag[1]) + " ")

    def _begin_cell(self, one: _Open) -> None:
        if one.tag == "table" and len(self._tables) < bounds.TABLE_DEPTH_MAX:
            one.cells = []
            self._tables.append(one)
        elif one.tag == "tr" and self._tables:
            self._rows().append([])
        elif one.tag in ("td", "th") and self._tables:
            one.outer = self._out
            self._out = Lines()

    def _rows(self) -> list[list[list[str]]]:
        rows = self._tables[-1].cells
        assert rows is not None
        return rows

    def _finish(self, one: _Open) -> None:
        if one.dropped:
            self._dropped -= 1
            if one.tag == "style" and self._css is not None:
                self._hiding.update(hidden_names("".join(self._css)))
                self._css = None
            return
        if self._dropped:
            return
        if one.link is not None:
            self._end_link(one.link)
        if one.tag in _BLOCKS:
            self._out.end_line(gap=one.tag in _SPACED and one.tag != "p")
        self._end_block(one)

    def _end_block(self, one: _Open) -> None:
        out = self._out
        if one.tag == "li":
            out.end_item()
        elif one.tag in ("ul", "ol") and out.lists:
            out.lists.pop()
            out.end_line(gap=not out.lists)
        elif one.tag == "pre":
            self._pre -= 1
        elif one.outer is not None:
            self._end_cell(one.outer)
        elif one.cells is not None:
            self._tables.pop()
            out.add_all(laid_out(one.cells))
        out.quotes -= one.quoted

    def _end_cell(self, outer: Lines) -> None:
        if not self._rows():
            self._rows().append([])
        self._rows()[-1].append(self._out.lines)
        self._out = outer

    def _end_link(self, opened: tuple[str, list[str]]) -> None:
        target, pieces = opened
        self._links.pop()
        shown = " ".join("".join(pieces).split())
        if not target:
            return
        found = link(shown, target)
        if len(self.links) < bounds.LINKS_MAX:
            self.links.append(found)
        if shown and (found.deceptive or not _says(shown, target)):
            self._write(f" <{target}>")

    def _write(self, text: str) -> None:
        if self.left <= 0:
            return
        text = text[: self.left]
        self.left -= len(text)
        if self._links and len(self._links[-1][1]) < bounds.NAME_CHARS_MAX:
            self._links[-1][1].append(text[: bounds.NAME_CHARS_MAX])
        if not self._pre:
            self._out.write(text)
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self._out.break_line()
            self._out.write_as_it_is(line.replace("\t", "    "))


def _is_close(given: Mapping[str, str]) -> bool:
    return _CLOSE_LINES.search(f"{given.get('class', '')[:200]} {given.get('style', '')[:500]}") is not None


def _says(shown: str, target: str) -> bool:
    """Whether what is shown already says where a link leads."""
    plain = target.partition(":")[2].lstrip("/").rstrip("/")
    text = shown.rstrip("/")
    return text in (plain, target.rstrip("/")) or (host_of(shown) == host_of(target) != "" and text.endswith(plain))
