"""What a person types to search, as terms that all have to be there. Every text is a query.

Words stand alone, `"several words"` in quotes belong together, `word*` means words that begin so. Anything else,
also what an index takes for syntax, is only text. Terms come folded (`agentdesk.store.folding`).
"""

from __future__ import annotations

import re
import unicodedata

import msgspec

from agentdesk.store.folding import GAP, fold

QUERY_MAX = 500
"""Characters that count; nobody types more."""

TERMS_MAX = 16

_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


class Term(msgspec.Struct, frozen=True):
    """Words that stand next to each other; with `prefix` the last of them may go on."""

    text: str
    prefix: bool = False


def parse(query: str) -> list[Term]:
    """Return what has to be found; empty when the text has no word."""
    clean = "".join(" " if _unsearchable(char) else char for char in query[:QUERY_MAX]).translate(_QUOTES)
    terms = [_term(phrase or word, bool(word)) for phrase, word in _TERM.findall(clean)]
    return [term for term in dict.fromkeys(terms) if has_word(term.text)][:TERMS_MAX]


def has_word(text: str) -> bool:
    """Tell whether the index takes anything of the text for a word."""
    return any(is_word_char(char) for char in text)


def is_word_char(char: str) -> bool:
    """Tell whether words are made of it: letters, numbers, private use."""
    category = unicodedata.category(char)
    return category[0] in "LN" or category == "Co"


def _term(text: str, is_word: bool) -> Term:
    prefix = is_word and text.endswith("*")
    searched = fold(text.rstrip("*") if prefix else text)
    # A letter between gaps is a whole word of the index: nothing can go on after it.
    return Term(searched, prefix and not searched.endswith(GAP) and is_word_char(searched[-1:] or " "))


def _unsearchable(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs")
