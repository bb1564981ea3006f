"""How long whoever comes to a queue now may wait, from the live state alone.

Slots come free at the rate at which what is in hands ends: for each queue how many are in hands, over how long one
takes there, counted by the share of that queue's agents who also serve this one. In front stand those who wait for the
same agents, and some of them leave: with n in front, a rate r and a leaving rate θ, the wait is Σ 1 / (r + iθ) for i
from 0 to n (W. Whitt, Predicting queueing delays, 1999; R. Ibrahim, W. Whitt, 2009).
"""

from __future__ import annotations

from math import log1p

from agentdesk.core.lifecycle import CONVERSING
from agentdesk.core.model import QueueConfig, State
from agentdesk.core.state import DeskState

IN_HANDS = (*sorted(CONVERSING - {State.SNOOZED}), State.WRAPPING)
EXACT = 32
"""How many in front are summed one by one; the rest is an integral."""


def estimate_ms(state: DeskState, queue_id: str, position: int, now: int) -> int | None:
    """The wait of whoever is at this position (1 is next); 0 when somebody is free, None when too little is known.

    Costs a few operations on bit sets of agents for every queue with something in it.
    """
    tally = state.tallies[queue_id]
    if not tally.states[State.QUEUED] and state.router.ready_count(queue_id):
        return 0
    if not state.router.online_count(queue_id):
        return None
    rate, ahead = _rate_and_ahead(state, queue_id, position)
    if not rate:
        pace = tally.pace_ms(now)
        return None if pace is None else position * pace
    return round(expected_wait(rate, ahead, tally.leaving_rate()))


def expected_wait(rate: float, ahead: float, leaving: float) -> float:
    """The mean time until a slot comes free for whoever has `ahead` in front; rates per millisecond."""
    whole = int(ahead)
    wait = sum(1 / (rate + place * leaving) for place in range(min(whole, EXACT) + 1))
    wait += (ahead - whole) / (rate + whole * leaving)
    if whole > EXACT:
        begin = rate + (EXACT + 0.5) * leaving
        more = whole - EXACT
        wait += log1p(more * leaving / begin) / leaving if leaving else more / rate
    return wait


def _rate_and_ahead(state: DeskState, queue_id: str, position: int) -> tuple[float, float]:
    mine = _team(state, state.queues[queue_id])
    rate, ahead = 0.0, position - 1.0
    for other in state.queues.values():
        tally = state.tallies[other.id]
        busy = sum(tally.states[in_state] for in_state in IN_HANDS)
        waiting = 0 if other.id == queue_id else tally.states[State.QUEUED]
        if not busy and not waiting:
            continue
        team = mine if other.id == queue_id else _team(state, other)
        share = (team & mine).bit_count() / team.bit_count() if team else 0.0
        ahead += waiting * share
        takes_ms = tally.handling_ms()
        if takes_ms:
            rate += busy * share / takes_ms
    return rate, ahead


def _team(state: DeskState, queue: QueueConfig) -> int:
    """The agents who are there for this queue, with its skills, as bits."""
    pool = state.router.pool
    return pool.able(queue.id, tuple(sorted(queue.skills.items()))) & pool.present
