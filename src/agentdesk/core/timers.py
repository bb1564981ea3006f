"""What is due when: one heap of deadlines. An entry that no longer holds is dropped when it surfaces.

Nothing is ever cancelled: an entry is valid while the state still names the same time for it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from heapq import heapify, heappop, heappush

SLACK = 1_000
"""Outdated entries kept beyond the live ones before the heap is built anew."""


class Timer(IntEnum):
    """The kinds of deadline."""

    OFFER = 0
    WRAPUP = 1
    AGENT_GRACE = 2
    CUSTOMER_GRACE = 3
    SNOOZE = 4
    REST = 5
    RING = 6
    AFFINITY = 7
    OVERFLOW = 8
    SILENT = 9


OF_INTERACTIONS = tuple(kind for kind in Timer if kind is not Timer.AGENT_GRACE)
IN_LINE = (Timer.CUSTOMER_GRACE, Timer.RING, Timer.AFFINITY, Timer.OVERFLOW)
"""The deadlines that coming into the line may bring."""


Entry = tuple[int, Timer, int | str]
"""When, what, and whose: an interaction's id, or for `AGENT_GRACE` the agent's."""


class Timers:
    """Deadlines in order. `due_of` says when a timer of that kind is due for that id, or None."""

    __slots__ = ("_due_of", "_heap", "_live_max")

    def __init__(self, due_of: Callable[[Timer, int | str], int | None]) -> None:
        self._heap: list[Entry] = []
        self._due_of = due_of
        self._live_max = SLACK

    def set(self, due_ms: int, kind: Timer, whose: int | str) -> None:
        """Note a deadline; the state must already name the same time."""
        heappush(self._heap, (due_ms, kind, whose))
        if len(self._heap) > self._live_max:
            self._rebuild()

    def next(self) -> Entry | None:
        """The earliest deadline that still holds."""
        heap = self._heap
        while heap:
            due_ms, kind, whose = heap[0]
            if self._due_of(kind, whose) == due_ms:
                return heap[0]
            heappop(heap)
        return None

    def pop(self) -> None:
        """Drop the entry that `next` returned."""
        heappop(self._heap)

    def _rebuild(self) -> None:
        # Twice the live ones plus slack: the cost of a rebuild is spread over as many entries as it keeps.
        live = {entry for entry in self._heap if self._due_of(entry[1], entry[2]) == entry[0]}
        self._heap = list(live)
        heapify(self._heap)
        self._live_max = 2 * len(live) + SLACK
