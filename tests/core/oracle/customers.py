"""The commands of channels, on behalf of customers."""

from __future__ import annotations

from agentdesk.core.model import Then
from tests.core.oracle.clock import Clock
from tests.core.oracle.things import OFFERED, SNOOZED, TALKING, WAITING, WRAPPING, Place, Thing


class Customers(Clock):
    """What customers do."""

    def start(
        self,
        channel: str,
        queue: str,
        priority: int | None = None,
        customer: str = "",
        text: str = "",
        owner: str = "",
        last: str = "",
    ) -> str:
        """`owner` is the attribute of that name, `last` the agent who had the customer last."""
        if channel not in self.queues[queue].channels:
            return "invalid"
        if sum(t.customer == customer for t in self.things.values()) >= self.desk.live_per_customer_max:
            return "too_many"
        thing, prefer = self._first_look(channel, queue, priority, customer, text)
        left = self._place_of(customer, channel)
        self._lead_on(thing, left)
        if sum(t.queue == thing.queue and t.state == WAITING for t in self.things.values()) >= self.desk.waiting_max:
            return "too_many"
        if left is not None:
            thing.since, thing.place = left.since, left.place
            thing.entered = left.entered if left.queue == thing.queue else self.now
            self.open_rings(thing)
        self._wait_for_somebody(thing, prefer, owner, last)
        self.left.pop((customer, channel), None)
        self.made += 1
        self.things[thing.id] = thing
        if text:
            self.say(thing, "", "")
            thing.owed = True
        return ""

    def _first_look(
        self, channel: str, asked: str, priority: int | None, customer: str, text: str
    ) -> tuple[Thing, tuple[str, ...]]:
        """What it is by its queue and the rules; here rules look for one word only."""
        queue, level, skills, prefer = asked, priority, {}, ()
        for rule in self.desk.rules:
            if not rule.when.words or set(rule.when.words) & set(text.split()):
                then: Then = rule.then
                queue = then.queue or queue
                level = level if then.priority is None else then.priority
                skills = {**skills, **then.skills}
                prefer = then.prefer or prefer
                if rule.stop:
                    break
        if queue not in self.queues or channel not in self.queues[queue].channels:
            queue = asked
        config = self.queues[queue]
        thing = Thing(
            id=self.made + 1,
            channel=channel,
            queue=queue,
            customer=customer,
            priority=config.priority if level is None else level,
            since=self.now,
            place=self.made + 1,
            entered=self.now,
            skills={skill: n for skill, n in {**config.skills, **skills}.items() if n},
            weight=self.desk.weights.get(channel, 1),
        )
        self.open_rings(thing)
        return thing, prefer

    def _place_of(self, customer: str, channel: str) -> Place | None:
        place = self.left.get((customer, channel))
        in_time = place is not None and self.now - place.at <= self.desk.return_s * 1000
        return place if in_time else None

    def _lead_on(self, thing: Thing, left: Place | None) -> None:
        """By hours, then by what waits there."""
        hours = self.hours.get(thing.queue, "open")
        if hours != "open":
            queue = self.queues[thing.queue]
            route = queue.closed if hours == "closed" else queue.holiday
            to = self.lead(route.queue, route.channel, thing.queue, thing.channel)
            if to is not None:
                self.overflow(thing, *to)
        if left is not None and left.queue == thing.queue:
            return
        waiting = sum(t.queue == thing.queue and t.state == WAITING for t in self.things.values())
        for overflow in self.queues[thing.queue].overflow:
            to = self.lead(overflow.to.queue, overflow.to.channel, thing.queue, thing.channel)
            if to is not None and overflow.longer_than is not None and waiting > overflow.longer_than:
                self.overflow(thing, *to)
                return

    def _wait_for_somebody(self, thing: Thing, prefer: tuple[str, ...], owner: str, last: str) -> None:
        queue = self.queues[thing.queue]
        theirs = [t for t in self.things.values() if t.customer == thing.customer and t.owner is not None]
        holders = [t.owner for t in sorted(theirs, key=lambda t: -t.id)]
        if queue.affinity_s:
            for name in (owner, *holders, last):
                if name and self.there(name) and self.has_queue(name, queue.id) and self.has(name, queue.skills):
                    thing.prefer, thing.alone_until = name, self.now + queue.affinity_s * 1000
                    return
        thing.prefer = next((name for name in prefer if self.there(name)), None)

    def say(self, thing: Thing, author: str, client_id: str) -> None:
        self.messages += 1
        thing.said.append((self.messages, author, client_id))

    def live(self, thing_id: int) -> str:
        if thing_id in self.things:
            return ""
        return "closed" if thing_id in self.closed else "unknown"

    def receive(self, thing_id: int, client_id: str) -> str:
        refusal = self.live(thing_id)
        if refusal:
            return refusal
        thing = self.things[thing_id]
        if client_id and any(said[1:] == ("", client_id) for said in thing.said):
            return ""
        thing.away = None
        if thing.full is not None:
            thing.weight, thing.full = thing.full, None
        if thing.state == SNOOZED:
            self.wake(thing)
        elif thing.state == WRAPPING:
            self.take_up(thing)
            if self.gone(thing.owner):
                self.back(thing, thing.owner)
        thing.owed, thing.quiet = True, None
        self.say(thing, "", client_id)
        return ""

    def leave(self, thing_id: int) -> str:
        refusal = self.live(thing_id)
        if not refusal and self.things[thing_id].away is None:
            self.things[thing_id].away = self.now
        return refusal

    def come_back(self, thing_id: int) -> str:
        refusal = self.live(thing_id)
        if not refusal:
            self.things[thing_id].away = None
        return refusal

    def customer_ends(self, thing_id: int) -> str:
        refusal = self.live(thing_id)
        if refusal:
            return refusal
        thing = self.things[thing_id]
        if thing.state in (WAITING, OFFERED):
            self.abandon(thing)
        elif thing.state in TALKING:
            self.finish_talking(thing)
        return ""
