"""A line that shows why a message was found: the words around the first hit, hits marked."""

from __future__ import annotations

import re

from agentdesk.store.folding import GAP

OPEN = "\x02"
CLOSE = "\x03"
SNIPPET_MAX = 160
BEFORE_MAX = 40
"""How much stands before the first hit."""

_MARK = re.compile(f"[{OPEN}{CLOSE}]")


def snippet(text: str, marked: str) -> str:
    """Cut the text around its first hit. `marked` is the folded text with marks, as the index gives it.

    A text that holds the marks itself is shown without any: nobody can mark what was not found.
    """
    if OPEN in text or CLOSE in text:
        return _cut(_MARK.sub(" ", text), [])
    return _cut(text, _places(marked))


def _places(marked: str) -> list[int]:
    """Return where in the text the marks stand: opening, closing, opening …"""
    places: list[int] = []
    at = 0
    for piece in _MARK.split(marked)[:-1]:
        at += len(piece) - piece.count(GAP)
        places.append(at)
    return places


def _cut(text: str, places: list[int]) -> str:
    start = _word_start(text, places[0]) if places else 0
    end = min(len(text), start + SNIPPET_MAX)
    parts = ["…"] if start else []
    at = start
    for number, place in enumerate(min(place, end) for place in places):
        if place == end and number % 2 == 0:
            break
        parts += [text[at:place], CLOSE if number % 2 else OPEN]
        at = place
    parts.append(text[at:end])
    if end < len(text):
        parts.append("…")
    return "".join(parts)


def _word_start(text: str, first: int) -> int:
    if first <= BEFORE_MAX:
        return 0
    space = text.find(" ", first - BEFORE_MAX, first)
    return space + 1 if space >= 0 else first - BEFORE_MAX
