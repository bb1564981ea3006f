"""The twin cuts words as SQLite does: asked of SQLite, letter by letter."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.store.query import Term
from agentdesk.store.words import hits, match_all, words

LETTERS = [
    chr(code)
    for first, last in ((0x20, 0x7E), (0xA0, 0x1DF), (0x300, 0x331), (0x391, 0x3A9), (0x400, 0x45F), (0x5D0, 0x5EA))
    for code in range(first, last + 1)
    if unicodedata.category(chr(code)) != "Cn"
]
LETTERS += list(
    "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی\u200c\u064b۱۲۳ảạắằẳẵặấầẩẫậẻẽẹểễệỉịỏọốồổỗộớờởỡợủụứừửữựỷỹỵđơư日本語退款ไทย"
)
LETTERS = [letter for letter in LETTERS if letter not in "µſ"]

Tokens = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def sqlite_tokens() -> Iterator[Tokens]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize = 'unicode61 remove_diacritics 2')")
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance')")

        def tokens(text: str) -> list[str]:
            connection.execute("DELETE FROM t")
            connection.execute("INSERT INTO t VALUES (?)", (text,))
            return [term for (term,) in connection.execute("SELECT term FROM v ORDER BY offset")]

        yield tokens


def test_every_letter(sqlite_tokens: Tokens) -> None:
    wrong = [f"{ord(char):04x}" for char in LETTERS if _texts(f"a{char}b") != sqlite_tokens(f"a{char}b")]
    assert wrong == []


@given(st.text(st.sampled_from(LETTERS), max_size=40))
def test_texts(sqlite_tokens: Tokens, text: str) -> None:
    assert _texts(text) == sqlite_tokens(text)


def test_places() -> None:
    text = "The red apple, an APPLE"
    assert hits(Term("apple"), words(text)) == [(8, 13), (18, 23)]
    assert hits(Term("red apple"), words(text)) == [(4, 13)]
    assert hits(Term("red app", prefix=True), words(text)) == [(4, 13)]
    assert hits(Term("app"), words(text)) == []
    assert match_all([Term("apple"), Term("red")], text) == [(4, 7), (8, 13), (18, 23)]
    assert match_all([Term("apple"), Term("pear")], text) is None


def _texts(text: str) -> list[str]:
    return [word.text for word in words(text)]
