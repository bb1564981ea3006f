"""Why something waits, and why nothing comes to an agent: a plain scan by the rules of docs/routing.md.

It runs only when somebody asks, takes nothing from the indexes but who has room and the order of the line, and changes
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from agentdesk.core.ledger import day_of
from agentdesk.core.model import Agent, Hours, Interaction, Ledger, Presence, QueueConfig, State, Strategy
from agentdesk.core.routing.circle import Circle, Way, asked, circle
from agentdesk.core.routing.idle import Fit
from agentdesk.core.routing.pool import is_online
from agentdesk.core.timers import Timer

if TYPE_CHECKING:
    from agentdesk.core.state import DeskState

CANDIDATES_MAX = 200
LINE_MAX = 1_000
"""How many that wait in a queue are looked at for an agent."""

SIGNED_OUT, AWAY, NOT_RESPONDING, QUEUE, SKILL = "signed_out", "away", "not_responding", "queue", "skill"
ROOM, CHANNEL_MAX, REFUSED, RESERVED = "room", "channel_max", "refused", "reserved"
FILTERS = (SIGNED_OUT, AWAY, NOT_RESPONDING, QUEUE, SKILL, ROOM, CHANNEL_MAX, REFUSED, RESERVED)
"""What can remove an agent, in the order in which it is looked at."""

DUE = (Timer.OFFER, Timer.RING, Timer.AFFINITY, Timer.REST, Timer.OVERFLOW, Timer.SNOOZE, Timer.WRAPUP,
       Timer.CUSTOMER_GRACE)  # fmt: skip


class Stop(msgspec.Struct, frozen=True, omit_defaults=True):
    """The first filter that removes an agent. `what` is the queue, skill, channel or agent it is about; `needs` and
    `has` are levels of a skill, or for room the weight it would take and what is allowed."""

    filter: str
    what: str = ""
    needs: int = 0
    has: int = 0


class WhyCandidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One agent: their `rank` (1 is next) and the strategy's `figure`, or what stops them.

    `ring` is the first later ring that lets them in, where the circle stops them.
    """

    agent: str
    name: str
    rank: int = 0
    figure: int = 0
    stop: Stop | None = None
    ring: int = 0


class Coming(msgspec.Struct, frozen=True):
    """What happens by itself, and when."""

    what: str
    at_ms: int


class WhyInteraction(msgspec.Struct, frozen=True):
    """Why an interaction is where it is, as of `now_ms`.

    `score_s` is its place in the line in seconds of wait, `place` (1 is next) its place in its queue; 0 when it
    doesn't wait. `how` is how the first of the `candidates` is chosen. `stopped` counts all agents by filter, also
    those beyond the list.
    """

    interaction_id: int
    now_ms: int
    channel: str
    queue: str
    state: State
    agent: str | None
    score_s: int
    place: int
    waiting: int
    ring: int
    rings: int
    skills: dict[str, int]
    reserved_for: str | None
    preferred: str | None
    pull: bool
    hours: Hours
    how: str
    free: int
    stopped: dict[str, int]
    candidates: tuple[WhyCandidate, ...]
    coming: tuple[Coming, ...]


class WhyQueue(msgspec.Struct, frozen=True):
    """What waits in a queue, and how much of it each filter keeps from the agent. `free` could come to them."""

    queue: str
    waiting: int
    free: int
    pull: bool
    stopped: dict[str, int]


class WhyAgent(msgspec.Struct, frozen=True):
    """Why nothing comes to an agent. `next` is what they would take by asking for the next."""

    agent: str
    name: str
    now_ms: int
    presence: Presence
    reason: str
    connected: bool
    load: int
    capacity: int
    holding: int
    offers: int
    ledger: Ledger
    next: int | None
    queues: tuple[WhyQueue, ...]


class _Need(NamedTuple):
    """What one interaction asks of an agent."""

    one: Interaction
    queue: QueueConfig
    ways: Circle
    fit: Fit


