"""Opening hours: whether a queue is open at an instant, and when it opens next. Pure: the instant is an argument."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agentdesk.config.server import HoursSettings

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})\Z")

Span = tuple[int, int]
"""Minutes of the day from and to (excluded)."""


def parse_span(text: str) -> Span | None:
    """`09:00-17:30` as minutes of the day, or None if it isn't one; 24:00 ends a day."""
    found = _SPAN.match(text.strip())
    if found is None:
        return None
    hour, minute, to_hour, to_minute = map(int, found.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    return (start, end) if minute < 60 and to_minute < 60 and start < end <= DAY_MINUTES else None


def is_open(hours: HoursSettings | None, now_ms: int) -> bool:
    """Whether the queue is open at this instant; a queue without hours always is."""
    if hours is None:
        return True
    local = _local(now_ms, hours)
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in _spans(hours, local.weekday()))


def next_opening_ms(hours: HoursSettings | None, now_ms: int) -> int | None:
    """When a queue that is closed now opens; None if it is open or never opens."""
    if hours is None or is_open(hours, now_ms):
        return None
    local = _local(now_ms, hours)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for ahead in range(8):
        day = midnight + timedelta(days=ahead)
        for start, _ in sorted(_spans(hours, day.weekday())):
            opening = day + timedelta(minutes=start)
            if opening > local:
                return int(opening.astimezone(UTC).timestamp() * 1000)
    return None


def _local(now_ms: int, hours: HoursSettings) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, tz=ZoneInfo(hours.timezone))


def _spans(hours: HoursSettings, weekday: int) -> list[Span]:
    texts: tuple[str, ...] = getattr(hours.weekly, DAYS[weekday])
    return [span for text in texts if (span := parse_span(text)) is not None]
