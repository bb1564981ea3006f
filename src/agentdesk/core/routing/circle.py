"""Who may take what, ring by ring: each ring is a step that lets more agents in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from agentdesk.core.model import QueueConfig

Skills = tuple[tuple[str, int], ...]
"""Each skill with the level asked for, in order; none at level 0."""


class Way(NamedTuple):
    """One way into a circle: with these skills, and by one of these queues, by name, or anyhow."""

    skills: Skills
    queues: frozenset[str]
    agents: frozenset[str]
    everybody: bool


Circle = tuple[Way, ...]
"""The ways that are open, the narrowest first."""


def asked(skills: Mapping[str, int]) -> Skills:
    """Skills as an index knows them."""
    return tuple(sorted((skill, level) for skill, level in skills.items() if level > 0))


def circle(queue: QueueConfig, skills: Skills, ring: int) -> Circle:
    """The ways that are open to an interaction of this queue with these skills in this ring."""
    levels, queues, agents, everybody = dict(skills), frozenset((queue.id,)), frozenset[str](), False
    ways = [Way(skills, queues, agents, everybody)]
    for step in queue.rings[:ring]:
        levels |= step.skills
        queues |= frozenset(step.queues)
        agents |= frozenset(step.agents)
        everybody = everybody or step.any_agent
        ways.append(Way(asked(levels), queues, agents, everybody))
    return tuple(dict.fromkeys(ways))
