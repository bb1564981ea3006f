"""Opening hours in the queue's own time zone, across midnight, holidays of the week and clock changes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agentdesk.config.hours import is_open, next_opening_ms, parse_span
from agentdesk.config.server import HoursSettings, WeekSettings

OFFICE = HoursSettings(
    timezone="Asia/Jakarta",
    weekly=WeekSettings(mon=("09:00-12:00", "13:00-17:00"), tue=("00:00-24:00",), fri=("09:00-17:00",)),
)


def at(text: str, zone: str = "Asia/Jakarta") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("09:00-17:00", (540, 1020)),
        ("9:00 - 17:30", (540, 1050)),
        ("00:00-24:00", (0, 1440)),
        ("17:00-09:00", None),
        ("09:00-09:00", None),
        ("09:60-10:00", None),
        ("09:00-24:01", None),
        ("9-17", None),
        ("", None),
        ("09:00-17:00 and more", None),
    ],
)
def test_spans(text: str, span: tuple[int, int] | None) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    ("when", "is_it"),
    [
        ("2026-11-23T08:59:59", False),
        ("2026-11-23T09:00:00", True),
        ("2026-11-23T12:00:00", False),
        ("2026-11-23T13:00:00", True),
        ("2026-11-23T17:00:00", False),
        ("2026-11-24T00:00:00", True),
        ("2026-11-24T23:59:59", True),
        ("2026-11-25T00:00:00", False),
    ],
)
def test_open(when: str, is_it: bool) -> None:
    assert is_open(OFFICE, at(when)) is is_it


def test_a_queue_without_hours_is_always_open() -> None:
    assert is_open(None, 0)
    assert next_opening_ms(None, 0) is None


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23T08:00:00", "2026-11-23T09:00:00"),
        ("2026-11-23T12:30:00", "2026-11-23T13:00:00"),
        ("2026-11-25T10:00:00", "2026-11-27T09:00:00"),
        ("2026-11-27T17:00:00", "2026-11-30T09:00:00"),
    ],
)
def test_next_opening(now: str, opens: str) -> None:
    assert next_opening_ms(OFFICE, at(now)) == at(opens)


def test_a_queue_that_is_open_or_never_opens_has_no_next_opening() -> None:
    assert next_opening_ms(OFFICE, at("2026-11-24T10:00:00")) is None
    assert next_opening_ms(HoursSettings(), 0) is None


def test_a_change_of_the_clock_moves_the_opening() -> None:
    sunday = HoursSettings(timezone="Europe/Stockholm", weekly=WeekSettings(sun=("09:00-17:00",)))
    saturday = at("2026-10-24T20:00:00", "Europe/Stockholm")
    opening = next_opening_ms(sunday, saturday)
    assert opening == at("2026-10-25T09:00:00", "Europe/Stockholm")
    assert opening is not None and opening - saturday == 14 * 3_600_000
