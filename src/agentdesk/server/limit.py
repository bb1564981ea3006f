"""How often somebody may do something: token buckets by name, bounded in memory."""

from __future__ import annotations

BUCKETS_MAX = 20_000
"""Names remembered; the one used longest ago is forgotten first."""


class RateLimit:
    """`tries` at once, and one more every `window_s / tries` seconds."""

    def __init__(self, tries: float, window_s: float, buckets_max: int = BUCKETS_MAX) -> None:
        self._tries = float(tries)
        self._rate = tries / window_s
        self._max = buckets_max
        self._buckets: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def wait_s(self, name: str, now_s: float) -> float:
        """How long this name has to wait before it may; 0 when it may now. Counts nothing."""
        missing = 1.0 - self._left(name, now_s)
        return max(0.0, missing / self._rate)

    def take(self, name: str, now_s: float) -> float:
        """Count one try; how long to wait instead, 0 when it may."""
        left = self._left(name, now_s)
        wait = max(0.0, (1.0 - left) / self._rate)
        self._keep(name, left - 1.0 if wait == 0.0 else left, now_s)
        return wait

    def forgive(self, name: str) -> None:
        """Forget what was counted for a name."""
        self._buckets.pop(name, None)

    def _left(self, name: str, now_s: float) -> float:
        left, at_s = self._buckets.get(name, (self._tries, now_s))
        return min(self._tries, left + (now_s - at_s) * self._rate)

    def _keep(self, name: str, left: float, now_s: float) -> None:
        self._buckets.pop(name, None)
        self._buckets[name] = (left, now_s)
        while len(self._buckets) > self._max:
            del self._buckets[next(iter(self._buckets))]
