from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.store.folding import GAP
from agentdesk.store.query import QUERY_MAX, TERMS_MAX, Term, has_word, parse


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("red apple", [Term("red"), Term("apple")]),
        ('"red apple" pie', [Term("red apple"), Term("pie")]),
        ("“red apple”", [Term("red apple")]),
        ('pie "red app', [Term("pie"), Term("red app")]),
        ("app*", [Term("app", prefix=True)]),
        ("app**", [Term("app", prefix=True)]),
        ('"app*"', [Term("app*")]),
        ("a*b", [Term("a*b")]),
        ("red red", [Term("red")]),
        ("red !! apple", [Term("red"), Term("apple")]),
        ("đơn*", [Term("dơn", prefix=True)]),
        ("退款*", [Term(f"{GAP}退{GAP}{GAP}款{GAP}")]),
        ("ann@example.org", [Term("ann@example.org")]),
        ("x-*", [Term("x-")]),
        ("", []),
        ('" "', []),
    ],
)
def test_terms(query: str, terms: list[Term]) -> None:
    assert parse(query) == terms


def test_a_query_is_bounded() -> None:
    assert len(parse(" ".join(f"w{number}" for number in range(100)))) == TERMS_MAX
    assert parse("x" * (QUERY_MAX + 50)) == [Term("x" * QUERY_MAX)]


@given(st.text())
def test_any_text_is_a_query(query: str) -> None:
    for term in parse(query):
        assert has_word(term.text)
        term.text.encode()
