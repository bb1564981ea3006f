"""The commands of agents and supervisors; `boss` is a supervisor who is no agent."""

from __future__ import annotations

from tests.core.oracle.customers import Customers
from tests.core.oracle.things import ACTIVE, HELD, OFFERED, SNOOZED, TALKING, WAITING, WRAPPING, Thing

BOSS = "boss"


class Staff(Customers):
    """What agents do."""

    def presence(self, name: str, presence: str) -> str:
        if name not in self.people:
            return "unknown"
        person = self.people[name]
        if person.presence == presence:
            return ""
        was_there = self.there(name)
        person.presence = presence
        if presence == "available":
            person.missed = 0
            if not was_there and self.there(name):
                self.touch(name)
        else:
            self.take_offers_from(name)
        return ""

    # --- offers and the line --------------------------------------------------------------------------------------

    def offer_refusal(self, name: str, offer: int) -> str:
        thing = next((t for t in self.things.values() if t.offered is not None and t.offer == offer), None)
        if thing is None:
            return "too_late" if 0 < offer <= self.offers else "unknown"
        return "" if thing.offered == name else "not_permitted"

    def offered_as(self, offer: int) -> Thing:
        return next(t for t in self.things.values() if t.offered is not None and t.offer == offer)

    def accept(self, name: str, offer: int) -> str:
        refusal = self.offer_refusal(name, offer)
        if not refusal:
            self.take(self.offered_as(offer))
        return refusal

    def decline(self, name: str, offer: int) -> str:
        refusal = self.offer_refusal(name, offer)
        if not refusal:
            self.refuse(self.offered_as(offer), "declined")
            self.people[name].missed = 0
        return refusal

    def take_next(self, name: str, queue: str) -> str:
        if name not in self.people:
            return "unknown"
        if not self.people[name].sessions:
            return "wrong_state"
        if queue and queue not in self.queues:
            return "unknown"
        for thing in self.line():
            if queue in ("", thing.queue) and self.could(name, thing):
                self.reserve(thing, name, "next")
                return ""
        return "no_capacity"

    def pick(self, name: str, thing_id: int) -> str:
        if name not in self.people:
            return "unknown"
        if not self.people[name].config.may_pick:
            return "not_permitted"
        refusal = self.live(thing_id)
        if refusal:
            return refusal
        thing = self.things[thing_id]
        if thing.state != WAITING or not self.people[name].sessions:
            return "wrong_state"
        if not self.has_room(name, thing):
            return "no_capacity"
        self.reserve(thing, name, "picked")
        return ""

    def set_priority(self, name: str, thing_id: int, priority: int) -> str:
        if name != BOSS:
            return "not_permitted"
        refusal = self.live(thing_id)
        if refusal:
            return refusal
        if self.things[thing_id].state not in (WAITING, OFFERED):
            return "wrong_state"
        self.things[thing_id].priority = priority
        return ""

    def set_skills(self, name: str, thing_id: int, skills: dict[str, int]) -> str:
        refusal = self.mine(name, thing_id, WAITING, OFFERED, *TALKING)
        if not refusal:
            self.things[thing_id].skills = {skill: level for skill, level in skills.items() if level}
        return refusal

    # --- what they hold -------------------------------------------------------------------------------------------

    def mine(self, name: str, thing_id: int, *states: str) -> str:
        thing = self.things.get(thing_id)
        if thing is None:
            return "closed" if thing_id in self.closed else "unknown"
        if thing.owner != name and name != BOSS:
            return "not_permitted"
        return "" if thing.state in states else "wrong_state"

    def send(self, name: str, thing_id: int, client_id: str, seen: int | None) -> str:
        refusal = self.mine(name, thing_id, WAITING, OFFERED, WRAPPING, *TALKING)
        if refusal:
            return refusal
        thing = self.things[thing_id]
        if any(said[1:] == (name, client_id) for said in thing.said):
            return ""
        if thing.state not in TALKING:
            return "wrong_state"
        if seen is not None and any(number > seen and author != name for number, author, _ in thing.said):
            return "stale"
        if thing.owed:
            thing.owed, thing.quiet = False, self.now
        self.say(thing, name, client_id)
        return ""

    def end(self, name: str, thing_id: int) -> str:
        refusal = self.mine(name, thing_id, WAITING, OFFERED, *TALKING)
        if not refusal:
            self.unoffer(self.things[thing_id])
            self.finish_talking(self.things[thing_id])
        return refusal

    def complete(self, name: str, thing_id: int, disposition: str) -> str:
        refusal = self.mine(name, thing_id, WRAPPING)
        if refusal:
            return refusal
        queue = self.queues[self.things[thing_id].queue]
        codes = [choice.code for choice in queue.dispositions]
        if (disposition and codes and disposition not in codes) or (not disposition and queue.wrapup == "required"):
            return "invalid"
        self.close(self.things[thing_id], "closed")
        return ""

    def hold(self, name: str, thing_id: int) -> str:
        refusal = self.mine(name, thing_id, ACTIVE)
        if not refusal:
            self.things[thing_id].state = HELD
        return refusal

    def resume(self, name: str, thing_id: int) -> str:
        refusal = self.mine(name, thing_id, HELD, SNOOZED)
        if not refusal:
            thing = self.things[thing_id]
            if thing.state == SNOOZED:
                self.touch(thing.owner)
            self.take_up(thing)
        return refusal

    def snooze(self, name: str, thing_id: int, until: int) -> str:
        refusal = self.mine(name, thing_id, ACTIVE, HELD)
        if refusal:
            return refusal
        if until <= self.now:
            return "invalid"
        thing = self.things[thing_id]
        thing.state, thing.until = SNOOZED, until
        self.touch(thing.owner)
        return ""

    def transfer(self, name: str, thing_id: int, queue: str, agent: str) -> str:
        refusal = self.mine(name, thing_id, WAITING, OFFERED, WRAPPING, *TALKING) or self._cannot_go(
            self.things[thing_id], queue, agent
        )
        if refusal:
            return refusal
        thing = self.things[thing_id]
        self.unoffer(thing)
        owner = thing.owner
        self.back(thing, agent or None, queue)
        thing.skills = self.queues[thing.queue].skills
        thing.refused, thing.rests = [owner] if owner else [], None
        if agent:
            self.reserve(thing, agent)
        return ""

    def _cannot_go(self, thing: Thing, queue: str, agent: str) -> str:
        if not queue and not agent:
            return "invalid"
        if queue and queue not in self.queues:
            return "unknown"
        if thing.channel not in self.queues[queue or thing.queue].channels:
            return "invalid"
        if thing.state == WRAPPING:
            return "wrong_state"
        if not agent:
            return ""
        if agent not in self.people:
            return "unknown"
        if agent in (thing.owner, thing.offered):
            return "invalid"
        return "" if self.there(agent) and self.has_room(agent, thing) else "no_capacity"
