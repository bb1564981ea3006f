"""One scenario under two settings, side by side, with queueing theory where it applies."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from agentdesk.core.model import QueueConfig
from agentdesk.planning.figures import QueueFigures, of_queues, share
from agentdesk.planning.play import Play
from agentdesk.planning.scenario import Played, Scenario, Setting
from agentdesk.planning.theory import Prediction, erlang_a, erlang_c

Told = Callable[[str, int, int], None]
"""Hears which play it is (before or after), how many arrivals have come, and how many there are."""


class Theory(msgspec.Struct, frozen=True):
    """What the formulae say of one queue taken alone: `servers` is the mean number of slots of its agents."""

    servers: int
    erlang_c: Prediction
    erlang_a: Prediction | None


class Row(msgspec.Struct, frozen=True):
    """One queue: as it was set, as it would be, and theory for the latter where its agents serve no other queue."""

    queue: str
    before: QueueFigures | None
    after: QueueFigures | None
    theory: Theory | None


def compare(
    scenario: Scenario,
    before: Setting,
    after: Setting,
    from_ms: int,
    seed: int,
    told: Told | None = None,
    staffed: Scenario | None = None,
) -> list[Row]:
    """Play the scenario under both settings. What arrived before `from_ms` warms up and is not counted.

    `staffed` is the scenario with other shifts, for the play under `after`.
    """
    was = _play(scenario, before, from_ms, seed, "before", told)
    scenario = staffed or scenario
    would = _play(scenario, after, from_ms, seed, "after", told)
    old = {row.queue: row for row in of_queues(was, before.queues, before.agents)}
    new = {row.queue: row for row in of_queues(would, after.queues, after.agents)}
    theory = {queue.id: theory_of(queue, scenario, after, would, from_ms) for queue in after.queues}
    return [Row(queue, old.get(queue), new.get(queue), theory.get(queue)) for queue in dict.fromkeys((*old, *new))]


def _play(scenario: Scenario, setting: Setting, from_ms: int, seed: int, name: str, told: Told | None) -> Played:
    queues = {queue.id for queue in setting.queues}
    agents = {agent.id for agent in setting.agents}
    known = msgspec.structs.replace(
        scenario,
        arrivals=tuple(arrival for arrival in scenario.arrivals if arrival.queue in queues),
        shifts=tuple(shift for shift in scenario.shifts if shift.agent in agents),
        openings=tuple(opening for opening in scenario.openings if opening.queue in queues),
    )
    played = Play(setting, known, seed).run(None if told is None else lambda done, total: told(name, done, total))
    played.outcomes = [outcome for outcome in played.outcomes if outcome.arrived_ms >= from_ms]
    return played


def theory_of(queue: QueueConfig, scenario: Scenario, setting: Setting, played: Played, from_ms: int) -> Theory | None:
    """Erlang C, and with abandonment Erlang A, for a queue whose agents serve no other; None where it isn't so."""
    agents = [agent for agent in setting.agents if not agent.queues or queue.id in agent.queues]
    arrivals = [one for one in scenario.arrivals if one.queue == queue.id and one.at_ms >= from_ms]
    shared = len(setting.queues) > 1 and any(agent.queues != (queue.id,) for agent in agents)
    if shared or len(arrivals) < 2 or not agents:
        return None
    span_s = (arrivals[-1].at_ms - arrivals[0].at_ms) / 1000
    weight = max(1, setting.desk.weights.get(arrivals[0].channel, 1))
    slots_ms = sum(played.attendance[agent.id].available_ms * (agent.capacity // weight) for agent in agents)
    servers = round(slots_ms / max(1, played.ended_ms - scenario.arrivals[0].at_ms))
    work_s = sum(arrival.handle_ms + arrival.wrapup_ms for arrival in arrivals) / len(arrivals) / 1000
    if not span_s or not work_s or not servers:
        return None
    rate, service, threshold = len(arrivals) / span_s, 1 / work_s, queue.service_level_s
    patience = _patience(played, queue.id)
    alone = erlang_c(servers, rate, service, threshold)
    return Theory(servers, alone, erlang_a(servers, rate, service, patience, threshold) if patience else None)


def _patience(played: Played, queue: str) -> float | None:
    """One over the mean time that a customer of this queue would wait, per second; None when nobody left."""
    of = [outcome for outcome in played.outcomes if outcome.queue == queue]
    left = sum(outcome.left_ms is not None for outcome in of)
    ends = ((o.answered_ms if o.left_ms is None else o.left_ms, o.arrived_ms) for o in of)
    waited_s = sum(end - start for end, start in ends if end is not None) / 1000
    return share(left, waited_s) or None
