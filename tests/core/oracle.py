"""What should be true, worked out anew and slowly from the commands alone: the judge of the stateful test.

It shares no code with the desk and keeps no index: every question is a scan. Each method is one command and returns
the code of the refusal it predicts, or an empty word.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from agentdesk.core.model import AgentConfig, DeskConfig, QueueConfig

WAITING, OFFERED, ACTIVE, HELD, SNOOZED, WRAPPING = "queued", "offered", "active", "held", "snoozed", "wrapping"
TALKING = (ACTIVE, HELD, SNOOZED)


@dataclass
class Person:
    """An agent."""

    config: AgentConfig
    touched: int
    presence: str = "offline"
    sessions: int = 0
    gone_since: int | None = None
    missed: int = 0


@dataclass
class Thing:
    """An interaction."""

    id: int
    channel: str
    queue: str
    priority: int
    since: int
    skills: dict[str, int]
    state: str = WAITING
    owner: str | None = None
    offered: str | None = None
    offer: int = 0
    expires: int = 0
    refused: list[str] = field(default_factory=list)
    rests: int | None = None
    prefer: str | None = None
    away: int | None = None
    until: int = 0
    close_at: int | None = None
    saved: str = ""
    said: list[tuple[int, str, str]] = field(default_factory=list)


class Oracle:
    """The desk as it should be."""

    def __init__(self, desk: DeskConfig, queues: list[QueueConfig]) -> None:
        self.desk = desk
        self.queues = {queue.id: queue for queue in queues}
        self.people: dict[str, Person] = {}
        self.things: dict[int, Thing] = {}
        self.closed: dict[int, str] = {}
        self.touches = 0
        self.made = 0
        self.offers = 0
        self.messages = 0
        self.now = 0

    # --- who can take what --------------------------------------------------------------------------------------

    def weight(self, thing: Thing) -> int:
        return self.desk.weights.get(thing.channel, 1)

    def carried(self, name: str) -> list[Thing]:
        return [
            t
            for t in self.things.values()
            if t.offered == name or (t.owner == name and t.state in (ACTIVE, HELD, WRAPPING))
        ]

    def load(self, name: str) -> int:
        return sum(self.weight(t) for t in self.carried(name))

    def there(self, person: Person) -> bool:
        return person.presence == "available" and person.sessions > 0

    def has_room(self, name: str, thing: Thing) -> bool:
        config = self.people[name].config
        limit = config.channel_max.get(thing.channel, 10**9)
        same = [t for t in self.carried(name) if t.channel == thing.channel]
        return self.load(name) + self.weight(thing) <= config.capacity and len(same) < limit

    def able(self, thing: Thing) -> list[str]:
        """Who is there with the queue and the skills, busy or not."""
        return [
            name
            for name, person in self.people.items()
            if self.there(person)
            and (not person.config.queues or thing.queue in person.config.queues)
            and all(person.config.skills.get(skill, 0) >= level for skill, level in thing.skills.items())
        ]

    def takers(self, thing: Thing) -> list[str]:
        """Of those, who may be asked now, longest idle first."""
        names = [n for n in self.able(thing) if n not in thing.refused and self.has_room(n, thing)]
        return sorted(names, key=lambda name: self.people[name].touched)

    def line(self) -> list[Thing]:
        """Everything that waits, best placed first."""
        waiting = [t for t in self.things.values() if t.state == WAITING]
        return sorted(waiting, key=lambda t: (t.since - t.priority * self.desk.priority_s * 1000, t.id))

    def route(self) -> None:
        """What follows until nothing more can be matched."""
        for thing in self.line():
            able = self.able(thing)
            if thing.rests is None and able and all(name in thing.refused for name in able):
                if self.desk.refused_pause_s:
                    thing.rests = self.now + self.desk.refused_pause_s * 1000
                else:
                    thing.refused = []
        while self._offer_next():
            pass

    def _offer_next(self) -> bool:
        for thing in self.line():
            if thing.prefer is not None and thing.prefer in self.takers(thing):
                self.reserve(thing, thing.prefer)
                return True
        for thing in self.line():
            takers = self.takers(thing)
            if takers:
                self.reserve(thing, takers[0])
                return True
        return False

    # --- small steps --------------------------------------------------------------------------------------------

    def touch(self, name: str | None) -> None:
        if name in self.people:
            self.touches += 1
            self.people[name].touched = self.touches

    def reserve(self, thing: Thing, name: str) -> None:
        self.offers += 1
        queue = self.queues[thing.queue]
        thing.rests = None
        thing.state, thing.offered, thing.offer = OFFERED, name, self.offers
        thing.expires = self.now + queue.offer_timeout_s * 1000
        self.touch(name)
        if queue.auto_accept:
            self.take(thing)

    def take(self, thing: Thing) -> None:
        assert thing.offered is not None
        self.people[thing.offered].missed = 0
        thing.state, thing.owner, thing.offered = ACTIVE, thing.offered, None
        thing.refused, thing.prefer = [], None

    def back(self, thing: Thing, prefer: str | None = None) -> None:
        """To its old place in the line."""
        if thing.owner is not None and thing.state != SNOOZED:
            self.touch(thing.owner)
        thing.state, thing.owner, thing.prefer = WAITING, None, prefer

    def unoffer(self, thing: Thing) -> None:
        if thing.offered is not None:
            self.touch(thing.offered)
            thing.offered = None

    def refuse(self, thing: Thing) -> str:
        name = thing.offered
        assert name is not None
        self.unoffer(thing)
        thing.refused.append(name)
        self.back(thing, None if thing.prefer == name else thing.prefer)
        return name

    def take_offers_from(self, name: str) -> None:
        for thing in sorted(self.things.values(), key=lambda t: t.offer):
            if thing.offered == name:
                self.unoffer(thing)
                self.back(thing, thing.prefer)

    def close(self, thing: Thing, how: str) -> None:
        if thing.owner is not None:
            self.touch(thing.owner)
        self.closed[thing.id] = how
        del self.things[thing.id]

    def finish_talking(self, thing: Thing) -> None:
        if thing.state == SNOOZED:
            self.touch(thing.owner)
        queue = self.queues[thing.queue]
        thing.close_at = self.now + queue.wrapup_s * 1000 if queue.wrapup_s else None
        if thing.owner is None or queue.wrapup == "none":
            self.close(thing, "closed")
        else:
            thing.state = WRAPPING

    def gone(self, name: str | None) -> bool:
        person = self.people.get(name or "")
        return person is None or (person.sessions == 0 and person.gone_since is None)

    # --- time ---------------------------------------------------------------------------------------------------

    def due(self) -> list[tuple[int, int, int | str]]:
        """Every deadline: when, which kind (the order of kinds matters at the same moment), whose."""
        times: list[tuple[int, int, int | str]] = []
        for thing in self.things.values():
            if thing.state == OFFERED:
                times.append((thing.expires, 0, thing.id))
            if thing.state == WRAPPING and thing.close_at is not None:
                times.append((thing.close_at, 1, thing.id))
            if thing.state in (WAITING, OFFERED) and thing.away is not None:
                times.append((thing.away + self.desk.customer_grace_s * 1000, 3, thing.id))
            if thing.state == SNOOZED:
                times.append((thing.until, 4, thing.id))
        times += [(thing.rests, 5, thing.id) for thing in self.things.values() if thing.rests is not None]
        for name, person in self.people.items():
            if person.gone_since is not None:
                times.append((person.gone_since + self.desk.agent_grace_s * 1000, 2, name))
        return times

    def pass_time(self, now: int) -> None:
        """Everything that is due by now, earliest first."""
        self.now = now
        while True:
            due = [entry for entry in self.due() if entry[0] <= now]
            if not due:
                return
            _, kind, whose = min(due, key=lambda entry: entry[:2] + (str(entry[2]).zfill(9),))
            self._happen(kind, whose)
            self.route()

    def _happen(self, kind: int, whose: int | str) -> None:
        if kind == 2:
            self._lose(str(whose))
            return
        thing = self.things[int(whose)]
        if kind == 0:
            self._miss(thing)
        elif kind == 1:
            self.close(thing, "closed")
        elif kind == 3:
            self.unoffer(thing)
            self.close(thing, "abandoned")
        elif kind == 5:
            thing.refused, thing.rests = [], None
        else:
            self._wake(thing)

    def _miss(self, thing: Thing) -> None:
        name = self.refuse(thing)
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

    def _wake(self, thing: Thing) -> None:
        if self.gone(thing.owner):
            self.back(thing, thing.owner)
        else:
            self.touch(thing.owner)
            thing.state = ACTIVE

    # --- commands of the server ---------------------------------------------------------------------------------

    def configure(self, config: AgentConfig) -> str:
        if config.id not in self.people:
            self.touches += 1
            self.people[config.id] = Person(config, self.touches)
        self.people[config.id].config = config
        return ""

    def remove(self, name: str) -> str:
        if name not in self.people:
            return "unknown"
        self.take_offers_from(name)
        for thing in [t for t in self.things.values() if t.owner == name]:
            if thing.state == WRAPPING:
                self.close(thing, "closed")
            else:
                self.back(thing)
        del self.people[name]
        return ""

    def connect(self, name: str) -> str:
        if name not in self.people:
            return "unknown"
        person = self.people[name]
        if person.sessions == 0 and person.presence == "available":
            self.touch(name)
        person.sessions += 1
        person.gone_since = None
        return ""

    def disconnect(self, name: str) -> str:
        if name not in self.people:
            return "unknown"
        person = self.people[name]
        if person.sessions:
            person.sessions -= 1
            if not person.sessions:
                self._last_session_gone(name)
        return ""

    def restart(self) -> str:
        for name, person in self.people.items():
            if person.sessions:
                person.sessions = 0
                self._last_session_gone(name)
        return ""

    def _last_session_gone(self, name: str) -> None:
        person = self.people[name]
        holds = any(t.owner == name for t in self.things.values())
        if holds or person.presence != "offline":
            person.gone_since = self.now
        self.take_offers_from(name)

    # --- commands of agents -------------------------------------------------------------------------------------

    def presence(self, name: str, presence: str) -> str:
        if name not in self.people:
            return "unknown"
        person = self.people[name]
        if person.presence == presence:
            return ""
        was_there = self.there(person)
        person.presence = presence
        if presence == "available":
            person.missed = 0
            if not was_there and self.there(person):
                self.touch(name)
        else:
            self.take_offers_from(name)
        return ""

    def mine(self, name: str, thing_id: int, *states: str) -> str:
        thing = self.things.get(thing_id)
        if thing is None:
            return "closed" if thing_id in self.closed else "unknown"
        if thing.owner != name and name != "boss":
            return "not_permitted"
        return "" if thing.state in states else "wrong_state"

    def offer_refusal(self, name: str, offer: int) -> str:
        thing = next((t for t in self.things.values() if t.offered is not None and t.offer == offer), None)
        if thing is None:
            return "too_late" if 0 < offer <= self.offers else "unknown"
        return "" if thing.offered == name else "not_permitted"

    def accept(self, name: str, offer: int) -> str:
        refusal = self.offer_refusal(name, offer)
        if not refusal:
            self.take(next(t for t in self.things.values() if t.offered == name and t.offer == offer))
        return refusal

    def decline(self, name: str, offer: int) -> str:
        refusal = self.offer_refusal(name, offer)
        if not refusal:
            self.refuse(next(t for t in self.things.values() if t.offered == name and t.offer == offer))
            self.people[name].missed = 0
        return refusal

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
        self._say(thing, name, client_id)
        return ""

    def _say(self, thing: Thing, author: str, client_id: str) -> None:
        self.messages += 1
        thing.said.append((self.messages, author, client_id))

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
            thing.state = ACTIVE
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
        self.back(thing, agent or None)
        thing.queue = queue or thing.queue
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
        return "" if self.there(self.people[agent]) and self.has_room(agent, thing) else "no_capacity"

    # --- commands of channels -----------------------------------------------------------------------------------

    def start(self, channel: str, queue: str, priority: int) -> str:
        if channel not in self.queues[queue].channels:
            return "invalid"
        if sum(t.queue == queue and t.state == WAITING for t in self.things.values()) >= self.desk.waiting_max:
            return "too_many"
        self.made += 1
        self.things[self.made] = Thing(self.made, channel, queue, priority, self.now, self.queues[queue].skills)
        return ""

    def live(self, thing_id: int) -> str:
        if thing_id in self.things:
            return ""
        return "closed" if thing_id in self.closed else "unknown"

    def receive(self, thing_id: int, client_id: str) -> str:
        refusal = self.live(thing_id)
        if refusal:
            return refusal
        thing = self.things[thing_id]
        if any(said[1:] == ("", client_id) for said in thing.said):
            return ""
        thing.away = None
        if thing.state == SNOOZED:
            self._wake(thing)
        elif thing.state == WRAPPING:
            thing.state = ACTIVE
            if self.gone(thing.owner):
                self.back(thing, thing.owner)
        self._say(thing, "", client_id)
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
            self.unoffer(thing)
            self.close(thing, "abandoned")
        elif thing.state in TALKING:
            self.finish_talking(thing)
        return ""
