"""Who could take what of a queue once all its rings are open: all agents, by queue, skill and room. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from agentdesk.core.model import AgentConfig, QueueConfig


class Circle(NamedTuple):
    """Who a ring lets in: agents of these queues, these agents, or all, with these skills."""

    levels: dict[str, int]
    queues: set[str]
    named: set[str]
    any_agent: bool


def circles(queue: QueueConfig, skills: Mapping[str, int]) -> Iterator[Circle]:
    """The queue's own circle and each ring's, for what asks for these skills."""
    circle = Circle(dict(skills), {queue.id}, set(), False)
    yield circle
    for ring in queue.rings:
        circle = Circle(
            {**circle.levels, **ring.skills},
            circle.queues.union(ring.queues),
            circle.named.union(ring.agents),
            circle.any_agent or ring.any_agent,
        )
        yield circle


class Staff:
    """All agents, found by what they have. What was looked up once is kept."""

    def __init__(self, agents: Iterable[AgentConfig]) -> None:
        self._agents = list(agents)
        self._all = {agent.id for agent in self._agents}
        self._everywhere: set[str] = set()
        self._of_queue: dict[str, set[str]] = {}
        for agent in self._agents:
            if not agent.queues:
                self._everywhere.add(agent.id)
            for queue in agent.queues:
                self._of_queue.setdefault(queue, set()).add(agent.id)
        self._skilled: dict[tuple[str, int], set[str]] = {}
        self._roomy: dict[tuple[str, int], set[str]] = {}

    def able(self, queue: QueueConfig, skills: Mapping[str, int]) -> set[str]:
        """Who could take something of a queue that asks for these skills."""
        found: set[str] = set()
        for circle in circles(queue, skills):
            found |= self._inside(circle)
        return found

    def can(self, queue: QueueConfig, skills: Mapping[str, int], channel: str, weight: int) -> bool:
        """Whether anybody could, and has room for it when they hold nothing else."""
        roomy = self._with_room(channel, weight)
        return any(not roomy.isdisjoint(self._inside(circle)) for circle in circles(queue, skills))

    def _inside(self, circle: Circle) -> set[str]:
        if circle.any_agent:
            members = self._all
        else:
            of_queues = (self._of_queue.get(queue, set()) for queue in circle.queues)
            members = self._everywhere.union(circle.named & self._all, *of_queues)
        for skill, level in circle.levels.items():
            if level > 0:
                members = members & self._with_skill(skill, level)
        return members

    def _with_skill(self, skill: str, level: int) -> set[str]:
        found = self._skilled.get((skill, level))
        if found is None:
            found = {agent.id for agent in self._agents if agent.skills.get(skill, 0) >= level}
            self._skilled[skill, level] = found
        return found

    def _with_room(self, channel: str, weight: int) -> set[str]:
        found = self._roomy.get((channel, weight))
        if found is None:
            found = {one.id for one in self._agents if one.capacity >= weight and one.channel_max.get(channel, 1) > 0}
            self._roomy[channel, weight] = found
        return found
