"""Who comes first: a row for each kind of agents, and for each requirement an order over its rows.

Agents with the same queues and skills stand in one `Row`, so being touched costs one push however many requirements
they serve. A requirement keeps its rows in an order of its own by a key that is never above the row's true one; a
key that is too low is put right when it surfaces. So finding the first costs a few steps with two hundred kinds of
agents, and with ten thousand who are all different.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentdesk.core.routing.pool import Candidate

ROW_SLACK = 64
"""Outdated entries a row may hold beyond its live ones."""

SHIFT = 48
"""A key is a strategy's figure above this many bits, and the number of the event that touched the agent last below."""

Key = Callable[["Candidate"], int]
Standing = tuple[int, int, "Candidate"]
"""The key, a stamp nobody else has, and who. With another stamp than the candidate's it is outdated."""


class Fit:
    """What one interaction of a channel costs, and the channels whose weight doesn't count against it.

    `ready` are the agents with room for it, as bits; kept only for a fit that goes around (`Pool.around`).
    """

    __slots__ = ("channel", "interrupts", "ready", "weight")

    def __init__(self, channel: str, weight: int, interrupts: tuple[str, ...] = ()) -> None:
        self.channel = channel
        self.weight = weight
        self.interrupts = interrupts
        self.ready = 0


class Row:
    """The agents of one kind who are there and have room for one fit, the first by the key first."""

    __slots__ = ("_heap", "_most", "fit", "key", "number", "orders")

    def __init__(self, number: int, fit: Fit, key: Key) -> None:
        self.number = number
        self.fit = fit
        self.key = key
        self.orders: list[Order] = []
        self._heap: list[Standing] = []
        self._most = ROW_SLACK

    def add(self, candidate: Candidate, stamp: int) -> None:
        """This agent has room, as of now; what was said of them before is outdated."""
        heap = self._heap
        key = self.key(candidate)
        if not heap or key < heap[0][0]:
            for order in self.orders:
                order.note(self, key)
        heappush(heap, (key, stamp, candidate))
        if len(heap) > self._most:
            self._heap = self.live()
            heapify(self._heap)
            self._most = 2 * len(self._heap) + ROW_SLACK

    def head(self) -> Standing | None:
        """The first."""
        heap = self._heap
        while heap:
            standing = heap[0]
            if standing[2].stamp == standing[1]:
                return standing
            heappop(heap)
        return None

    def live(self) -> list[Standing]:
        """Everyone in the row, in no order."""
        return [standing for standing in self._heap if standing[2].stamp == standing[1]]


class Order:
    """The rows that can serve one requirement, by a key that is at most that of their first.

    A row may stand further back by an `offset`, as when its agents have less of the skills that are asked for.
    """

    __slots__ = ("_heap", "_noted", "_offsets")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Row]] = []
        self._noted: dict[Row, int] = {}
        self._offsets: dict[Row, int] = {}

    def watch(self, row: Row, offset: int = 0) -> None:
        """This row can serve it too."""
        row.orders.append(self)
        if offset:
            self._offsets[row] = offset
        head = row.head()
        if head is not None:
            self.note(row, head[0])

    def note(self, row: Row, key: int) -> None:
        """The row's first is at least this."""
        if self._offsets:
            key += self._offsets.get(row, 0)
        noted = self._noted.get(row)
        if noted is None or key < noted:
            self._noted[row] = key
            heappush(self._heap, (key, row.number, row))

    def first(self) -> Candidate | None:
        """Who comes before all others."""
        heap, noted, offsets = self._heap, self._noted, self._offsets
        while heap:
            key, number, row = heap[0]
            if noted.get(row) != key:
                heappop(heap)
                continue
            head = row.head()
            if head is None:
                heappop(heap)
                del noted[row]
                continue
            true = head[0] + offsets.get(row, 0) if offsets else head[0]
            if true == key:
                return head[2]
            noted[row] = true
            heapreplace(heap, (true, number, row))
        return None

    def first_but(self, refused: Collection[str]) -> Candidate | None:
        """Who comes first of those who have not refused."""
        first = self.first()
        if first is None or first.agent.config.id not in refused:
            return first
        # Whoever refused was touched by that and mostly stands last; only when they are first is it worth a look.
        others = (entry for entry in self.live() if entry[1].agent.config.id not in refused)
        return min(others, key=lambda entry: entry[0], default=(0, None))[1]

    def live(self) -> Iterator[tuple[int, Candidate]]:
        """Everyone who could serve it with their key, in no order."""
        for row in list(self._noted):
            offset = self._offsets.get(row, 0)
            for key, _, candidate in row.live():
                yield key + offset, candidate
