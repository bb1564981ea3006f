"""Opening hours in the queue's own time zone, across midnight, holidays of the week and clock changes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.config.hours import day_offset_ms, is_open, next_change_ms, next_opening_ms, parse_span, state_at
from agentdesk.config.server import HolidaySettings, HoursSettings, WeekSettings

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


CLOSED_DAYS = HoursSettings(
    timezone="Asia/Jakarta",
    weekly=WeekSettings(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",))),
    holidays=HolidaySettings(country="ID", dates=("12-24", "2026-12-28")),
)


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-12-23T10:00:00", "open"),
        ("2026-12-23T18:00:00", "closed"),
        ("2026-12-24T00:00:00", "holiday"),
        ("2026-12-24T10:00:00", "holiday"),
        ("2026-12-25T10:00:00", "holiday"),
        ("2026-12-26T10:00:00", "closed"),
        ("2026-12-28T10:00:00", "holiday"),
        ("2027-12-24T10:00:00", "holiday"),
        ("2027-12-28T10:00:00", "open"),
    ],
)
def test_holidays_of_the_country_and_ones_own(when: str, state: str) -> None:
    assert state_at(CLOSED_DAYS, at(when)) == state


def test_the_next_opening_is_after_the_holidays() -> None:
    assert next_opening_ms(CLOSED_DAYS, at("2026-12-23T17:30:00")) == at("2026-12-29T09:00:00")


def test_holidays_of_a_part_of_a_country() -> None:
    bavaria = HoursSettings(timezone="Europe/Berlin", holidays=HolidaySettings(country="DE", subdivision="BY"))
    epiphany = at("2027-01-06T10:00:00", "Europe/Berlin")
    assert state_at(bavaria, epiphany) == "holiday"
    assert (
        state_at(HoursSettings(timezone="Europe/Berlin", holidays=HolidaySettings(country="DE")), epiphany) == "closed"
    )


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        ("2026-12-23T08:00:00", "2026-12-23T09:00:00"),
        ("2026-12-23T09:00:00", "2026-12-23T17:00:00"),
        ("2026-12-23T17:00:00", "2026-12-24T00:00:00"),
        ("2026-12-24T10:00:00", "2026-12-26T00:00:00"),
        ("2026-12-26T10:00:00", "2026-12-28T00:00:00"),
    ],
)
def test_the_next_change(now: str, changes: str) -> None:
    assert next_change_ms(CLOSED_DAYS, at(now)) == at(changes)


def test_what_never_changes_has_no_next_change() -> None:
    always = WeekSettings(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("00:00-24:00",)))
    assert next_change_ms(HoursSettings(weekly=always), 0) is None
    assert next_change_ms(None, 0) is None


@given(st.integers(1_700_000_000_000, 1_900_000_000_000), st.sampled_from(["Europe/Stockholm", "Asia/Tehran", "UTC"]))
def test_between_now_and_the_next_change_nothing_changes(now_ms: int, zone: str) -> None:
    hours = HoursSettings(
        timezone=zone,
        weekly=WeekSettings(mon=("09:00-12:30", "13:00-17:00"), sat=("00:00-24:00",), sun=("00:00-03:30",)),
        holidays=HolidaySettings(dates=("01-01",)),
    )
    then_ms = next_change_ms(hours, now_ms)
    assert then_ms is not None and then_ms > now_ms
    assert state_at(hours, then_ms) != state_at(hours, now_ms)
    for at_ms in range(now_ms, then_ms, 17 * 60_000):
        assert state_at(hours, at_ms) == state_at(hours, now_ms)


def test_a_day_begins_at_its_time_there() -> None:
    now = at("2026-07-01T12:00:00")
    assert day_offset_ms("UTC", "00:00", now) == 0
    assert day_offset_ms("Asia/Jakarta", "00:00", now) == 17 * 3_600_000
    assert day_offset_ms("Asia/Jakarta", "08:00", now) == 3_600_000
    assert day_offset_ms("America/New_York", "04:00", now) == 8 * 3_600_000
    assert day_offset_ms("America/New_York", "04:00", at("2026-12-01T12:00:00")) == 9 * 3_600_000
