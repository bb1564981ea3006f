"""Rows as data: whatever is put in, a row has exactly the width asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agentdesk.tui.lines import Line, cells, cut, line, name, pad, wrap
from agentdesk.tui.widgets.roles import LOOKS, role_styles

texts = st.text(max_size=30).map(lambda text: name(text))
Spans = tuple[tuple[str, str], ...]
spans = st.lists(st.tuples(texts, st.sampled_from(sorted(LOOKS))), max_size=5).map(tuple)


@given(spans, spans, st.integers(0, 80))
def test_a_fitted_line_has_the_width(left: Spans, right: Spans, width: int) -> None:
    assert cells(Line(left, right).fitted(width)) == width


@given(spans, st.integers(1, 60))
def test_a_cut_never_takes_more_and_says_that_it_cut(parts: Spans, width: int) -> None:
    kept = cut(parts, width)
    assert cells(kept) <= width
    if cells(parts) > width:
        assert "…" in "".join(text for text, _ in kept)


@given(texts, st.integers(1, 40))
def test_padding_is_exact(text: str, width: int) -> None:
    assert cell_len(pad(text, width)) == width


def test_words_are_wrapped_whole() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("", 7) == []


def test_the_right_part_stays_when_the_left_gives_way() -> None:
    row = line("a very long name indeed", right=["0:38 "])
    text = "".join(part for part, _ in row.fitted(16))
    assert text == "a very lon…0:38 "


def test_every_role_has_a_style_in_any_theme_even_a_broken_one() -> None:
    assert set(role_styles({})) == set(LOOKS)
    styles = role_styles({"desk-quiet": "#868ca6", "desk-hand": "no colour"})
    assert styles["dim"].color is not None
    assert styles["offer"].color is None
