"""Who has been idle longest: a row for each kind of agents, and for each requirement an order over its rows.

Agents with the same queues and skills stand in one `Row`, so being touched costs one push however many requirements
they serve. A requirement keeps its rows in an order of its own by a key that is never above the row's true one; a
key that is too low is put right when it surfaces. So finding the longest idle costs a few steps with two hundred
kinds of agents, and with ten thousand who are all different.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentdesk.core.routing.pool import Candidate

ROW_SLACK = 64
"""Outdated entries a row may hold beyond its live ones."""


Standing = tuple[int, int, "Candidate"]
"""When touched last (a number that only rises), a stamp nobody else has, and who. With another stamp than the
candidate's it is outdated."""


class Fit:
    """What one interaction of a channel costs."""

    __slots__ = ("channel", "weight")

    def __init__(self, channel: str, weight: int) -> None:
        self.channel = channel
        self.weight = weight


class Row:
    """The agents of one kind who are there and have room for one fit, longest idle first."""

    __slots__ = ("_heap", "_latest", "_most", "fit", "number", "orders")

    def __init__(self, number: int, fit: Fit) -> None:
        self.number = number
        self.fit = fit
        self.orders: list[IdleOrder] = []
        self._heap: list[Standing] = []
        self._latest = -1
        self._most = ROW_SLACK

    def add(self, standing: Standing) -> None:
        """This agent has room, as of now; what was said of them before is outdated."""
        key = standing[0]
        if key < self._latest:
            for order in self.orders:
                order.lower(self, key)
        else:
            self._latest = key
            if self.head() is None:
                for order in self.orders:
                    order.note(self, key)
        heappush(self._heap, standing)
        if len(self._heap) > self._most:
            self._heap = self.live()
            heapify(self._heap)
            self._most = 2 * len(self._heap) + ROW_SLACK

    def head(self) -> Standing | None:
        """The longest idle."""
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


class IdleOrder:
    """The rows that can serve one requirement, by a key that is at most that of their longest idle."""

    __slots__ = ("_heap", "_noted")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Row]] = []
        self._noted: set[Row] = set()

    def watch(self, row: Row) -> None:
        """This row can serve it too."""
        row.orders.append(self)
        head = row.head()
        if head is not None:
            self.note(row, head[0])

    def note(self, row: Row, key: int) -> None:
        """The row is no longer empty. If it is still noted from before, its key there is lower, which is as good."""
        if row not in self._noted:
            self._noted.add(row)
            heappush(self._heap, (key, row.number, row))

    def lower(self, row: Row, key: int) -> None:
        """Someone came to stand before others of the row, which happens only when an agent is set up anew."""
        self.note(row, key)
        self._heap = [(min(key, old) if noted is row else old, number, noted) for old, number, noted in self._heap]
        heapify(self._heap)

    def longest(self) -> Standing | None:
        """Who has been idle longest of all."""
        heap = self._heap
        while heap:
            key, number, row = heap[0]
            head = row.head()
            if head is None:
                heappop(heap)
                self._noted.remove(row)
            elif head[0] != key:
                heapreplace(heap, (head[0], number, row))
            else:
                return head
        return None

    def live(self) -> list[Standing]:
        """Everyone who could serve it, in no order."""
        return [standing for row in self._noted for standing in row.live()]
