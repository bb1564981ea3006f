"""What waits, grouped by what it needs: one heap for all interactions that the same agents can take.

Ageing is a constant: an interaction's rank is its time in the queue less what its priority is worth, so the order
within a heap never changes by waiting.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

Entry = tuple[int, int, int]
"""Rank, place, interaction id: the smallest goes first."""

HEAP_SLACK = 64
"""Outdated entries a heap may hold beyond its live ones."""


class Fit:
    """What one interaction of a channel costs, and the agents (as bits) who have room for it and are there."""

    __slots__ = ("bit", "channel", "ready", "weight")

    def __init__(self, channel: str, weight: int, bit: int) -> None:
        self.channel = channel
        self.weight = weight
        self.bit = bit
        self.ready = 0


class Requirement:
    """Interactions of one queue, channel, weight and skills; with `refused`, those that just these agents refused.

    `able` are the agents (as bits) with the queue and the skills, whether they are there or not. A requirement
    with refusals hangs under its `base` and is dropped when it is empty.
    """

    __slots__ = ("able", "base", "count", "fit", "heap", "queue", "refused", "skills", "under", "where")

    def __init__(
        self,
        queue: str,
        skills: tuple[tuple[str, int], ...],
        fit: Fit,
        where: dict[int, Requirement],
        base: Requirement | None = None,
        refused: frozenset[str] = frozenset(),
    ) -> None:
        self.queue = queue
        self.skills = skills
        self.fit = fit
        self.where = where
        self.base = base or self
        self.refused = refused
        self.able = 0
        self.heap: list[Entry] = []
        self.count = 0
        self.under: dict[frozenset[str], Requirement] = {}

    def add(self, entry: Entry) -> None:
        """One more waits here."""
        self.where[entry[2]] = self
        self.count += 1
        heappush(self.heap, entry)

    def leave(self, interaction_id: int) -> None:
        """One no longer waits here; its entry is dropped when it surfaces."""
        del self.where[interaction_id]
        self.count -= 1
        if len(self.heap) > 2 * self.count + HEAP_SLACK:
            self.heap = list(set(self.live()))
            heapify(self.heap)

    def head(self) -> Entry | None:
        """The first in line."""
        heap = self.heap
        where = self.where
        while heap:
            entry = heap[0]
            if where.get(entry[2]) is self:
                return entry
            heappop(heap)
        return None

    def live(self) -> list[Entry]:
        """The entries that still wait here, in no order."""
        where = self.where
        return [entry for entry in self.heap if where.get(entry[2]) is self]

    def first(self, count: int) -> list[Entry]:
        """The first `count` in line: the smallest of a heap are found from its top, without looking at the rest."""
        where = self.where
        found: list[Entry] = []
        edge = [(self.heap[0], 0)] if self.heap else []
        while edge and len(found) < count:
            entry, index = heappop(edge)
            if where.get(entry[2]) is self and (not found or found[-1] != entry):
                found.append(entry)
            for child in (2 * index + 1, 2 * index + 2):
                if child < len(self.heap):
                    heappush(edge, (self.heap[child], child))
        return found
