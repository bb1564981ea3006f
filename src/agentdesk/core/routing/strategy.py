"""The strategies as keys: the smallest first, ties to the longest idle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.core.model import Strategy
from agentdesk.core.routing.circle import Circle
from agentdesk.core.routing.idle import SHIFT, Key

if TYPE_CHECKING:
    from agentdesk.core.routing.pool import Candidate, Group

LEVELS_MOST = 5


def idle(candidate: Candidate) -> int:
    """The number of the event that touched the agent last."""
    return candidate.agent.idle_seq


def occupied(candidate: Candidate) -> int:
    """The share of the capacity in use, in thousandths; nobody has less room than who has no capacity at all."""
    agent = candidate.agent
    capacity = agent.config.capacity
    return ((agent.load * 1000 // capacity if capacity else 1000) << SHIFT) + agent.idle_seq


def handled(candidate: Candidate) -> int:
    """How many they took on the day of the router."""
    ledger = candidate.agent.ledger
    taken = ledger.accepted if ledger.day == candidate.pool.day else 0
    return (taken << SHIFT) + candidate.agent.idle_seq


KEYS: dict[Strategy, Key] = {
    Strategy.LONGEST_IDLE: idle,
    Strategy.LEAST_OCCUPIED: occupied,
    Strategy.FEWEST_HANDLED: handled,
    Strategy.MOST_SKILLED: idle,
}
"""By strategy; `ROUND_ROBIN` has no key but a place in a circle of names."""


def skill_offset(group: Group, ways: Circle) -> int:
    """How far back agents of a kind stand where the most skilled come first: all of one kind stand alike."""
    skills = ways[0].skills
    missing = LEVELS_MOST * len(skills) - sum(group.skills.get(skill, 0) for skill, _ in skills)
    return missing << SHIFT
