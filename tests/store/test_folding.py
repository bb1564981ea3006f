from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.store.folding import GAP, fold, folded


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("plain", "plain"),
        ("Größe", "Größe"),
        ("Đà Nẵng", "Dà Nẵng"),
        ("كتاب", "کتاب"),
        ("۱۲ ٣٤", "12 34"),
        ("ＡＢＣ１２", "ABC12"),
        ("ab日本c", f"ab{GAP}日{GAP}{GAP}本{GAP}c"),
    ],
)
def test_letters_that_are_typed_in_several_ways_are_one(text: str, same: str) -> None:
    assert fold(text) == same


def test_a_text_that_folds_to_itself_costs_no_copy() -> None:
    assert folded("plain") is None
    assert folded("Größe") is None
    assert folded("đ") == "d"


@given(st.text())
def test_a_place_in_the_folded_text_is_a_place_in_the_text(text: str) -> None:
    assert len(fold(text).replace(GAP, "")) == len(text)


@given(st.text())
def test_folding_again_changes_only_gaps(text: str) -> None:
    once = fold(text)
    assert fold(once).replace(GAP, "").replace(" ", "") == once.replace(GAP, "").replace(" ", "")
