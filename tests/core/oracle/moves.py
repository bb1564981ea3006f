"""What happens to one interaction or one agent."""

from __future__ import annotations

from agentdesk.core.model import QueueConfig
from tests.core.oracle.floor import Floor
from tests.core.oracle.things import ACTIVE, COUNTS, OFFERED, SNOOZED, WAITING, WRAPPING, Place, Thing

DAY_MS = 24 * 3600 * 1000


class Moves(Floor):
    """Small steps; each does one thing."""

    # --- of agents ------------------------------------------------------------------------------------------------

    def touch(self, name: str | None) -> None:
        if name in self.people:
            self.touches += 1
            self.people[name].touched = self.touches

    def today(self) -> int:
        return (self.now - self.desk.day_offset_ms) // DAY_MS

    def count(self, name: str | None, what: str) -> None:
        """In the ledger of the day."""
        person = self.people[name or ""]
        if person.day != self.today():
            person.day, person.ledger = self.today(), dict.fromkeys(COUNTS, 0)
        person.ledger[what] += 1

    def gone(self, name: str | None) -> bool:
        person = self.people.get(name or "")
        return person is None or (person.sessions == 0 and person.gone_since is None)

    # --- in the line ----------------------------------------------------------------------------------------------

    def back(self, thing: Thing, prefer: str | None = None, queue: str = "") -> None:
        """To its old place in the line, perhaps that of another queue."""
        if thing.owner is not None and thing.state != SNOOZED:
            self.touch(thing.owner)
        if prefer is None or prefer != thing.prefer:
            thing.alone_until = None
        thing.state, thing.owner, thing.prefer, thing.quiet = WAITING, None, prefer, None
        if thing.full is not None:
            thing.weight, thing.full = thing.full, None
        if queue and queue != thing.queue:
            thing.queue, thing.entered, thing.ring = queue, self.now, 0
        self.open_rings(thing)

    def open_rings(self, thing: Thing) -> None:
        """Every ring whose time has come."""
        rings = self.queues[thing.queue].rings
        thing.ring = min(thing.ring, len(rings))
        while thing.ring < len(rings) and thing.entered + rings[thing.ring].after_s * 1000 <= self.now:
            thing.ring += 1

    def overflow(self, thing: Thing, queue: str, channel: str) -> None:
        """Into the line of another queue, or on in another channel."""
        if channel != thing.channel:
            thing.channel, thing.away, thing.weight = channel, None, self.desk.weights.get(channel, 1)
        thing.skills = carried_over(thing.skills, self.queues[thing.queue], self.queues[queue])
        thing.queue, thing.entered, thing.ring = queue, self.now, 0
        thing.refused, thing.rests, thing.alone_until = [], None, None
        self.open_rings(thing)

    # --- offers ---------------------------------------------------------------------------------------------------

    def reserve(self, thing: Thing, name: str, pulled: str = "") -> None:
        """Offer it; where the queue accepts for its agents, or they asked for it, it is theirs at once."""
        assert self.has_room(name, thing), (name, thing)
        self.offers += 1
        queue = self.queues[thing.queue]
        thing.rests = None
        thing.state, thing.offered, thing.offer, thing.offer_ring = OFFERED, name, self.offers, thing.ring
        thing.expires = self.now + queue.offer_timeouts.get(thing.channel, queue.offer_timeout_s) * 1000
        self.last_offered[queue.id] = name
        self.touch(name)
        self.count(name, "offered")
        if pulled:
            self.count(name, pulled)
        if pulled or queue.auto_accept:
            self.take(thing)

    def take(self, thing: Thing) -> None:
        assert thing.offered is not None
        self.people[thing.offered].missed = 0
        self.count(thing.offered, "accepted")
        thing.owner, thing.offered = thing.offered, None
        thing.refused, thing.prefer, thing.alone_until = [], None, None
        self.take_up(thing)

    def take_up(self, thing: Thing) -> None:
        """Active: the customer's silence counts from here, unless they are owed a reply."""
        thing.state = ACTIVE
        if not thing.owed:
            thing.quiet = self.now

    def unoffer(self, thing: Thing) -> None:
        if thing.offered is not None:
            self.touch(thing.offered)
            thing.offered = None

    def refuse(self, thing: Thing, how: str) -> str:
        name = thing.offered
        assert name is not None
        self.unoffer(thing)
        self.count(name, how)
        thing.refused.append(name)
        self.back(thing, None if thing.prefer == name else thing.prefer)
        return name

    def take_offers_from(self, name: str) -> None:
        for thing in sorted(self.things.values(), key=lambda t: t.offer):
            if thing.offered == name:
                self.unoffer(thing)
                self.back(thing, thing.prefer)

    # --- the end --------------------------------------------------------------------------------------------------

    def close(self, thing: Thing, how: str) -> None:
        if thing.owner is not None:
            self.count(thing.owner, "handled")
            self.touch(thing.owner)
        self.closed[thing.id] = how
        del self.things[thing.id]

    def abandon(self, thing: Thing) -> None:
        self.unoffer(thing)
        if self.desk.return_s:
            place = Place(thing.queue, thing.since, thing.place, thing.entered, self.now)
            self.left[thing.customer, thing.channel] = place
        self.close(thing, "abandoned")

    def finish_talking(self, thing: Thing) -> None:
        if thing.state == SNOOZED:
            self.touch(thing.owner)
        thing.owed = False
        queue = self.queues[thing.queue]
        thing.close_at = self.now + queue.wrapup_s * 1000 if queue.wrapup_s else None
        if thing.owner is None or queue.wrapup == "none":
            self.close(thing, "closed")
        else:
            thing.state = WRAPPING

    def wake(self, thing: Thing) -> None:
        if self.gone(thing.owner):
            self.back(thing, thing.owner)
        else:
            self.touch(thing.owner)
            self.take_up(thing)


def carried_over(skills: dict[str, int], old: QueueConfig, new: QueueConfig) -> dict[str, int]:
    """The new queue's skills, with whatever rules or people had changed of the old one's."""
    result = dict(new.skills)
    for skill in skills.keys() | old.skills.keys():
        if skills.get(skill, 0) != old.skills.get(skill, 0):
            result[skill] = skills.get(skill, 0)
    return {skill: level for skill, level in result.items() if level}
