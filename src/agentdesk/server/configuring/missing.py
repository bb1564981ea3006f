"""What settings name and there is none of: agents without an account, skills that nobody has at that level. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agentdesk.config.server import ServerSettings

Skills = Mapping[str, int]


def missing(settings: ServerSettings, agents: Mapping[str, Skills]) -> Iterator[str]:
    """In words, each once. `agents` are the skills of each agent."""
    named = {agent: where for where, names in _named(settings) for agent in names}
    for agent, where in named.items():
        if agent not in agents:
            yield f"{where} names an agent {agent!r}, whom there isn't."
    wanted: dict[str, tuple[int, str]] = {}
    for where, skills in _wanted(settings):
        for skill, level in skills.items():
            if level > wanted.get(skill, (0, ""))[0]:
                wanted[skill] = (level, where)
    for skill, (level, where) in wanted.items():
        best = max((skills.get(skill, 0) for skills in agents.values()), default=0)
        if best < level:
            has = f"the best has {best}" if best else "nobody has it"
            yield f"{where} asks for {skill} at level {level}; {has}."


def _named(settings: ServerSettings) -> Iterator[tuple[str, Iterable[str]]]:
    """Where agents are named."""
    for queue in settings.queues:
        for place, ring in enumerate(queue.rings, 1):
            yield f"Ring {place} of queue {queue.id}", ring.agents
    for rule in settings.rules:
        yield f"Rule {rule.name!r}", rule.then.prefer


def _wanted(settings: ServerSettings) -> Iterator[tuple[str, Skills]]:
    """Where skills are asked for."""
    for queue in settings.queues:
        yield f"Queue {queue.id}", queue.skills
        for place, ring in enumerate(queue.rings, 1):
            yield f"Ring {place} of queue {queue.id}", ring.skills
    for rule in settings.rules:
        yield f"Rule {rule.name!r}", rule.then.skills
