"""What is due when."""

from __future__ import annotations

from tests.core.oracle.choice import Choice
from tests.core.oracle.things import ACTIVE, HELD, OFFERED, SNOOZED, WAITING, WRAPPING, Thing

OFFER, WRAPUP, AGENT_GRACE, CUSTOMER_GRACE, SNOOZE, REST, RING, AFFINITY, OVERFLOW, SILENT = range(10)
"""In the order in which things happen that are due at the same moment; of one kind, by number."""

Due = tuple[int, int, int | str]
"""When, what, whose."""


class Clock(Choice):
    """Deadlines, and what follows from them."""

    def due(self) -> list[Due]:
        """Every deadline."""
        grace = self.desk.agent_grace_s * 1000
        gone = [(n, p.gone_since) for n, p in self.people.items() if p.gone_since is not None]
        times: list[Due] = [(since + grace, AGENT_GRACE, name) for name, since in gone]
        for thing in self.things.values():
            times += self._due_of(thing)
        return times

    def _due_of(self, thing: Thing) -> list[Due]:
        times: list[tuple[int, int]] = []
        if thing.state == OFFERED:
            times.append((thing.expires, OFFER))
        if thing.state == WRAPPING and thing.close_at is not None:
            times.append((thing.close_at, WRAPUP))
        if thing.state in (WAITING, OFFERED) and thing.away is not None:
            times.append((thing.away + self.desk.customer_grace_s * 1000, CUSTOMER_GRACE))
        if thing.state == SNOOZED:
            times.append((thing.until, SNOOZE))
        if thing.state == ACTIVE and thing.quiet is not None and self._may_lighten(thing):
            times.append((thing.quiet + self.desk.silent_after_s * 1000, SILENT))
        if thing.state == WAITING:
            times += self._due_in_line(thing)
        return [(at, kind, thing.id) for at, kind in times]

    def _may_lighten(self, thing: Thing) -> bool:
        if not self.desk.silent_after_s or thing.full is not None:
            return False
        return self.desk.silent_weights.get(thing.channel, thing.weight) < thing.weight

    def _due_in_line(self, thing: Thing) -> list[tuple[int, int]]:
        times: list[tuple[int, int]] = []
        rings = self.queues[thing.queue].rings
        if thing.rests is not None:
            times.append((thing.rests, REST))
        if thing.ring < len(rings):
            times.append((thing.entered + rings[thing.ring].after_s * 1000, RING))
        if thing.alone_until is not None:
            times.append((thing.alone_until, AFFINITY))
        after = [after_s for after_s, _, _ in self.ways_out(thing)]
        if after:
            times.append((thing.entered + min(after) * 1000, OVERFLOW))
        return times

    def ways_out(self, thing: Thing) -> list[tuple[int, str, str]]:
        """After how long it overflows, to which queue and channel."""
        ways = []
        for overflow in self.queues[thing.queue].overflow:
            to = self.lead(overflow.to.queue, overflow.to.channel, thing.queue, thing.channel)
            if overflow.after_s is not None and to is not None:
                ways.append((overflow.after_s, *to))
        return ways

    def lead(self, queue: str, channel: str, here: str, now: str) -> tuple[str, str] | None:
        """Where a route takes what is here and in this channel now, unless nowhere."""
        to = (queue or here, channel or now)
        if to == (here, now) or to[0] not in self.queues or to[1] not in self.queues[to[0]].channels:
            return None
        return to

    def pass_time(self, now: int) -> None:
        """Everything that is due by now, earliest first."""
        self.now = now
        while True:
            due = [entry for entry in self.due() if entry[0] <= now]
            if not due:
                return
            _, kind, whose = min(due, key=lambda entry: (*entry[:2], str(entry[2]).zfill(9)))
            if kind == AGENT_GRACE:
                self._lose(str(whose))
            else:
                self._happen(kind, self.things[int(whose)])
            self.route()

    def _happen(self, kind: int, thing: Thing) -> None:
        what = {
            OFFER: self._miss,
            WRAPUP: lambda thing: self.close(thing, "closed"),
            CUSTOMER_GRACE: self.abandon,
            SNOOZE: self.wake,
            REST: self._rested,
            RING: self.open_rings,
            AFFINITY: self._waited_for_one,
            OVERFLOW: self._waited_too_long,
            SILENT: self._lighten,
        }
        what[kind](thing)

    def _rested(self, thing: Thing) -> None:
        thing.refused, thing.rests = [], None

    def _waited_for_one(self, thing: Thing) -> None:
        thing.alone_until = None

    def _waited_too_long(self, thing: Thing) -> None:
        _, queue, channel = min(self.ways_out(thing), key=lambda way: way[0])
        self.overflow(thing, queue, channel)

    def _lighten(self, thing: Thing) -> None:
        thing.full, thing.weight = thing.weight, self.desk.silent_weights[thing.channel]

    def _miss(self, thing: Thing) -> None:
        name = self.refuse(thing, "missed")
        person = self.people[name]
        person.missed += 1
        if self.desk.missed_offers_max and person.missed >= self.desk.missed_offers_max:
            person.presence = "not_responding"
            thing.refused.remove(name)
            self.take_offers_from(name)

    def _lose(self, name: str) -> None:
        self.people[name].gone_since = None
        self.people[name].presence = "offline"
        for thing in self.things.values():
            if thing.owner == name and thing.state in (ACTIVE, HELD):
                self.back(thing, name)
