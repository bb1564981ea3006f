"""How long ago, in a unit that changes: 0:38, 12 min, 4 h, 3 d, 1 mo."""

from __future__ import annotations

_MINUTE, _HOUR, _DAY, _MONTH, _YEAR = 60, 3_600, 86_400, 30 * 86_400, 365 * 86_400
CLOCK_UNTIL_S = 10 * _MINUTE
"""Below this an age counts like a clock, since seconds matter to someone who waits."""


def age(ms: int) -> str:
    """An age or a duration in milliseconds for a person to read; negative ones (a skewed clock) read as zero."""
    seconds = max(0, ms) // 1000
    if seconds < CLOCK_UNTIL_S:
        return clock(ms)
    if seconds < 2 * _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR} h"
    if seconds < 2 * _MONTH:
        return f"{seconds // _DAY} d"
    return f"{seconds // _MONTH} mo" if seconds < 2 * _YEAR else f"{seconds // _YEAR} y"


def clock(ms: int) -> str:
    """A duration as m:ss, or h:mm:ss from an hour on; for timers that are watched."""
    seconds = max(0, ms) // 1000
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}:{seconds:02}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def next_change_ms(ms: int) -> int:
    """Milliseconds until `age(ms)` reads differently, so that one clock can tick no more often than needed."""
    ms = max(0, ms)
    seconds = ms // 1000
    if seconds < CLOCK_UNTIL_S:
        unit = 1
    elif seconds < 2 * _HOUR:
        unit = _MINUTE
    elif seconds < 2 * _DAY:
        unit = _HOUR
    else:
        unit = _DAY
    return unit * 1000 - ms % (unit * 1000)
