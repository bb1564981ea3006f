"""Since when the longest waiting of a queue has waited, whatever its priority."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from agentdesk.core.routing.requirement import HEAP_SLACK, Requirement


class Ages:
    """The times at which what waits in one queue began to wait. What left is dropped when it surfaces."""

    __slots__ = ("_count", "_heap", "_queue", "_where")

    def __init__(self, queue: str, where: dict[int, Requirement]) -> None:
        self._queue = queue
        self._where = where
        self._heap: list[tuple[int, int]] = []
        self._count = 0

    def add(self, queued_ms: int, interaction_id: int) -> None:
        """One more waits."""
        self._count += 1
        heappush(self._heap, (queued_ms, interaction_id))

    def leave(self) -> None:
        """One no longer waits."""
        self._count -= 1
        if len(self._heap) > 2 * self._count + HEAP_SLACK:
            self._heap = list({entry for entry in self._heap if self._waits(entry[1])})
            heapify(self._heap)

    def oldest(self) -> int | None:
        """The earliest of the times."""
        while self._heap:
            queued_ms, interaction_id = self._heap[0]
            if self._waits(interaction_id):
                return queued_ms
            heappop(self._heap)
        return None

    def _waits(self, interaction_id: int) -> bool:
        requirement = self._where.get(interaction_id)
        return requirement is not None and requirement.queue == self._queue
