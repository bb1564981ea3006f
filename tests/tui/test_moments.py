"""What agents write for a time to come, and what they get."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.tui.moments import choices, moment_ms


@pytest.fixture(autouse=True)
def jakarta(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal in a time zone of its own."""
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(text: str) -> int:
    """A time in Jakarta."""
    return int(datetime.fromisoformat(f"{text}+07:00").timestamp() * 1000)


NOW = at("2026-11-27T13:20:30")
"""A Friday."""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("45m", "2026-11-27T14:05:30"),
        ("45 min", "2026-11-27T14:05:30"),
        ("2h", "2026-11-27T15:20:30"),
        ("1h30m", "2026-11-27T14:50:30"),
        ("3d", "2026-11-30T13:20:30"),
        ("2 weeks", "2026-12-11T13:20:30"),
        ("14:00", "2026-11-27T14:00:00"),
        ("9:00", "2026-11-28T09:00:00"),
        ("tomorrow", "2026-11-28T09:00:00"),
        ("Tomorrow 14:15", "2026-11-28T14:15:00"),
        ("today 18:00", "2026-11-27T18:00:00"),
        ("thu 10:00", "2026-12-03T10:00:00"),
        ("thursday", "2026-12-03T09:00:00"),
        ("fri 13:00", "2026-12-04T13:00:00"),
        ("fri 14:00", "2026-11-27T14:00:00"),
        ("2026-12-24", "2026-12-24T09:00:00"),
        ("2026-12-24 8:30", "2026-12-24T08:30:00"),
        (" mon ", "2026-11-30T09:00:00"),
    ],
)
def test_what_is_meant(typed: str, meant: str) -> None:
    assert moment_ms(typed, NOW) == at(meant)


@pytest.mark.parametrize(
    "typed",
    ["", "m", "soon", "25:00", "10:75", "today 9:00", "2026-02-30", "2020-01-01", "2028-01-01", "0m", "99999h", "400d"]
    + ["thu 10", "mon tue", "9" * 5_000, "٤٥m", "1h 14:00", "thu\x0010:00"],
)
def test_what_is_no_time_to_come_within_a_year(typed: str) -> None:
    assert moment_ms(typed, NOW) is None


@given(
    st.text(max_size=40)
    | st.from_regex(r"(today|mon|2026-1\d-3\d)? ?\d{1,2}:\d\d|(\d{1,6}[mhdw] ?){1,4}", fullmatch=True)
)
def test_whatever_is_typed_it_is_a_time_to_come_or_nothing(typed: str) -> None:
    found = moment_ms(typed, NOW)
    assert found is None or NOW < found <= NOW + 366 * 24 * 3600 * 1000


def test_the_choices_are_to_come_in_their_order() -> None:
    found = choices(NOW)
    assert [words for words, _ in found] == ["10 minutes", "1 hour", "4 hours", "Tomorrow 9:00", "Monday 9:00"]
    assert [ms for _, ms in found] == sorted(ms for _, ms in found)
    assert found[-1][1] == at("2026-11-30T09:00:00")


def test_over_a_change_of_the_clock_the_hour_is_the_one_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    saturday = int(datetime(2026, 10, 24, 10, 0, tzinfo=UTC).timestamp() * 1000)
    assert moment_ms("tomorrow 9:00", saturday) == int(datetime(2026, 10, 25, 8, 0, tzinfo=UTC).timestamp() * 1000)
