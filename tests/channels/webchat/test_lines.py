"""Positions and estimates: one look at a queue serves everybody in it."""

from __future__ import annotations

from agentdesk.channels.webchat import lines
from agentdesk.channels.webchat.conversations import Conversations, Stage
from agentdesk.channels.webchat.lines import Line, Lines
from agentdesk.channels.webchat.visitors import LEAVE_AFTER_S, RESTART_LEAVE_AFTER_S, Departures
from agentdesk.config.server import QueueSettings
from agentdesk.core.events import InteractionStarted
from agentdesk.core.model import Agent, AgentConfig, Presence
from agentdesk.core.stats import QueueStats


class _Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def now_ms(self) -> int:
        return int(self.s * 1000)

    def steady_s(self) -> float:
        return self.s


class _Desk:
    """A desk with one queue; counts how often it is looked at."""

    def __init__(self) -> None:
        self.looks = 0
        self.signed_in = 1
        self.presence = Presence.OFFLINE
        self.waiting = [5, 3, 9]

    def line(self, queue: str) -> list[int]:
        self.looks += 1
        return self.waiting

    def agents(self) -> list[Agent]:
        return [Agent(AgentConfig("ana", "Ana", queues=("support",)), self.presence)]

    def queue_stats(self, now_ms: int) -> list[QueueStats]:
        return [
            QueueStats("support", "Support", len(self.waiting), 0, 0, None, 0, self.signed_in, 0, 0, 0, 240_000, 1, 1)
        ]


def _lines() -> tuple[Lines, _Desk, _Clock]:
    desk, clock = _Desk(), _Clock()
    return Lines(desk, clock, lambda: [QueueSettings(id="support", name="Support")]), desk, clock  # type: ignore[arg-type]


def test_one_look_serves_everybody_for_a_moment() -> None:
    seen, desk, clock = _lines()
    line = seen.line("support")
    assert [line.position(one, False) for one in (5, 3, 9)] == [1, 2, 3]
    for _ in range(1_000):
        seen.line("support")
    assert desk.looks == 1
    clock.s += lines.FRESH_S
    desk.waiting = [3, 9]
    assert seen.line("support").position(9, False) == 2
    assert desk.looks == 2


def test_one_who_came_since_is_last_and_one_who_is_offered_is_next() -> None:
    line = Line(True, None, 240_000, {5: 1, 3: 2, 9: 3})
    assert line.position(77, False) == 4
    assert line.position(9, True) == 1
    assert [line.estimate_ms(place) for place in (1, 2, 4)] == [60_000, 120_000, 240_000]
    assert Line(True, None, None, {}).estimate_ms(1) is None


def test_who_comes_or_goes_is_seen_at_once() -> None:
    seen, desk, _ = _lines()
    assert seen.line("support").online
    desk.signed_in = 0
    assert seen.line("support").online, "a moment ago"
    seen.forget()
    assert not seen.line("support").online


def test_agents_who_are_reconnecting_after_a_start_count_as_there() -> None:
    seen, desk, clock = _lines()
    desk.signed_in, desk.presence = 0, Presence.AVAILABLE
    assert seen.line("support").online
    clock.s = lines.RESTART_S + 1
    assert not seen.line("support").online
    assert not seen.line("nowhere").online


def _chats(*numbers: int) -> Conversations:
    chats = Conversations()
    for number in numbers:
        chats.fold(InteractionStarted(number, "chat", "support", number, "x", number))
    return chats


def test_the_desk_hears_once_of_one_who_stays_away() -> None:
    chats = _chats(1, 2)
    departures = Departures((), 0)
    first, second = chats
    departures.left(first, 10)
    departures.left(second, 10)
    assert departures.due(10 + LEAVE_AFTER_S / 2) == []
    departures.back(second)
    assert departures.due(10 + LEAVE_AFTER_S) == [1]
    assert departures.due(1_000) == []


def test_after_a_start_everybody_has_time_to_come_back() -> None:
    chats = _chats(1, 2)
    _, away = chats
    away.away = True
    departures = Departures(chats, 100)
    assert all(chat.stage is Stage.WAITING for chat in chats)
    assert departures.due(100 + RESTART_LEAVE_AFTER_S - 1) == []
    assert departures.due(100 + RESTART_LEAVE_AFTER_S) == [1]
