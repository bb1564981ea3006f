"""What waits, grouped by what it needs: one heap for all interactions that the same agents can take.

Ageing is a constant: an interaction's rank is its time in the queue less what its priority is worth, so the order
within a heap never changes by waiting.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from agentdesk.core.routing.idle import Fit, IdleOrder

Entry = tuple[int, int, int]
"""Rank, place, interaction id: the smallest goes first."""

HEAP_SLACK = 64
"""Outdated entries a heap may hold beyond its live ones."""


class Ages:
    """Since when each interaction of a queue waits. Most come in order of time; those that came back are apart."""

    __slots__ = ("came", "came_back", "latest")

    def __init__(self) -> None:
        self.came: dict[int, int] = {}
        self.came_back: dict[int, int] = {}
        self.latest = 0

    def oldest(self) -> int | None:
        """Since when the one waits that has waited longest."""
        first = next(iter(self.came.values()), None)
        back = min(self.came_back.values(), default=None)
        return min((since for since in (first, back) if since is not None), default=None)


class Requirement:
    """Interactions of one queue, channel, weight and skills; with `refused`, those that just these agents refused.

    `able` are the agents (as bits) with the queue and the skills, whether they are there or not. The top of `heap`
    always waits; what left is dropped when it would come to the top. `idle` finds the agent who has been idle
    longest. A requirement with refusals hangs under its `base` and is dropped when it is empty.
    """

    __slots__ = (
        "able", "ages", "base", "count", "fit", "heap", "idle", "queue", "refused", "skills", "under", "where",
    )  # fmt: skip

    def __init__(
        self,
        queue: str,
        skills: tuple[tuple[str, int], ...],
        fit: Fit,
        ages: Ages,
        where: dict[int, Requirement],
        base: Requirement | None = None,
        refused: frozenset[str] = frozenset(),
    ) -> None:
        self.queue = queue
        self.skills = skills
        self.fit = fit
        self.ages = ages
        self.where = where
        self.base = base or self
        self.refused = refused
        self.able = 0
        self.idle = IdleOrder()
        self.heap: list[Entry] = []
        self.count = 0
        self.under: dict[frozenset[str], Requirement] = {}

    def add(self, entry: Entry, queued_ms: int) -> None:
        """One more waits here."""
        interaction_id = entry[2]
        self.where[interaction_id] = self
        self.count += 1
        heappush(self.heap, entry)
        ages = self.ages
        if queued_ms < ages.latest:
            ages.came_back[interaction_id] = queued_ms
        else:
            ages.latest = queued_ms
            ages.came[interaction_id] = queued_ms

    def leave(self, interaction_id: int) -> None:
        """One no longer waits here."""
        where = self.where
        del where[interaction_id]
        self.count -= 1
        if self.ages.came.pop(interaction_id, None) is None:
            del self.ages.came_back[interaction_id]
        heap = self.heap
        while heap and where.get(heap[0][2]) is not self:
            heappop(heap)
        if len(heap) > 2 * self.count + HEAP_SLACK:
            self.heap = list(set(self.live()))
            heapify(self.heap)

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
