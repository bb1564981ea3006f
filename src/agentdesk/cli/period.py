"""Times and stretches of time as people type them."""

from __future__ import annotations

import argparse
import re
from datetime import datetime

UNITS_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
FORMS = "2026-11-19, 2026-11-19T09:00, or how long ago: 90m, 12h, 7d, 2w"
_AGO = re.compile(r"([0-9]{1,6})([mhdw])\Z")


def stretch_ms(text: str) -> int | None:
    """`7d` in milliseconds; None if it isn't a stretch of time."""
    found = _AGO.match(text.strip())
    return None if found is None else int(found[1]) * UNITS_MS[found[2]]


def moment_ms(text: str, now_ms: int) -> int:
    """A moment: a date or a time by this machine's clock, or how long ago. argparse.ArgumentTypeError if neither."""
    ago_ms = stretch_ms(text)
    if ago_ms is not None:
        return now_ms - ago_ms
    try:
        return round(datetime.fromisoformat(text.strip()).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; write it like {FORMS}") from None
