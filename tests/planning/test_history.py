"""A recorded day, read back from its events, plays as it was; what was not recorded is drawn by the seed."""

from __future__ import annotations

import msgspec

from agentdesk.core.events import Recorded
from agentdesk.core.model import AgentConfig, DeskConfig, Presence, QueueConfig, WrapupMode
from agentdesk.planning.figures import of_queues
from agentdesk.planning.history import History
from agentdesk.planning.play import Play
from agentdesk.planning.scenario import ENDLESS_MS, Arrival, Played, Scenario, Setting, Shift
from agentdesk.planning.whatif import compare
from tests.planning.drawn import one_queue, poisson_day

FROM, TO = 0, 1 << 60


def recorded(setting: Setting, scenario: Scenario) -> tuple[History, Played]:
    history = History()
    return history, Play(setting, scenario, seed=1, heard=history.add).run()


def waits(played: Played) -> list[int | None]:
    return [None if o.answered_ms is None else o.answered_ms - o.arrived_ms for o in played.outcomes]


def test_a_recorded_day_plays_as_it_was() -> None:
    setting = one_queue(5)
    day = poisson_day(setting, 800, 0.1, 1 / 60, 1 / 60, seed=4)
    history, first = recorded(setting, day)
    again = Play(setting, history.scenario(FROM, TO, seed=1)).run()
    assert waits(again) == waits(first)
    assert [o.left_ms for o in again.outcomes] == [o.left_ms for o in first.outcomes]
    assert any(o.left_ms for o in first.outcomes)


def test_wrap_up_and_who_was_there_are_recorded_too() -> None:
    queue = QueueConfig("q", "Q", wrapup=WrapupMode.OPTIONAL)
    setting = Setting(DeskConfig(), (queue,), (AgentConfig("ana", "Ana", capacity=1),))
    arrivals = tuple(Arrival(at, "q", 20_000, wrapup_ms=7_000) for at in (1_000, 2_000, 50_000, 200_000))
    shifts = (
        Shift(500, "ana", Presence.AVAILABLE),
        Shift(60_000, "ana", Presence.AWAY),
        Shift(250_000, "ana", Presence.AVAILABLE),
    )
    history, first = recorded(setting, Scenario(arrivals, shifts, react_ms=(3_000,)))
    found = history.scenario(FROM, TO, seed=9)
    assert found.shifts == shifts
    assert [(a.handle_ms, a.wrapup_ms) for a in found.arrivals] == [(20_000, 7_000)] * 4
    assert set(found.react_ms) == {3_000}
    assert waits(Play(setting, found).run()) == waits(first)


def test_a_window_takes_what_came_in_it_and_who_was_there_before() -> None:
    setting = one_queue(2)
    history, _ = recorded(setting, poisson_day(setting, 100, 0.02, 1 / 60))
    half = [stay.at_ms for stay in history.stays.values()][50]
    found = history.scenario(half, TO, seed=1)
    assert len(found.arrivals) == 50
    assert [(s.at_ms, s.presence) for s in found.shifts] == [(half, Presence.AVAILABLE)] * 2


def test_patience_is_drawn_only_where_nobody_left() -> None:
    setting = one_queue(3)
    history, first = recorded(setting, poisson_day(setting, 500, 0.1, 1 / 60, 1 / 45, seed=2))
    found = history.scenario(FROM, TO, seed=1).arrivals
    for arrival, outcome in zip(found, first.outcomes, strict=True):
        if outcome.left_ms is None:
            assert outcome.answered_ms is not None
            assert outcome.answered_ms - outcome.arrived_ms <= arrival.patience_ms < ENDLESS_MS
        else:
            assert arrival.patience_ms == outcome.left_ms - outcome.arrived_ms
    assert found == history.scenario(FROM, TO, seed=1).arrivals
    assert found != history.scenario(FROM, TO, seed=2).arrivals


def test_more_agents_answer_more_in_time_and_theory_stands_beside() -> None:
    few = one_queue(5)
    many = one_queue(7)
    extra = tuple(Shift(0, agent.id, Presence.AVAILABLE) for agent in many.agents[5:])
    day = poisson_day(few, 1_500, 0.085, 1 / 60, 1 / 120, seed=6)
    history, _ = recorded(few, day)
    scenario = history.scenario(FROM, TO, seed=1)
    scenario = msgspec.structs.replace(scenario, shifts=(*scenario.shifts, *extra))
    (row,) = compare(scenario, few, many, from_ms=0, seed=1)
    assert row.before is not None and row.after is not None and row.theory is not None
    assert (row.before.service_level or 0) < (row.after.service_level or 0)
    assert (row.before.abandonment or 0) > (row.after.abandonment or 0)
    assert row.theory.servers == 7
    assert row.theory.erlang_a is not None
    assert abs(row.theory.erlang_a.service_level - (row.after.service_level or 0)) < 0.05


def test_figures_of_both_settings_are_reproducible() -> None:
    setting = one_queue(4)
    history, _ = recorded(setting, poisson_day(setting, 300, 0.08, 1 / 60, 1 / 60, seed=8))
    scenario = history.scenario(FROM, TO, seed=5)
    assert compare(scenario, setting, setting, 0, 5) == compare(scenario, setting, setting, 0, 5)
    (row,) = compare(scenario, setting, setting, 0, 5)
    assert row.before == row.after
    assert of_queues(Play(setting, scenario, 5).run(), setting.queues, setting.agents) == [row.after]


def test_who_was_there_before_the_log_begins_is_known_by_their_offers() -> None:
    setting = one_queue(2)
    events: list[Recorded] = []
    Play(setting, poisson_day(setting, 50, 0.05, 1 / 60), heard=events.append).run()
    history = History()
    for recorded in events[len(events) // 2 :]:
        history.add(recorded)
    begun = events[len(events) // 2].at_ms
    assert {(s.at_ms, s.agent, s.presence) for s in history.scenario(FROM, TO, 1).shifts} == {
        (begun, agent.id, Presence.AVAILABLE) for agent in setting.agents
    }
