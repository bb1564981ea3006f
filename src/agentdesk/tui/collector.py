"""Full garbage collections while the agent rests: one stops a desk with long transcripts for about 100 ms."""

from __future__ import annotations

import gc
from collections.abc import Callable

THRESHOLDS = (10_000, 20, 1_000_000)
"""Young objects are collected as they come, a few milliseconds at a time; full collections never by themselves."""

QUIET_S = 2.0
"""Without a key for this long the agent reads; a pause is not felt."""

FULL_EVERY_S = 60.0
"""Between two full collections."""

FORCED_S = 900.0
"""An agent who never rests gets one all the same, so that memory is bounded."""

LOOK_S = 1.0
"""How often `tick` wants to be called."""


class IdleCollector:
    """Decides when to collect; `active` at each key, `tick` every `LOOK_S`."""

    def __init__(self, clock: Callable[[], float], collect: Callable[[], object] = gc.collect) -> None:
        self._clock = clock
        self._collect = collect
        self._key_at = self._full_at = clock()

    def start(self) -> None:
        """Take what the start made out of the collector's sight, and take the timing over."""
        gc.enable()
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)

    def active(self) -> None:
        """A key was pressed."""
        self._key_at = self._clock()

    def tick(self) -> bool:
        """Collect when it is due and nobody feels it; whether it did."""
        now = self._clock()
        since = now - self._full_at
        if since < FULL_EVERY_S or (now - self._key_at < QUIET_S and since < FORCED_S):
            return False
        self._collect()
        self._full_at = self._clock()
        return True
