"""The one place of the server that reads a clock or sleeps; tests put another in its place."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Time as the server needs it: the wall clock for what is kept, a steady one for rates and time-outs."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""

    def steady_s(self) -> float:
        """Seconds that only ever go forward."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own clocks. `now_ms` never goes back, so that the log's times rise with its numbers."""

    def __init__(self) -> None:
        self._last_ms = 0

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC; the last answer again while the wall clock is set back."""
        self._last_ms = max(self._last_ms, time.time_ns() // 1_000_000)
        return self._last_ms

    def steady_s(self) -> float:
        """Seconds that only ever go forward."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
