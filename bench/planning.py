"""How long a simulated day takes: 200 agents, 50,000 interactions in 20 queues with skills and rings.

    python bench/planning.py [--quick] [--json FILE]

Printed beside it: what one day-long run costs per command and per event, in processor time.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any

from agentdesk.core.model import AgentConfig, DeskConfig, Presence, QueueConfig, Ring, WrapupMode
from agentdesk.planning.figures import of_queues
from agentdesk.planning.play import Play
from agentdesk.planning.scenario import Arrival, Scenario, Setting, Shift

QUEUES = 20
DAY_MS = 24 * 3_600_000
LIMIT_S = 60


def setting(agents: int, draw: random.Random) -> Setting:
    """Queues ask for one or two skills and widen after a minute; agents have some of them."""
    skills = [f"s{number}" for number in range(12)]
    queues = tuple(
        QueueConfig(
            f"q{number}", f"Queue {number}", skills={skills[number % 12]: 2, skills[number * 5 % 12]: 1},
            wrapup=WrapupMode.OPTIONAL, rings=(Ring(60, {skills[number % 12]: 1}), Ring(180, dict.fromkeys(skills, 0))),
        )
        for number in range(QUEUES)
    )  # fmt: skip
    team = tuple(
        AgentConfig(
            f"agent{number:03}",
            f"Agent {number}",
            capacity=3,
            skills={skill: draw.choice((1, 2, 3)) for skill in draw.sample(skills, 6)},
        )
        for number in range(agents)
    )
    return Setting(DeskConfig(), queues, team)


def scenario(of: Setting, interactions: int, draw: random.Random) -> Scenario:
    """Arrivals over the day, three shifts, a tenth of the customers impatient."""
    made = [
        Arrival(
            draw.randrange(DAY_MS), f"q{draw.randrange(QUEUES)}", round(draw.expovariate(1 / 400_000)),
            wrapup_ms=round(draw.expovariate(1 / 60_000)), patience_ms=round(draw.expovariate(1 / 900_000)),
            priority=draw.choice((0, 0, 0, 1, 2)),
        )
        for _ in range(interactions)
    ]  # fmt: skip
    made.sort(key=lambda arrival: arrival.at_ms)
    shifts = []
    for number, agent in enumerate(of.agents):
        start = (number % 3) * DAY_MS // 3
        shifts.append(Shift(start, agent.id, Presence.AVAILABLE))
        shifts.append(Shift(start + DAY_MS // 3, agent.id, Presence.OFFLINE))
    return Scenario(tuple(made), tuple(sorted(shifts, key=lambda s: s.at_ms)), react_ms=(1_000, 2_000, 4_000, 8_000))


def run(agents: int, interactions: int) -> dict[str, Any]:
    draw = random.Random(1)
    of = setting(agents, draw)
    day = scenario(of, interactions, draw)
    begin, cpu = time.perf_counter(), time.process_time()
    played = Play(of, day, seed=1).run()
    took, cpu = time.perf_counter() - begin, time.process_time() - cpu
    figures = of_queues(played, of.queues, of.agents)
    answered = sum(one.answered for one in figures)
    return {
        "agents": agents,
        "interactions": interactions,
        "took_s": round(took, 1),
        "cpu_s": round(cpu, 1),
        "limit_s": LIMIT_S,
        "commands": played.commands,
        "events": played.events,
        "us_per_event": round(cpu / played.events * 1e6, 1),
        "answered": answered,
        "abandoned": sum(one.abandoned for one in figures),
        "waiting": sum(one.waiting for one in figures),
        "met": took < LIMIT_S,
    }


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description="How long a simulated day takes.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the day")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    result = run(200, 5_000 if options.quick else 50_000)
    for name, value in result.items():
        print(f"{name:>13}  {value}")
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
