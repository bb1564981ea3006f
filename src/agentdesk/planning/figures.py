"""The figures of a played day, per queue: service level, answers, abandonment, occupancy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from agentdesk.core.model import AgentConfig, QueueConfig
from agentdesk.planning.chance import Stay
from agentdesk.planning.scenario import Attendance, Outcome, Played


class QueueFigures(msgspec.Struct, frozen=True):
    """One queue's day. Shares are of 1, None where there is nothing to divide by; times in seconds.

    `service_level` is answered within the queue's threshold ÷ (answered + abandoned); `asa_s` is the mean wait of the
    answered; `occupancy` is the share of the time its agents were available in which they held something.
    """

    queue: str
    arrived: int
    answered: int
    abandoned: int
    refused: int
    waiting: int
    service_level: float | None
    asa_s: float | None
    wait_p95_s: float | None
    abandonment: float | None
    occupancy: float | None


def of_queues(played: Played, queues: Iterable[QueueConfig], agents: Iterable[AgentConfig]) -> list[QueueFigures]:
    """The figures of every queue, in their order."""
    by_queue: dict[str, list[Outcome]] = {queue.id: [] for queue in queues}
    for outcome in played.outcomes:
        by_queue[outcome.queue].append(outcome)
    team = list(agents)
    return [
        _of_queue(queue, by_queue[queue.id], _occupancy(played.attendance, _serving(team, queue.id)))
        for queue in queues
    ]


def recorded_figures(
    stays: Iterable[Stay], queues: Iterable[QueueConfig], from_ms: int, to_ms: int
) -> dict[str, QueueFigures]:
    """What was recorded itself, by the queue that was come to and today's thresholds; without occupancy."""
    by_queue: dict[str, list[Outcome]] = {}
    for stay in stays:
        if from_ms <= stay.at_ms < to_ms:
            outcome = Outcome(stay.queue, stay.at_ms, answered_ms=stay.answered_ms, left_ms=stay.left_ms)
            by_queue.setdefault(stay.queue, []).append(outcome)
    return {queue.id: _of_queue(queue, by_queue.get(queue.id, []), None) for queue in queues}


def _of_queue(queue: QueueConfig, outcomes: list[Outcome], occupancy: float | None) -> QueueFigures:
    waits = sorted(o.answered_ms - o.arrived_ms for o in outcomes if o.answered_ms is not None)
    abandoned = sum(outcome.left_ms is not None for outcome in outcomes)
    refused = sum(outcome.refused for outcome in outcomes)
    in_time = sum(wait <= queue.service_level_s * 1000 for wait in waits)
    return QueueFigures(
        queue=queue.id,
        arrived=len(outcomes),
        answered=len(waits),
        abandoned=abandoned,
        refused=refused,
        waiting=len(outcomes) - len(waits) - abandoned - refused,
        service_level=share(in_time, len(waits) + abandoned),
        asa_s=share(sum(waits), 1000 * len(waits)),
        wait_p95_s=waits[int(0.95 * (len(waits) - 1))] / 1000 if waits else None,
        abandonment=share(abandoned, len(waits) + abandoned),
        occupancy=occupancy,
    )


def share(part: float, whole: float) -> float | None:
    """The quotient, or None where there is nothing to divide by."""
    return part / whole if whole else None


def _serving(agents: list[AgentConfig], queue: str) -> list[str]:
    return [agent.id for agent in agents if not agent.queues or queue in agent.queues]


def _occupancy(attendance: Mapping[str, Attendance], agents: list[str]) -> float | None:
    of = [attendance[agent] for agent in agents]
    return share(sum(one.busy_ms for one in of), sum(one.available_ms for one in of))
