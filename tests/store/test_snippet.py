from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.store.folding import GAP
from agentdesk.store.snippet import CLOSE, OPEN, SNIPPET_MAX, snippet


def _marked(text: str, *words: str) -> str:
    for word in words:
        text = text.replace(word, OPEN + word + CLOSE)
    return text


@pytest.mark.parametrize("text", ["hit", "a hit and a hit", "hit" + " x" * 10])
def test_a_short_text_is_shown_whole(text: str) -> None:
    assert snippet(text, _marked(text, "hit")) == _marked(text, "hit")


def test_a_long_text_is_cut_around_the_first_hit() -> None:
    text = "before " * 50 + "the hit is here" + " after" * 50
    shown = snippet(text, _marked(text, "hit"))
    assert shown.startswith("…before ") and shown.endswith("…")
    assert OPEN + "hit" + CLOSE in shown
    assert len(shown) <= SNIPPET_MAX + 4


def test_a_hit_longer_than_the_snippet_is_closed() -> None:
    text = "y" * 500
    assert snippet(text, OPEN + text + CLOSE) == OPEN + "y" * SNIPPET_MAX + CLOSE + "…"


def test_the_text_shown_is_the_text_not_its_folding() -> None:
    assert snippet("đặt 日本語", f"{OPEN}dặt{CLOSE} {GAP}日{GAP}{OPEN}{GAP}本{GAP}{CLOSE}{GAP}語{GAP}") == (
        f"{OPEN}đặt{CLOSE} 日{OPEN}本{CLOSE}語"
    )


def test_marks_in_the_text_itself_mark_nothing() -> None:
    assert snippet(f"a {OPEN}b{CLOSE} c", "whatever") == "a  b  c"


@given(st.text(), st.lists(st.integers(0, 300), max_size=8))
def test_marks_always_pair_and_nothing_is_invented(text: str, cuts: list[int]) -> None:
    text = text.replace(OPEN, "").replace(CLOSE, "").replace(GAP, "")
    places = sorted({min(cut, len(text)) for cut in cuts})
    places = places[: len(places) // 2 * 2]
    marked, at = "", 0
    for number, place in enumerate(places):
        marked += text[at:place] + (CLOSE if number % 2 else OPEN)
        at = place
    shown = snippet(text, marked + text[at:])
    assert shown.count(OPEN) == shown.count(CLOSE)
    assert shown.replace(OPEN, "").replace(CLOSE, "").strip("…") in text or "…" in text
