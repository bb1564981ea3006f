"""The estimated wait: from what is in hands, who waits in front, and who leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agentdesk.core.commands import CompleteWrapup, CustomerEnds, EndInteraction
from agentdesk.core.estimate import EXACT, expected_wait
from agentdesk.core.tally import HANDLING_SAMPLES, PATIENCE_SAMPLES, Tally
from tests.core.play import SECOND, Play, queue

Make = Callable[..., Play]


@pytest.mark.parametrize("ahead", [0, 1, 7, EXACT, EXACT + 1, 500])
@pytest.mark.parametrize("leaving", [0.0, 1e-6, 1e-4])
def test_the_wait_is_the_sum_over_all_in_front(ahead: int, leaving: float) -> None:
    rate = 1 / 30_000
    exact = sum(1 / (rate + place * leaving) for place in range(ahead + 1))
    assert expected_wait(rate, ahead, leaving) == pytest.approx(exact, rel=2e-3)


def test_a_part_of_one_in_front_counts_as_a_part() -> None:
    assert expected_wait(0.001, 1.5, 0) == pytest.approx(2_500)


def busy(desk: Play, agent: str, times: int, took_s: int, **more: object) -> None:
    """Let the agent handle so many, one after another."""
    for _ in range(times):
        one = desk.active(agent, **more)
        desk.now += took_s * SECOND
        desk.does(EndInteraction(one), agent)
        desk.does(CompleteWrapup(one), agent)


def test_one_agent_with_one_slot_takes_as_long_as_they_took_before(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=1)
    busy(desk, "ann", 4, 60)
    desk.active("ann")
    assert desk.desk.estimate_ms("sales", 1, desk.now) == pytest.approx(60_000, rel=0.01)
    assert desk.desk.estimate_ms("sales", 3, desk.now) == pytest.approx(180_000, rel=0.01)


def test_twice_the_slots_halve_it(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=2)
    busy(desk, "ann", 4, 60)
    desk.active("ann")
    desk.active("ann")
    assert desk.desk.estimate_ms("sales", 1, desk.now) == pytest.approx(30_000, rel=0.01)


def test_those_who_wait_for_the_same_agents_in_another_queue_stand_in_front(play: Make) -> None:
    desk = play(queue(), queue("other"), queue("apart"))
    desk.agent("ann", capacity=1, queues=("sales", "other"))
    desk.agent("bob", capacity=1, queues=("apart",))
    busy(desk, "ann", 3, 60)
    desk.active("ann")
    before = desk.desk.estimate_ms("sales", 1, desk.now)
    desk.active("bob", queue="apart")
    desk.chat("apart")
    assert desk.desk.estimate_ms("sales", 1, desk.now) == before
    desk.chat("other")
    after = desk.desk.estimate_ms("sales", 1, desk.now)
    assert before is not None
    assert after == pytest.approx(2 * before, rel=0.01)


def test_customers_who_leave_shorten_it(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=1)
    busy(desk, "ann", 3, 60)
    desk.active("ann")
    patient = desk.desk.estimate_ms("sales", 5, desk.now)
    for _ in range(3):
        impatient = desk.chat()
        desk.now += 20 * SECOND
        desk.does(CustomerEnds(impatient))
    shorter = desk.desk.estimate_ms("sales", 5, desk.now)
    assert patient is not None and shorter is not None
    assert shorter < 0.75 * patient


def test_only_what_is_recent_counts() -> None:
    tally = Tally()
    for _ in range(HANDLING_SAMPLES):
        tally.handle(60_000)
    for _ in range(HANDLING_SAMPLES):
        tally.handle(10_000)
    assert tally.handling_ms() == 10_000
    for _ in range(PATIENCE_SAMPLES):
        tally.abandon(1_000)
    everyone_left = tally.leaving_rate()
    for _ in range(3 * PATIENCE_SAMPLES):
        tally.answer(0, 1_000, 1_000)
    assert tally.leaving_rate() < everyone_left / 8


def test_nothing_known_is_no_rate() -> None:
    assert Tally().handling_ms() is None
    assert Tally().leaving_rate() == 0
