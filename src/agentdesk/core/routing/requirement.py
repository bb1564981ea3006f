"""What waits, grouped by what it needs: all interactions that the same agents can take.

Ageing is a constant: an interaction's rank is its time in the queue less what its priority is worth, so the order
never changes by waiting. New ones of one priority come in order of time and stand in a lane; only those that return
to an old place need a heap.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heapify, heappop, heappush, merge
from itertools import chain
from typing import Any

from agentdesk.core.model import QueueConfig
from agentdesk.core.routing.circle import Circle, Skills
from agentdesk.core.routing.idle import Fit, Order

Entry = list[Any]
"""Rank, place, turn, interaction id, since when it waits, its requirement or None once it no longer waits, whom it
waits for alone, if for somebody, and its priority.

The smallest rank and place go first; the turn is different each time, so the rest is never compared. A list, because
that it is over is noted in it wherever it still stands.
"""

RANK, ID, SINCE, REQUIREMENT, ALONE, PRIORITY = 0, 3, 4, 5, 6, 7

SLACK = 64
"""Outdated entries kept beyond the live ones."""

LANES_MAX = 8
"""Priorities beyond which empty lanes are dropped."""


class Requirement:
    """Interactions of one queue, channel, weight, skills and ring.

    Under its `base` hang those that just some agents `refused`, those of them that `rests` and are not to be offered to
    the same again for now, and those that each wait for one agent `alone`; each is dropped when it is empty. `head` is
    the first in line. `able` are the agents in the circle (as bits), whether they are there or not; `order` finds who
    comes first of those with room. What leaves is dropped when it would come first.
    """

    __slots__ = (
        "_back", "_entries", "_lanes", "able", "alone", "base", "count", "fit", "head", "how", "order", "queue",
        "refused", "rests", "ring", "skills", "under", "ways",
    )  # fmt: skip

    def __init__(self, queue: QueueConfig, skills: Skills, fit: Fit, ring: int, ways: Circle) -> None:
        self.queue = queue
        self.skills = skills
        self.fit = fit
        self.ring = ring
        self.ways = ways
        self.how = queue.strategy.value
        self.base: Requirement = self
        self.refused: frozenset[str] = frozenset()
        self.rests = False
        self.alone = False
        self.able = 0
        self.order = Order()
        self.under: dict[tuple[frozenset[str], bool, bool], Requirement] = {}
        self.count = 0
        self.head: Entry | None = None
        self._lanes: dict[int, deque[Entry]] = {}
        self._back: list[Entry] = []
        self._entries = 0

    def below(self, refused: frozenset[str], rests: bool, alone: bool) -> Requirement:
        """The one under this for those refusals; made when there is none."""
        found = self.under.get((refused, rests, alone))
        if found is None:
            found = self.under[refused, rests, alone] = Requirement(
                self.queue, self.skills, self.fit, self.ring, self.ways
            )
            found.base, found.refused, found.rests, found.alone = self, refused, rests, alone
        return found

    @property
    def everything(self) -> Iterator[Requirement]:
        """This one and all under it."""
        yield self
        yield from self.under.values()

    def add(self, entry: Entry) -> None:
        """One more waits here."""
        self.count += 1
        self._entries += 1
        lane = self._lanes.get(entry[PRIORITY])
        if lane is None:
            lane = self._lanes[entry[PRIORITY]] = deque()
        if lane and entry < lane[-1]:
            heappush(self._back, entry)
        else:
            lane.append(entry)
        if self.head is None or entry < self.head:
            self.head = entry

    def leave(self, entry: Entry) -> None:
        """One no longer waits here."""
        entry[REQUIREMENT] = None
        self.count -= 1
        # The first of each lane is always one that waits.
        lane = self._lanes.get(entry[PRIORITY])
        while lane and lane[0][REQUIREMENT] is None:
            lane.popleft()
            self._entries -= 1
        if entry is self.head:
            self._find_head()
        elif self._entries > 2 * self.count + SLACK:
            self._shrink()

    def oldest(self) -> int | None:
        """Since when the one waits that has waited longest."""
        self._find_head()
        firsts = chain((lane[0] for lane in self._lanes.values() if lane), self._live_back())
        return min((entry[SINCE] for entry in firsts), default=None)

    def line(self) -> Iterator[Entry]:
        """All that wait here, the first in line first."""
        in_order = merge(*self._lanes.values(), sorted(self._live_back()))
        return (entry for entry in in_order if entry[REQUIREMENT] is not None)

    def _find_head(self) -> None:
        head: Entry | None = None
        for lane in self._lanes.values():
            if lane and (head is None or lane[0] < head):
                head = lane[0]
        if len(self._lanes) > LANES_MAX:
            self._lanes = {priority: lane for priority, lane in self._lanes.items() if lane}
        self.head = self._first_back(head) if self._back else head

    def _first_back(self, head: Entry | None) -> Entry | None:
        back = self._back
        while back and back[0][REQUIREMENT] is None:
            heappop(back)
            self._entries -= 1
        return back[0] if back and (head is None or back[0] < head) else head

    def _shrink(self) -> None:
        for priority, lane in self._lanes.items():
            self._lanes[priority] = deque(entry for entry in lane if entry[REQUIREMENT] is not None)
        self._back = list(self._live_back())
        heapify(self._back)
        self._entries = sum(map(len, self._lanes.values())) + len(self._back)

    def _live_back(self) -> Iterator[Entry]:
        return (entry for entry in self._back if entry[REQUIREMENT] is not None)
