"""Full collections wait for a rest, and come in the end."""

from __future__ import annotations

from agentdesk.tui.collector import FORCED_S, FULL_EVERY_S, QUIET_S, IdleCollector


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def collector() -> tuple[IdleCollector, Clock, list[float]]:
    clock, collected = Clock(), list[float]()
    return IdleCollector(clock, lambda: collected.append(clock.now)), clock, collected


def test_a_resting_agent_gets_one_a_minute() -> None:
    idle, clock, collected = collector()
    for _ in range(int(FULL_EVERY_S * 3)):
        clock.now += 1
        idle.tick()
    assert len(collected) == 3


def test_it_waits_while_keys_come() -> None:
    idle, clock, collected = collector()
    for _ in range(int(FULL_EVERY_S) + 100):
        clock.now += 1
        idle.active()
        assert not idle.tick()
    clock.now += QUIET_S
    assert idle.tick() and len(collected) == 1


def test_an_agent_who_never_rests_gets_one_all_the_same() -> None:
    idle, clock, collected = collector()
    for _ in range(int(FORCED_S) + 1):
        clock.now += 1
        idle.active()
        idle.tick()
    assert len(collected) == 1
