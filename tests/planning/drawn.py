"""Days drawn from the distributions that theory is about: Poisson arrivals, exponential service and patience."""

from __future__ import annotations

import random

from agentdesk.core.model import AgentConfig, DeskConfig, Presence, QueueConfig, WrapupMode
from agentdesk.planning.scenario import ENDLESS_MS, Arrival, Scenario, Setting, Shift

WARM = 500
"""Arrivals before the system is taken to be in its steady state."""


def one_queue(servers: int, **desk: object) -> Setting:
    queue = QueueConfig("q", "Q", auto_accept=True, wrapup=WrapupMode.NONE, service_level_s=20)
    agents = tuple(AgentConfig(f"a{number:03}", f"Agent {number}", capacity=1) for number in range(servers))
    return Setting(DeskConfig(**desk), (queue,), agents)  # type: ignore[arg-type]


def poisson_day(
    setting: Setting,
    arrivals: int,
    rate: float,
    service: float,
    patience: float = 0.0,
    seed: int = 1,
    priorities: tuple[int, ...] = (0,),
) -> Scenario:
    """That many arrivals at `rate` a second, each of a priority drawn evenly."""
    draw = random.Random(seed)
    at = 0.0
    made = []
    for _ in range(arrivals):
        at += draw.expovariate(rate)
        handle_ms = round(1000 * draw.expovariate(service))
        patience_ms = round(1000 * draw.expovariate(patience)) if patience else ENDLESS_MS
        priority = draw.choice(priorities)
        made.append(Arrival(round(1000 * at), "q", handle_ms, patience_ms=patience_ms, priority=priority))
    shifts = tuple(Shift(0, agent.id, Presence.AVAILABLE) for agent in setting.agents)
    return Scenario(tuple(made), shifts)
