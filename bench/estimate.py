"""How near the estimated wait is to the wait that follows, beside an exponential moving average.

    python bench/estimate.py [--quick] [--json FILE]

Simulated days through the real desk: each customer who has to wait is told an estimate as they come; it is compared
with how long they then waited. Beside it h ← (3h + new) / 4 on each answer of the queue, the estimate that Asterisk
has. Scenarios: one steady queue, a rush that comes and goes, three queues that share their agents, shifts that change.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from statistics import median
from typing import Any

from agentdesk.core.events import OfferAccepted, Recorded
from agentdesk.core.model import AgentConfig, DeskConfig, Presence, QueueConfig, WrapupMode
from agentdesk.planning.play import Play
from agentdesk.planning.scenario import Arrival, Scenario, Setting, Shift

HOUR_MS = 3_600_000


class Asked(Play):
    """A play in which everyone who comes is told how long it may take, by both ways."""

    def __init__(self, setting: Setting, scenario: Scenario, seed: int) -> None:
        super().__init__(setting, scenario, seed, self._hear)
        self.told: list[tuple[float | None, float | None]] = [(None, None)] * len(scenario.arrivals)
        self.average: dict[str, float] = {}

    def _arrive(self, now: int, number: int) -> None:
        queue = self.scenario.arrivals[number].queue
        position = len(self.desk.waiting_order(queue)) + 1
        self.told[number] = (self.desk.estimate_ms(queue, position, now), self.average.get(queue))
        super()._arrive(now, number)

    def _hear(self, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, OfferAccepted):
            arrival = self.scenario.arrivals[self._number[event.interaction_id]]
            waited = recorded.at_ms - arrival.at_ms
            self.average[arrival.queue] = (3 * self.average.get(arrival.queue, waited) + waited) / 4


def arrivals(draw: random.Random, queues: list[str], rates: list[tuple[int, float]], handle_s: float) -> list[Arrival]:
    """Poisson arrivals; `rates` are from when (ms) how many a second, over all queues."""
    made: list[Arrival] = []
    for (start, rate), (end, _) in zip(rates, rates[1:], strict=False):
        at = float(start)
        while rate and (at := at + 1000 * draw.expovariate(rate)) < end:
            made.append(
                Arrival(
                    round(at),
                    draw.choice(queues),
                    round(1000 * draw.gammavariate(2, handle_s / 2)),
                    wrapup_ms=round(1000 * draw.expovariate(1 / 30)),
                    patience_ms=round(1000 * draw.expovariate(1 / 600)),
                )
            )
    return made


def team(count: int, queues: tuple[tuple[str, ...], ...]) -> tuple[AgentConfig, ...]:
    return tuple(
        AgentConfig(f"a{n:02}", f"Agent {n}", queues=queues[n % len(queues)], capacity=2) for n in range(count)
    )


def scenarios(hours: int) -> dict[str, tuple[Setting, Scenario]]:
    draw = random.Random(7)
    q = tuple(
        QueueConfig(f"q{n}", f"Queue {n}", auto_accept=True, wrapup=WrapupMode.OPTIONAL) for n in range(3)
    )  # fmt: skip
    one = Setting(DeskConfig(), q[:1], team(10, ((),)))
    three = Setting(DeskConfig(), q, team(15, (("q0",), ("q1", "q2"), ("q0", "q1"), ("q2",))))
    end = hours * HOUR_MS
    steady = [(0, 0.066), (end, 0.0)]
    rush = [(0, 0.05), (end // 3, 0.1), (end // 2, 0.04), (end, 0.0)]
    always = tuple(Shift(0, a.id, Presence.AVAILABLE) for a in one.agents)
    change = (*always, *(Shift(end // 2, a.id, Presence.AWAY) for a in one.agents[:4]),
              *(Shift(3 * end // 4, a.id, Presence.AVAILABLE) for a in one.agents[:4]))  # fmt: skip
    of_three = tuple(Shift(0, a.id, Presence.AVAILABLE) for a in three.agents)

    def day(setting: Setting, rates: list[tuple[int, float]], shifts: tuple[Shift, ...], factor: float) -> Any:
        more = [(at, rate * factor) for at, rate in rates]
        return setting, Scenario(tuple(arrivals(draw, [x.id for x in setting.queues], more, 270)), shifts)

    return {
        "one steady queue": day(one, steady, always, 1),
        "a rush": day(one, rush, always, 1),
        "three queues sharing agents": day(three, rush, of_three, 1.5),
        "agents leave and return": day(one, [(0, 0.06), (end, 0.0)], change, 1),
    }


def measure(setting: Setting, scenario: Scenario) -> dict[str, Any]:
    play = Asked(setting, scenario, seed=1)
    outcomes = play.run().outcomes
    ours, theirs, waits = [], [], []
    for outcome, (estimate, average) in zip(outcomes, play.told, strict=True):
        if outcome.answered_ms is None or estimate is None or average is None:
            continue
        waited = outcome.answered_ms - outcome.arrived_ms
        if waited:
            waits.append(waited)
            ours.append(abs(estimate - waited))
            theirs.append(abs(average - waited))
    return {
        "waited": len(waits),
        "median_wait_s": round(median(waits) / 1000, 1),
        "median_error_s": round(median(ours) / 1000, 1),
        "average_error_s": round(median(theirs) / 1000, 1),
        "ratio": round(median(ours) / median(theirs), 2),
    }


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description="How near the estimated wait is.")
    parser.add_argument("--quick", action="store_true", help="shorter days")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    results = {}
    print(f"{'scenario':28} {'waited':>7} {'wait s':>7} {'error s':>8} {'average s':>10} {'ratio':>6}")
    for name, (setting, scenario) in scenarios(6 if options.quick else 24).items():
        row = results[name] = measure(setting, scenario)
        print(
            f"{name:28} {row['waited']:>7} {row['median_wait_s']:>7} {row['median_error_s']:>8}"
            f" {row['average_error_s']:>10} {row['ratio']:>6}"
        )
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
