"""Why an offer is made, as of then: a few operations on bit sets."""

from __future__ import annotations

from agentdesk.core.model import RIVALS_MAX, Rival, Strategy, Trace
from agentdesk.core.routing.idle import SHIFT
from agentdesk.core.routing.pool import Pool
from agentdesk.core.routing.proposal import Proposal
from agentdesk.core.routing.requirement import RANK, REQUIREMENT, Entry, Requirement
from agentdesk.core.routing.strategy import KEYS, idle, skill_offset

RIVALS_AMONG = 20
"""Among how many who are free the rivals of an offer are looked up; where there are more, none is named."""


def trace(pool: Pool, entry: Entry, proposal: Proposal, now: int) -> Trace:
    """Why this offer is made, as of now: a few operations on bit sets."""
    requirement: Requirement = entry[REQUIREMENT]
    able = requirement.base.able & pool.online
    present = able & pool.present
    free = present & pool.ready
    if requirement.refused:
        free &= ~pool.bits_of(requirement.refused)
    free |= 1 << pool.by_id[proposal.agent].index
    count = free.bit_count()
    return Trace(
        how=proposal.how,
        score_s=(now - entry[RANK]) // 1000,
        ring=requirement.ring,
        able=able.bit_count(),
        present=present.bit_count(),
        free=count,
        refused=len(requirement.refused),
        rivals=_rivals(pool, requirement, free) if count <= RIVALS_AMONG else (),
    )


def _rivals(pool: Pool, requirement: Requirement, free: int) -> tuple[Rival, ...]:
    """The best placed of those who are free, by the figure that the queue's strategy compares."""
    strategy = requirement.queue.strategy
    key = KEYS.get(strategy, idle)
    shift = 0 if strategy in (Strategy.LONGEST_IDLE, Strategy.ROUND_ROBIN) else SHIFT
    found = []
    for candidate in pool.of(free):
        if candidate.has_room(requirement.fit):
            offset = skill_offset(candidate.group, requirement.ways) if strategy is Strategy.MOST_SKILLED else 0
            found.append((key(candidate) + offset, candidate.agent.config.id))
    return tuple(Rival(name, value >> shift) for value, name in sorted(found)[:RIVALS_MAX])
