"""Opening hours: whether a queue is open at an instant, and when that changes. Pure: the instant is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from agentdesk.config.server import HolidaySettings, HoursSettings

if TYPE_CHECKING:
    import holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
DAY_MS = 86_400_000
AHEAD_DAYS = 60
"""How far a change is looked for: beyond any row of holidays."""
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})\Z")
_DATE = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})\Z")

Span = tuple[int, int]
"""Minutes of the day from and to (excluded)."""
State = Literal["open", "closed", "holiday"]


def parse_span(text: str) -> Span | None:
    """`09:00-17:30` as minutes of the day, or None if it isn't one; 24:00 ends a day."""
    found = _SPAN.match(text.strip())
    if found is None:
        return None
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    return (start, end) if minute < 60 and to_minute < 60 and start < end <= DAY_MINUTES else None


def parse_date(text: str) -> tuple[int | None, int, int] | None:
    """`2026-12-24` as year, month and day; `12-24`, every year, without the year; None if it is no date."""
    found = _DATE.match(text.strip())
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        date(int(year or 2000), int(month), int(day))  # 2000 has a 29 February
    except ValueError:
        return None
    return (int(year) if year else None, int(month), int(day))


def state_at(hours: HoursSettings | None, now_ms: int) -> State:
    """Whether a queue is open at this instant; one without hours always is. A holiday is one all day."""
    return "open" if hours is None else _state(hours, _local(now_ms, hours))


def is_open(hours: HoursSettings | None, now_ms: int) -> bool:
    """Whether the queue is open at this instant."""
    return state_at(hours, now_ms) == "open"


def next_opening_ms(hours: HoursSettings | None, now_ms: int) -> int | None:
    """When a queue that isn't open now opens; None if it is open or doesn't open in the next months."""
    if hours is None or is_open(hours, now_ms):
        return None
    return next((at_ms for at_ms, state in _changes(hours, now_ms) if state == "open"), None)


def next_change_ms(hours: HoursSettings | None, now_ms: int) -> int | None:
    """When a queue is next something else than now: open, closed or on holiday; None if it stays for months."""
    if hours is None:
        return None
    now = state_at(hours, now_ms)
    return next((at_ms for at_ms, state in _changes(hours, now_ms) if state != now), None)


def day_offset_ms(timezone: str, begins: str, now_ms: int) -> int:
    """How long after midnight UTC a day begins that begins at this time of the day there, as the clocks are now."""
    hour, minute = map(int, begins.split(":"))
    offset = datetime.fromtimestamp(now_ms / 1000, tz=ZoneInfo(timezone)).utcoffset() or timedelta()
    return ((hour * 60 + minute) * 60_000 - int(offset.total_seconds() * 1000)) % DAY_MS


@lru_cache(maxsize=32)
def public_holidays(country: str, subdivision: str) -> holidays.HolidayBase:
    """The public holidays of a country or a part of it; raises NotImplementedError when they aren't known."""
    import holidays  # 150 ms, for desks that have some

    return holidays.country_holidays(country, subdiv=subdivision or None)


def _state(hours: HoursSettings, local: datetime) -> State:
    if _is_holiday(hours.holidays, local.date()):
        return "holiday"
    minute = local.hour * 60 + local.minute
    return "open" if any(start <= minute < end for start, end in _spans(hours, local.weekday())) else "closed"


def _is_holiday(known: HolidaySettings, day: date) -> bool:
    own = _own_dates(known.dates)
    if (day.year, day.month, day.day) in own or (None, day.month, day.day) in own:
        return True
    return bool(known.country) and day in public_holidays(known.country, known.subdivision)


@lru_cache(maxsize=32)
def _own_dates(dates: tuple[str, ...]) -> frozenset[tuple[int | None, int, int]]:
    return frozenset(parsed for text in dates if (parsed := parse_date(text)) is not None)


def _changes(hours: HoursSettings, now_ms: int) -> Iterator[tuple[int, State]]:
    """Each instant after now at which a span begins or ends or a day begins, and what the queue is from then."""
    local = _local(now_ms, hours)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for ahead in range(AHEAD_DAYS):
        day = midnight + timedelta(days=ahead)
        edges = {0, *(minute for span in _spans(hours, day.weekday()) for minute in span)}
        for minute in sorted(edges - {DAY_MINUTES}):
            at_ms = int((day + timedelta(minutes=minute)).astimezone(UTC).timestamp() * 1000)
            if at_ms > now_ms:
                yield at_ms, state_at(hours, at_ms)


def _local(now_ms: int, hours: HoursSettings) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, tz=ZoneInfo(hours.timezone))


def _spans(hours: HoursSettings, weekday: int) -> list[Span]:
    texts: tuple[str, ...] = getattr(hours.weekly, DAYS[weekday])
    return [span for text in texts if (span := parse_span(text)) is not None]