def why_interaction(
    state: DeskState, interaction_id: int, now: int, limit: int = CANDIDATES_MAX
) -> WhyInteraction | None:
    """Why a live interaction is where it is; None when there is no such one."""
    one = state.interactions.get(interaction_id)
    if one is None:
        return None
    need = _need(state, one)
    waits = one.state is State.QUEUED
    free, stopped = _candidates(state, need, now) if waits else ([], [])
    line = state.router.line(one.queue)
    return WhyInteraction(
        interaction_id=one.id,
        now_ms=now,
        channel=one.channel,
        queue=one.queue,
        state=one.state,
        agent=one.offer.agent if one.offer is not None else one.agent,
        score_s=_score_s(state, need, now) if waits else 0,
        place=line.index(one.id) + 1 if waits else 0,
        waiting=len(line),
        ring=one.ring,
        rings=len(need.queue.rings),
        skills=dict(one.skills),
        reserved_for=one.prefer if waits and one.prefer_until_ms is not None else None,
        preferred=one.prefer,
        pull=need.queue.pull,
        hours=state.hours.get(one.queue, Hours.OPEN),
        how=_how(need, free),
        free=len(free),
        stopped=dict(Counter(each.stop.filter for each in stopped if each.stop is not None)),
        candidates=(*free[:limit], *_with_rings(state, need, stopped[: max(0, limit - len(free))])),
        coming=_coming(state, one),
    )


def why_agent(state: DeskState, agent_id: str, now: int) -> WhyAgent | None:
    """Why nothing comes to an agent; None when there is no such one."""
    agent = state.agents.get(agent_id)
    if agent is None:
        return None
    today = day_of(now, state.desk.day_offset_ms)
    waiting = (_why_queue(state, agent, queue) for queue in state.queues.values())
    return WhyAgent(
        agent=agent.id,
        name=agent.config.name,
        now_ms=now,
        presence=agent.presence,
        reason=agent.reason,
        connected=agent.sessions > 0,
        load=agent.load,
        capacity=agent.config.capacity,
        holding=len(agent.holding),
        offers=len(agent.offers),
        ledger=agent.ledger if agent.ledger.day == today else Ledger(today),
        next=state.router.next_for(agent.id) if agent.sessions else None,
        queues=tuple(one for one in waiting if one.waiting),
    )


def _why_queue(state: DeskState, agent: Agent, queue: QueueConfig) -> WhyQueue:
    line = state.router.line(queue.id)
    stops = [_stop(state, agent, _need(state, state.interactions[i])) for i in line[:LINE_MAX]]
    stopped = Counter(stop.filter for stop in stops if stop is not None)
    return WhyQueue(queue.id, len(line), stops.count(None), queue.pull, dict(stopped))


def _need(state: DeskState, one: Interaction) -> _Need:
    queue = state.queues[one.queue]
    fit = Fit(one.channel, one.weight, state.desk.interrupts.get(one.channel, ()))
    return _Need(one, queue, circle(queue, asked(one.skills), one.ring), fit)


def _score_s(state: DeskState, need: _Need, now: int) -> int:
    one, desk = need.one, state.desk
    rank = one.queued_ms - one.priority * desk.priority_s * 1000 + need.queue.service_level_s * desk.slack_percent * 10
    return (now - rank) // 1000


# --- who -------------------------------------------------------------------------------------------------------


def _candidates(state: DeskState, need: _Need, now: int) -> tuple[list[WhyCandidate], list[WhyCandidate]]:
    """Who could take it, the next first; and everybody else, by how far they got."""
    free, others = [], []
    for agent in state.agents.values():
        stop = _stop(state, agent, need)
        if stop is None:
            free.append(agent)
        else:
            others.append(WhyCandidate(agent.id, agent.config.name, stop=stop))
    free.sort(key=lambda agent: _order(state, agent, need, now))
    ranked = [
        WhyCandidate(agent.id, agent.config.name, rank, _figure(state, agent, need, now))
        for rank, agent in enumerate(free, 1)
    ]
    others.sort(key=lambda each: (-FILTERS.index(each.stop.filter if each.stop else ""), each.agent))
    return ranked, others


def _stop(state: DeskState, agent: Agent, need: _Need) -> Stop | None:
    return _not_there(agent, need) or _not_able(agent, need) or _no_room(state, agent, need) or _not_now(agent, need)


def _not_there(agent: Agent, need: _Need) -> Stop | None:
    if not agent.sessions or (not need.queue.pull and not is_online(agent)):
        return Stop(SIGNED_OUT)
    if need.queue.pull or agent.presence is Presence.AVAILABLE:
        return None
    return Stop(NOT_RESPONDING if agent.presence is Presence.NOT_RESPONDING else AWAY, agent.reason)


