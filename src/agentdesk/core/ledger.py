"""Counting in an agent's ledger, for the desk and for the copy that their client keeps."""

from __future__ import annotations

from msgspec.structs import astuple

from agentdesk.core.model import Ledger

DAY_MS = 86_400_000
_PLACE = {name: place for place, name in enumerate(Ledger.__struct_fields__)}


def day_of(at_ms: int, day_offset_ms: int) -> int:
    """The number of the day of an instant, where days begin so long after midnight UTC."""
    return (at_ms - day_offset_ms) // DAY_MS


def counted(ledger: Ledger, at_ms: int, day_offset_ms: int, what: str) -> Ledger:
    """The ledger with one more of this on the day of that instant; another day's counts are over."""
    day = (at_ms - day_offset_ms) // DAY_MS
    if ledger.day != day:
        ledger = Ledger(day)
    values = list(astuple(ledger))
    values[_PLACE[what]] += 1
    return Ledger(*values)
