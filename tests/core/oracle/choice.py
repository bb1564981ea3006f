"""Which agent, and one step at a time until nothing changes."""

from __future__ import annotations

from agentdesk.core.model import Strategy
from tests.core.oracle.moves import Moves
from tests.core.oracle.things import Thing


class Choice(Moves):
    """The desk's routing."""

    def best(self, thing: Thing, names: list[str]) -> str:
        """By the strategy of its queue; ties go to the longest idle."""
        return min(names, key=lambda name: (self.figure(thing, name), self.people[name].touched))

    def figure(self, thing: Thing, name: str) -> object:
        """What the strategy compares; the smallest wins."""
        person, strategy = self.people[name], self.queues[thing.queue].strategy
        if strategy is Strategy.LEAST_OCCUPIED:
            return self.load(name) * 1000 // person.config.capacity if person.config.capacity else 1000
        if strategy is Strategy.MOST_SKILLED:
            return -sum(person.config.skills.get(skill, 0) for skill in thing.skills)
        if strategy is Strategy.FEWEST_HANDLED:
            return person.ledger["accepted"] if person.day == self.today() else 0
        if strategy is Strategy.ROUND_ROBIN:
            return (name <= self.last_offered.get(thing.queue, ""), name)
        return 0

    def route(self) -> None:
        while self._rest() or self._release() or self._skip() or self._preferred() or self._anybody():
            pass

    def _rest(self) -> bool:
        for thing in self.line():
            able = self.able(thing)
            if thing.rests is None and able and all(name in thing.refused for name in able):
                if self.desk.refused_pause_s:
                    thing.rests = self.now + self.desk.refused_pause_s * 1000
                else:
                    thing.refused = []
                return True
        return False

    def _release(self) -> bool:
        for thing in self.line():
            if thing.alone_until is not None and not self.there(thing.prefer or ""):
                thing.alone_until = None
                return True
        return False

    def _skip(self) -> bool:
        for thing in self.line():
            if any(self.signed_in(name) for name in self.circle(thing, thing.ring)):
                continue
            for ring in range(thing.ring + 1, len(self.queues[thing.queue].rings) + 1):
                if any(self.signed_in(name) for name in self.circle(thing, ring)):
                    thing.ring = ring
                    return True
        return False

    def _preferred(self) -> bool:
        for thing in self.line():
            if thing.prefer is not None and thing.prefer in self.takers(thing):
                self._explain(thing, "preferred" if thing.alone_until is None else "affinity")
                self.reserve(thing, thing.prefer)
                return True
        return False

    def _anybody(self) -> bool:
        for thing in self.line():
            takers = self.takers(thing)
            if takers:
                self._explain(thing, self.queues[thing.queue].strategy.value)
                self.reserve(thing, self.best(thing, takers))
                return True
        return False

    def _explain(self, thing: Thing, how: str) -> None:
        """What the trace of the next offer has to say: how, where in the line and ring, and who was in question."""
        circle = [name for name in self.circle(thing, thing.ring) if self.signed_in(name)]
        score_s = (self.now - self.rank(thing)[0]) // 1000
        counts = (len(circle), len(self.able(thing)), len(thing.refused))
        rivals = [n for n in self.able(thing) if self.has_room(n, thing) and n not in thing.refused]
        self.traces[self.offers + 1] = (how, score_s, thing.ring, *counts), rivals
