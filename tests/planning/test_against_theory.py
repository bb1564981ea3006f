"""The real desk, played by the calendar, agrees with queueing theory within the confidence interval of its runs."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from statistics import mean, stdev

import pytest

from agentdesk.planning.play import Play
from agentdesk.planning.scenario import Outcome
from agentdesk.planning.theory import cobham, erlang_a, erlang_c
from tests.planning.drawn import WARM, one_queue, poisson_day

RUNS = 10
STUDENT_99 = 3.25
"""Student's t for 9 degrees of freedom: the interval that holds the truth 99 times of 100; the seeds are fixed."""


def agrees(values: list[float], theory: float) -> None:
    """The mean of independent runs is within its confidence interval of what theory says."""
    off = abs(mean(values) - theory)
    interval = STUDENT_99 * stdev(values) / sqrt(len(values))
    assert off <= interval, f"{mean(values):.4f} ± {interval:.4f} is not {theory:.4f}"
    assert interval <= 0.4 * theory + 0.01, f"an interval of {interval:.4f} around {theory:.4f} proves nothing"


def played(servers: int, rate: float, service: float, patience: float = 0.0, count: int = 4_000) -> list[list[Outcome]]:
    setting = one_queue(servers)
    days = (poisson_day(setting, count, rate, service, patience, seed) for seed in range(RUNS))
    return [Play(setting, day).run().outcomes[WARM:] for day in days]


def wait_s(outcome: Outcome) -> float:
    end = outcome.left_ms if outcome.answered_ms is None else outcome.answered_ms
    assert end is not None
    return (end - outcome.arrived_ms) / 1000


def each(runs: list[list[Outcome]], figure: Callable[[Outcome], float]) -> list[float]:
    return [mean(figure(outcome) for outcome in run) for run in runs]


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (5, 0.75), (20, 0.8)])
def test_m_m_c(servers: int, load: float) -> None:
    service = 1 / 60
    theory = erlang_c(servers, load * servers * service, service, 20)
    runs = played(servers, load * servers * service, service)
    agrees(each(runs, wait_s), theory.mean_wait_s)
    agrees(each(runs, lambda o: wait_s(o) > 0), theory.must_wait)
    agrees(each(runs, lambda o: wait_s(o) <= 20), theory.service_level)


@pytest.mark.parametrize(("servers", "load", "patience"), [(5, 1.2, 1 / 60), (15, 1.0, 1 / 120)])
def test_m_m_c_with_abandonment(servers: int, load: float, patience: float) -> None:
    service = 1 / 60
    theory = erlang_a(servers, load * servers * service, service, patience, 20)
    runs = played(servers, load * servers * service, service, patience)
    agrees(each(runs, wait_s), theory.mean_wait_s)
    agrees(each(runs, lambda o: o.left_ms is not None), theory.abandoned)
    agrees(each(runs, lambda o: o.answered_ms is not None and wait_s(o) <= 20), theory.service_level)


def test_priorities() -> None:
    # A step of priority worth a day: the higher class always goes first, which is what the formula is about.
    servers, service, rate = 3, 1 / 60, 0.8 * 3 / 60
    setting = one_queue(servers, priority_s=86_400)
    theory = cobham(servers, [rate / 2, rate / 2], service)
    high, low = [], []
    for seed in range(RUNS):
        day = poisson_day(setting, 3_000, rate, service, seed=seed, priorities=(0, 10))
        outcomes = Play(setting, day).run().outcomes
        both = list(zip(day.arrivals, outcomes, strict=True))[WARM:]
        high.append(mean(wait_s(outcome) for arrival, outcome in both if arrival.priority == 10))
        low.append(mean(wait_s(outcome) for arrival, outcome in both if arrival.priority == 0))
    agrees(high, theory[0])
    agrees(low, theory[1])
