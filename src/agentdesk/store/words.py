"""Words of a text, cut and folded as SQLite's `unicode61 remove_diacritics 2` does. For the twin in memory."""

from __future__ import annotations

import unicodedata

import msgspec

from agentdesk.store.folding import fold
from agentdesk.store.query import Term, is_word_char

_MARKS = frozenset("".join(map(chr, range(0x300, 0x332)))) - frozenset(
    "\u0305\u030d\u030e\u0310\u0312\u0313\u0314\u0315\u0316\u0317\u0318\u0319\u031a\u031c\u031d\u031e\u031f"
    "\u0320\u0321\u0322\u0329\u032a\u032b\u032c\u032f"
)
"""Accents that may follow their letter inside a word, and are dropped."""


class Word(msgspec.Struct, frozen=True):
    """A folded word and where it stands in the text."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """Cut a text into words."""
    found: list[Word] = []
    start = -1
    for at, char in enumerate(text + " "):
        inside = is_word_char(char) or (start >= 0 and char in _MARKS)
        if inside and start < 0:
            start = at
        elif not inside and start >= 0:
            found.append(Word("".join(map(_plain, text[start:at])), start, at))
            start = -1
    return found


def hits(term: Term, found: list[Word]) -> list[tuple[int, int]]:
    """Return where the term stands among the words: start and end of each place in the text."""
    wanted = [word.text for word in words(term.text)]
    size = len(wanted)
    places = []
    for at in range(len(found) - size + 1):
        here = [word.text for word in found[at : at + size]]
        if here == wanted or (term.prefix and here[:-1] == wanted[:-1] and here[-1].startswith(wanted[-1])):
            places.append((found[at].start, found[at + size - 1].end))
    return places


def match_all(terms: list[Term], text: str) -> list[tuple[int, int]] | None:
    """Return every place of every term in a text that holds them all, else None."""
    found = words(fold(text))
    places: list[tuple[int, int]] = []
    for term in terms:
        here = hits(term, found)
        if not here:
            return None
        places += here
    return sorted(places)


def _plain(char: str) -> str:
    lower = char.casefold() if len(char.casefold()) == 1 else char.lower()
    if not ("\xc0" <= char <= "\u036f" or "\u1e00" <= char <= "\u1eff"):
        return lower
    return "".join(one for one in unicodedata.normalize("NFD", lower) if one not in _MARKS)
