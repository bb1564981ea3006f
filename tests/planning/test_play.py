"""The calendar: nothing is lost in it, and a seed gives one day."""

from __future__ import annotations

from agentdesk.core.model import AgentConfig, DeskConfig, Presence, QueueConfig, WrapupMode
from agentdesk.planning.figures import of_queues
from agentdesk.planning.play import Play
from agentdesk.planning.scenario import Arrival, Played, Scenario, Setting, Shift
from tests.planning.drawn import one_queue, poisson_day

QUEUE = QueueConfig("q", "Q", service_level_s=10, offer_timeout_s=5, wrapup=WrapupMode.OPTIONAL)
ONE = Setting(DeskConfig(missed_offers_max=0), (QUEUE,), (AgentConfig("ana", "Ana", capacity=1),))


def play(*arrivals: Arrival, react_ms: tuple[int, ...] = ()) -> Played:
    return Play(ONE, Scenario(arrivals, (Shift(0, "ana", Presence.AVAILABLE),), react_ms=react_ms)).run()


def test_one_after_the_other_with_wrap_up_between() -> None:
    first, second = play(Arrival(0, "q", 30_000, wrapup_ms=10_000), Arrival(1_000, "q", 5_000)).outcomes
    assert (first.answered_ms, first.closed_ms) == (0, 40_000)
    assert (second.answered_ms, second.closed_ms) == (40_000, 45_000)
    assert second.agent == "ana"


def test_who_has_no_patience_leaves() -> None:
    _, second = play(Arrival(0, "q", 30_000), Arrival(1_000, "q", 5_000, patience_ms=9_000)).outcomes
    assert (second.answered_ms, second.left_ms) == (None, 10_000)


def test_an_agent_who_reacts_late_misses_the_offer_and_is_asked_again() -> None:
    (only,) = play(Arrival(0, "q", 1_000), react_ms=(6_000,)).outcomes
    assert only.answered_ms is None
    assert only.offers > 1


def test_time_available_and_time_busy() -> None:
    day = Scenario(
        (Arrival(10_000, "q", 20_000),),
        (Shift(0, "ana", Presence.AVAILABLE), Shift(100_000, "ana", Presence.OFFLINE)),
    )
    result = Play(ONE, day).run()
    assert result.attendance["ana"].available_ms == 100_000
    assert result.attendance["ana"].busy_ms == 20_000
    (figures,) = of_queues(result, ONE.queues, ONE.agents)
    assert figures.occupancy == 0.2
    assert (figures.service_level, figures.asa_s, figures.abandonment) == (1, 0, 0)


def test_every_arrival_is_accounted_for_and_a_seed_gives_one_day() -> None:
    setting = one_queue(4)
    day = poisson_day(setting, 2_000, 0.1, 1 / 60, 1 / 90)
    first, again = Play(setting, day, seed=3).run(), Play(setting, day, seed=3).run()
    assert first.outcomes == again.outcomes
    (figures,) = of_queues(first, setting.queues, setting.agents)
    assert figures.arrived == 2_000 == figures.answered + figures.abandoned
    assert figures.waiting == 0


def test_progress_is_told_to_the_end() -> None:
    setting = one_queue(4)
    told: list[tuple[int, int]] = []
    Play(setting, poisson_day(setting, 300, 0.1, 1 / 60)).run(lambda done, total: told.append((done, total)))
    assert told[0] == (0, 300)
    assert len(told) == 100
