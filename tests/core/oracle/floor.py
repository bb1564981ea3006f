"""Who could take what, and in which order everything waits."""

from __future__ import annotations

from agentdesk.core.model import DeskConfig, QueueConfig
from tests.core.oracle.things import ACTIVE, HELD, WAITING, WRAPPING, Person, Place, Thing

Skills = dict[str, int]


class Floor:
    """All that is known, and questions about it."""

    def __init__(self, desk: DeskConfig, queues: list[QueueConfig]) -> None:
        self.desk = desk
        self.queues = {queue.id: queue for queue in queues}
        self.hours: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        self.things: dict[int, Thing] = {}
        self.left: dict[tuple[str, str], Place] = {}
        self.closed: dict[int, str] = {}
        self.last_offered: dict[str, str] = {}
        self.traces: dict[int, tuple[tuple[object, ...], list[str]]] = {}
        self.touches = 0
        self.made = 0
        self.offers = 0
        self.messages = 0
        self.now = 0

    # --- the line -------------------------------------------------------------------------------------------------

    def rank(self, thing: Thing) -> tuple[int, int]:
        service_level_s = self.queues[thing.queue].service_level_s
        aged = thing.since - thing.priority * self.desk.priority_s * 1000
        return (aged + service_level_s * self.desk.slack_percent * 10, thing.place)

    def line(self) -> list[Thing]:
        """Everything that waits, best placed first."""
        return sorted((t for t in self.things.values() if t.state == WAITING), key=self.rank)

    # --- rule 1: available ----------------------------------------------------------------------------------------

    def there(self, name: str) -> bool:
        person = self.people.get(name)
        return person is not None and person.presence == "available" and person.sessions > 0

    def signed_in(self, name: str) -> bool:
        return self.people[name].presence != "offline" and self.people[name].sessions > 0

    # --- rule 2: able, in a ring that is open ---------------------------------------------------------------------

    def has(self, name: str, skills: Skills) -> bool:
        own = self.people[name].config.skills
        return all(own.get(skill, 0) >= level for skill, level in skills.items())

    def has_queue(self, name: str, queue: str) -> bool:
        queues = self.people[name].config.queues
        return not queues or queue in queues

    def skills_in(self, thing: Thing, ring: int) -> Skills:
        """What it asks for once this ring is open."""
        skills = dict(thing.skills)
        for step in self.queues[thing.queue].rings[:ring]:
            skills.update(step.skills)
        return {skill: level for skill, level in skills.items() if level > 0}

    def comes_in(self, name: str, thing: Thing, ring: int) -> bool:
        """Whether the rings up to this one let the agent in, whatever their skills."""
        steps = self.queues[thing.queue].rings[:ring]
        return (
            self.has_queue(name, thing.queue)
            or any(set(step.queues) & set(self.people[name].config.queues) for step in steps)
            or any(name in step.agents for step in steps)
            or any(step.any_agent for step in steps)
        )

    def circle(self, thing: Thing, ring: int) -> list[str]:
        """Everybody who could take it by queue and skills once this ring is open."""
        before = self.circle(thing, ring - 1) if ring else []
        skills = self.skills_in(thing, ring)
        new = [n for n in self.people if n not in before and self.has(n, skills) and self.comes_in(n, thing, ring)]
        return before + new

    def able(self, thing: Thing) -> list[str]:
        """Who is there in the rings that are open, busy or not."""
        return [name for name in self.circle(thing, thing.ring) if self.there(name)]

    # --- rule 3: room ---------------------------------------------------------------------------------------------

    def carried(self, name: str) -> list[Thing]:
        return [
            t
            for t in self.things.values()
            if t.offered == name or (t.owner == name and t.state in (ACTIVE, HELD, WRAPPING))
        ]

    def load(self, name: str) -> int:
        return sum(t.weight for t in self.carried(name))

    def has_room(self, name: str, thing: Thing) -> bool:
        config, carried = self.people[name].config, self.carried(name)
        interrupted = self.desk.interrupts.get(thing.channel, ())
        counted = sum(t.weight for t in carried if t.channel not in interrupted)
        same = sum(t.channel == thing.channel for t in carried)
        limit = config.channel_max.get(thing.channel, 10**9)
        weight = thing.weight if thing.full is None else thing.full
        return counted + weight <= config.capacity and same + 1 <= limit

    # --- all rules ------------------------------------------------------------------------------------------------

    def could(self, name: str, thing: Thing) -> bool:
        """Rules 2 to 5: whether an agent who asks could have it."""
        return (
            name in self.circle(thing, thing.ring)
            and self.has_room(name, thing)
            and name not in thing.refused
            and (thing.alone_until is None or thing.prefer == name)
        )

    def takers(self, thing: Thing) -> list[str]:
        """Rules 1 to 6: who may be offered it."""
        if self.queues[thing.queue].pull:
            return []
        return [name for name in self.people if self.there(name) and self.could(name, thing)]
