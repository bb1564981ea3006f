"""The sound of an offer: at once, then a few times more until it is taken or gone."""

from __future__ import annotations

from collections.abc import Callable, Collection

AGAIN_MS = 5_000
RINGS_MAX = 6
"""Rings for one set of offers; after that it has been heard."""


class Bell:
    """Rings for new offers and reminds of old ones."""

    def __init__(self, ring: Callable[[], None], on: bool = True) -> None:
        self._ring = ring
        self._on = on
        self._known: set[int] = set()
        self._rung = 0
        self._last_ms = 0

    def alarm(self) -> None:
        """Something went wrong that somebody has to look at: once, at once."""
        if self._on:
            self._ring()

    def hear(self, offers: Collection[int], now: int) -> None:
        """These offers are open now."""
        new = set(offers) - self._known
        self._known = set(offers)
        if new:
            self._rung = 0
        elif not offers or self._rung >= RINGS_MAX or now - self._last_ms < AGAIN_MS:
            return
        self._rung += 1
        self._last_ms = now
        if self._on:
            self._ring()
