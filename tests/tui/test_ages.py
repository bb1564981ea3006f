"""Ages and slack in the units a person reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.tui.ages import age, clock, next_change_ms
from agentdesk.tui.glyphs import ASCII, GLYPH_NAMES, UNICODE, glyphs
from agentdesk.tui.slack import slack

S, M, H, D = 1_000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (-5, "0:00"),
        (999, "0:00"),
        (38 * S, "0:38"),
        (102 * S, "1:42"),
        (10 * M - 1, "9:59"),
        (12 * M, "12 min"),
        (119 * M, "119 min"),
        (4 * H, "4 h"),
        (47 * H, "47 h"),
        (3 * D, "3 d"),
        (70 * D, "2 mo"),
        (800 * D, "2 y"),
    ],
)
def test_the_unit_changes_with_the_age(ms: int, words: str) -> None:
    assert age(ms) == words


def test_a_clock_runs_on_past_an_hour() -> None:
    assert [clock(59 * M + 59 * S), clock(H + 5 * S)] == ["59:59", "1:00:05"]


@given(st.integers(0, 40 * D))
def test_an_age_reads_the_same_until_its_next_change(ms: int) -> None:
    step = next_change_ms(ms)
    assert step > 0
    assert age(ms + step - 1) == age(ms)


@pytest.mark.parametrize(
    ("now", "bar", "level", "mark"),
    [
        (0, "▰▰▰▰▰", "ok", " "),
        (50, "▰▰▰▱▱", "ok", " "),
        (65, "▰▰▱▱▱", "low", "!"),
        (99, "▰▱▱▱▱", "low", "!"),
        (100, "▱▱▱▱▱", "late", "!"),
        (500, "▱▱▱▱▱", "late", "!"),
    ],
)
def test_slack_is_a_bar_a_word_and_a_mark(now: int, bar: str, level: str, mark: str) -> None:
    found = slack(100, 0, now)
    assert (found.bar, found.level, found.mark) == (bar, level, mark)


def test_what_is_not_due_has_no_slack() -> None:
    assert slack(None, 0, 5).level == "none" and slack(None, 0, 5).bar == "     "


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_a_bar_is_always_five_cells(due: int, since: int, now: int) -> None:
    assert len(slack(due, since, now, ASCII).bar) == 5


def test_every_glyph_has_an_ascii_twin() -> None:
    for name in GLYPH_NAMES:
        assert getattr(ASCII, name).isascii() and getattr(ASCII, name), name
    assert glyphs(True) is ASCII and glyphs(False) is UNICODE
