"""Right-to-left text on a terminal: wrapped as it is read, then each line ordered and its letters joined.

Terminals differ: most draw characters where they are put, some reorder by themselves. `BidiMode` says who does
it. In mode `app` we do, and the terminal is told to leave it (`agentdesk.tui.terminal_modes`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Literal

import msgspec
from rich.cells import cell_len

from agentdesk.tui.bidi_order import base_level, display_order, mirrored

BidiMode = Literal["app", "terminal", "off"]
"""Who orders right-to-left text: we do, the terminal does, or nobody."""

WIDTH_MIN = 2
"""A wide character must fit on a line."""

CHARS_PER_CELL = 8
"""Characters of no width beyond this break a line all the same, so that a hostile text costs no more than another."""

_rtl = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_arabic = re.compile("[\u0600-\u06ff\u0750-\u077f\u200c]+")
_dropped = re.compile("[\u200c\u0610-\u061a\u064b-\u0652]")
_token = re.compile(r"\S+\s*|\s+")


class Line(msgspec.Struct, frozen=True):
    """One line as it is drawn. `rtl` asks for the right edge; `start` is its offset in the logical text.

    `order` gives for each drawn character its offset in the logical text; None where that is start, start+1, …
    """

    text: str
    rtl: bool
    start: int
    order: tuple[int, ...] | None = None


def has_rtl(text: str) -> bool:
    """Whether there is anything right-to-left in it."""
    return not text.isascii() and _rtl.search(text) is not None


def visual_lines(text: str, width: int, mode: BidiMode = "app") -> list[Line]:
    """Clean text -> lines of at most `width` cells: the logical text is wrapped, then each line ordered and shaped."""
    width = max(WIDTH_MIN, width)
    lines: list[Line] = []
    offset = 0
    for paragraph in text.split("\n"):
        rtl = mode != "off" and has_rtl(paragraph) and bool(base_level(paragraph))
        for start, end in _wrap(paragraph, width):
            lines.append(_line(paragraph[start:end], rtl, offset + start, mode))
        offset += len(paragraph) + 1
    return lines


def visual(text: str, mode: BidiMode = "app") -> str:
    """One short clean line (a name, a subject) as it is drawn, unwrapped."""
    if not has_rtl(text):
        return text
    return _line(text, bool(base_level(text)), 0, mode).text


def _line(text: str, rtl: bool, start: int, mode: BidiMode) -> Line:
    if not has_rtl(text):
        return Line(text, rtl, start)
    if mode == "app":
        drawn, positions = _ordered(text, rtl)
        return Line(drawn, rtl, start, tuple(start + at for at in positions))
    if mode == "off" and "\u200c" in text:
        kept = [at for at, c in enumerate(text) if c != "\u200c"]
        return Line("".join(text[at] for at in kept), rtl, start, tuple(start + at for at in kept))
    return Line(text, rtl, start)


@lru_cache(2048)
def _ordered(text: str, rtl: bool) -> tuple[str, tuple[int, ...]]:
    """The line as drawn, and for each drawn character its offset in `text`."""
    shaped = _shape(text)
    shown, found = display_order(text, int(rtl))
    kept = [at for at in shown if not _dropped.match(text[at])]
    return "".join(mirrored(shaped[at]) if found[at] & 1 else shaped[at] for at in kept), tuple(kept)


@cache
def _reshape() -> Callable[[str], str]:
    """Letters to their joined forms, one cell a letter. Imported late: only desks with such customers need it."""
    from arabic_reshaper import ArabicReshaper

    settings = {
        "language": "Farsi",
        "delete_harakat": False,
        "delete_tatweel": False,
        "support_ligatures": False,
        "support_zwj": False,
    }
    reshape: Callable[[str], str] = ArabicReshaper(configuration=settings).reshape
    return reshape


def _shape(text: str) -> str:
    """Join Arabic letters, character for character, so that positions stay."""
    return _arabic.sub(_shape_run, text)


def _shape_run(match: re.Match[str]) -> str:
    shaped = _reshape()(match[0])
    return shaped if len(shaped) == len(match[0]) else match[0]


def _wrap(text: str, width: int) -> list[tuple[int, int]]:
    """(start, end) of each line; white space where a line breaks belongs to none."""
    fits = _fitter(text, width)
    if fits(0, len(text)):
        return [(0, len(text))]
    lines: list[tuple[int, int]] = []
    start = end = 0
    for token in _token.finditer(text):
        word_end = token.start() + len(token[0].rstrip())
        if end > start and not fits(start, word_end):
            lines.append((start, end))
            start = token.start()
        while not fits(start, word_end):
            cut = _longest(text, start, min(word_end, start + width * CHARS_PER_CELL), fits)
            lines.append((start, cut))
            start = cut
        end = max(start, word_end)
    if end > start or not lines:
        lines.append((start, end))
    return lines


def _fitter(text: str, width: int) -> Callable[[int, int], bool]:
    """Whether text[start:end] fits on a line, in a time that does not grow with the text."""
    if text.isascii():
        return lambda start, end: end - start <= width
    return lambda start, end: end - start <= width * CHARS_PER_CELL and cell_len(text[start:end]) <= width


def _longest(text: str, start: int, end: int, fits: Callable[[int, int], bool]) -> int:
    """The furthest cut of a too long word that fits and splits no cluster; always at least one character."""
    low, high = start + 1, end
    while low < high:
        middle = (low + high + 1) // 2
        if fits(start, middle):
            low = middle
        else:
            high = middle - 1
    cut = low
    while cut > start + 1 and _glued(text, cut):
        cut -= 1
    return low if _glued(text, cut) else cut


def _glued(text: str, at: int) -> bool:
    """Whether the character at `at` must stay with the one before: a mark, a joiner, the second half of a flag."""
    if at >= len(text):
        return False
    if cell_len(text[at]) == 0 or text[at - 1] == "\u200c":
        return True
    return "\U0001f1e6" <= text[at] <= "\U0001f1ff" and _odd_flags(text, at)


def _odd_flags(text: str, at: int) -> bool:
    count = 0
    while count < at and "\U0001f1e6" <= text[at - 1 - count] <= "\U0001f1ff":
        count += 1
    return bool(count & 1)