def _not_able(agent: Agent, need: _Need) -> Stop | None:
    entered = [way for way in need.ways if _enters(agent, way)]
    if not entered:
        return Stop(QUEUE, need.one.queue)
    missing = [_missing(agent, way) for way in entered]
    return None if None in missing else missing[-1]


def _enters(agent: Agent, way: Way) -> bool:
    queues = agent.config.queues
    return way.everybody or not queues or not way.queues.isdisjoint(queues) or agent.id in way.agents


def _missing(agent: Agent, way: Way) -> Stop | None:
    has = agent.config.skills
    return next((Stop(SKILL, name, level, has.get(name, 0)) for name, level in way.skills if has.get(name, 0) < level),
                None)  # fmt: skip


def _no_room(state: DeskState, agent: Agent, need: _Need) -> Stop | None:
    candidate = state.router.pool.by_id[agent.id]
    if candidate.has_room(need.fit):
        return None
    config, fit = agent.config, need.fit
    if candidate.has_room(Fit("", fit.weight, fit.interrupts)):
        return Stop(CHANNEL_MAX, fit.channel, candidate.on_channel.get(fit.channel, 0) + 1,
                    config.channel_max[fit.channel])  # fmt: skip
    counted = agent.load - sum(candidate.load_of.get(channel, 0) for channel in fit.interrupts)
    return Stop(ROOM, "", counted + fit.weight, config.capacity)


def _not_now(agent: Agent, need: _Need) -> Stop | None:
    one = need.one
    if agent.id in one.refused_by:
        return Stop(REFUSED)
    if one.prefer is not None and one.prefer_until_ms is not None and one.prefer != agent.id:
        return Stop(RESERVED, one.prefer)
    return None


def _with_rings(state: DeskState, need: _Need, stopped: Iterable[WhyCandidate]) -> Iterator[WhyCandidate]:
    """These, with the first later ring that lets each in whom the circle stops."""
    skills, rings = asked(need.one.skills), range(need.one.ring + 1, len(need.queue.rings) + 1)
    later = [(ring, need._replace(ways=circle(need.queue, skills, ring))) for ring in rings]
    for one in stopped:
        agent = state.agents[one.agent]
        opens = 0
        if _not_able(agent, need) is not None:
            opens = next((ring for ring, then in later if _not_able(agent, then) is None), 0)
        yield msgspec.structs.replace(one, ring=opens) if opens else one


# --- in which order --------------------------------------------------------------------------------------------


def _how(need: _Need, free: list[WhyCandidate]) -> str:
    if need.queue.pull:
        return "pull"
    if free and free[0].agent == need.one.prefer:
        return "preferred" if need.one.prefer_until_ms is None else "affinity"
    return need.queue.strategy.value


def _order(state: DeskState, agent: Agent, need: _Need, now: int) -> tuple[bool, int, str, int]:
    """The smallest is next."""
    strategy, preferred = need.queue.strategy, agent.id == need.one.prefer
    if strategy is Strategy.ROUND_ROBIN:
        return not preferred, int(agent.id <= state.router.last.get(need.queue.id, "")), agent.id, 0
    figure = _figure(state, agent, need, now)
    if strategy is Strategy.LONGEST_IDLE:
        figure = 0
    return not preferred, -figure if strategy is Strategy.MOST_SKILLED else figure, "", agent.idle_seq


def _figure(state: DeskState, agent: Agent, need: _Need, now: int) -> int:
    """What the strategy compares: seconds idle, thousandths of capacity, sum of levels, or taken today."""
    strategy, config = need.queue.strategy, agent.config
    if strategy is Strategy.LEAST_OCCUPIED:
        return agent.load * 1000 // config.capacity if config.capacity else 1000
    if strategy is Strategy.MOST_SKILLED:
        return sum(config.skills.get(name, 0) for name, _ in asked(need.one.skills))
    if strategy is Strategy.FEWEST_HANDLED:
        today = day_of(now, state.desk.day_offset_ms)
        return agent.ledger.accepted if agent.ledger.day == today else 0
    return (now - agent.idle_since_ms) // 1000


def _coming(state: DeskState, one: Interaction) -> tuple[Coming, ...]:
    due = ((kind.name.lower(), state.due_of(kind, one.id)) for kind in DUE)
    return tuple(sorted((Coming(what, at) for what, at in due if at is not None), key=lambda each: each.at_ms))
