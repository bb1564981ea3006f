"""The commands of the server."""

from __future__ import annotations

from agentdesk.core.model import AgentConfig, DeskConfig, QueueConfig
from tests.core.oracle.staff import Staff
from tests.core.oracle.things import WRAPPING, Person


class Oracle(Staff):
    """The desk as it should be."""

    def configure_desk(self, desk: DeskConfig, queues: list[QueueConfig]) -> str:
        """All queues stay; nothing that waits is in a ring that is no longer there."""
        self.desk = desk
        self.queues = {queue.id: queue for queue in queues}
        for thing in self.line():
            thing.ring = min(thing.ring, len(self.queues[thing.queue].rings))
        return ""

    def set_hours(self, queue: str, hours: str) -> str:
        if queue not in self.queues:
            return "unknown"
        self.hours[queue] = hours
        return ""

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

    def die(self) -> None:
        """The process is gone, and with it what isn't kept: hours, and whose turn it was."""
        self.hours, self.last_offered = {}, {}

    def restart(self) -> str:
        """The next process begins: no session has survived."""
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
