"""Times to come as agents write them: `45m`, `1h30m`, `14:00`, `thu 10:00`, `tomorrow`, `2026-12-24 8:30`.

Pure. Wall-clock times are those of this terminal's time zone. A day without an hour means nine o'clock.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from agentdesk.tui.presenter import local_time

TYPED_MAX = 40
AHEAD_MAX_MS = 366 * 24 * 3600 * 1000
MORNING = time(9)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNIT_S = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}

_part = r"\d{1,5} ?(?:m|mins?|minutes?|h|hours?|d|days?|w|weeks?)"
_span = re.compile(rf"{_part}(?: ?{_part}){{0,3}}", re.ASCII)
_amount = re.compile(r"(\d+) ?([mhdw])", re.ASCII)
_clock = re.compile(
    r"(?:(?P<day>[a-z]{3,9}|\d{4}-\d{2}-\d{2})(?: |$))?(?:(?P<hour>\d{1,2}):(?P<minute>\d{2}))?", re.ASCII
)


def moment_ms(typed: str, now_ms: int) -> int | None:
    """When that is; None when it is no time to come within a year."""
    words = typed.strip().casefold()
    if not words or len(words) > TYPED_MAX:
        return None
    found = _after(words, now_ms) if _span.fullmatch(words) else _on_the_clock(words, local_time(now_ms))
    return found if found is not None and now_ms < found <= now_ms + AHEAD_MAX_MS else None


def choices(now_ms: int) -> list[tuple[str, int]]:
    """The usual ones: words and time, the soonest first."""
    usual = {"10 minutes": "10m", "1 hour": "1h", "4 hours": "4h", "Tomorrow 9:00": "tomorrow", "Monday 9:00": "monday"}
    found: dict[int, str] = {}
    for words, typed in usual.items():
        if (when := moment_ms(typed, now_ms)) is not None:
            found.setdefault(when, words)
    return [(found[when], when) for when in sorted(found)]


def _after(words: str, now_ms: int) -> int:
    return now_ms + sum(int(count) * UNIT_S[unit] for count, unit in _amount.findall(words)) * 1000


def _on_the_clock(words: str, now: datetime) -> int | None:
    match = _clock.fullmatch(words)
    if match is None:
        return None
    try:
        at = time(int(match["hour"]), int(match["minute"])) if match["hour"] else MORNING
        day = _day(match["day"] or "", at, now)
        return None if day is None else int(datetime.combine(day, at).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _day(word: str, at: time, now: datetime) -> date | None:
    """The day that is meant; without a word, or with a weekday's, the next on which the hour is still to come."""
    today, passed = now.date(), at <= now.time()
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    if not word:
        return today + timedelta(days=passed)
    if word[0].isdigit():
        return date.fromisoformat(word)
    weekday = next((number for number, name in enumerate(DAYS) if name.startswith(word)), None)
    if weekday is None:
        return None
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=7 if ahead == 0 and passed else ahead)
