"""The queues as those who wait in them see them: position, estimate, whether anybody is there.

One pass per queue serves all its visitors, and is made at most a few times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from agentdesk.channels.base import Clock, DeskReader
from agentdesk.channels.webchat.estimate import opens_ms, rounded_ms, serving, takes_chats
from agentdesk.config.server import QueueSettings
from agentdesk.core.model import Agent, Presence
from agentdesk.core.stats import QueueStats

FRESH_S = 0.5
RESTART_S = 20.0
"""How long after a start agents who were signed in before it count as there: they are reconnecting."""


class Line(msgspec.Struct, frozen=True):
    """One queue a moment ago. `wait_ms` is what somebody who joins now can expect, None when nobody can say."""

    online: bool
    opens_ms: int | None
    wait_ms: int | None
    positions: dict[int, int]

    def position(self, interaction_id: int, is_offered: bool) -> int:
        """The place of one who waits, from 1. One who is offered to an agent is next; one who came since is last."""
        if is_offered:
            return 1
        return self.positions.get(interaction_id, len(self.positions) + 1)

    def estimate_ms(self, position: int) -> int | None:
        """What one who waits there can expect: their share of the wait of one who would join behind everybody."""
        return None if self.wait_ms is None else rounded_ms(self.wait_ms * position // (len(self.positions) + 1))


NOBODY = Line(False, None, None, {})


class Lines:
    """Every queue's line, looked at again when it is older than `FRESH_S`."""

    def __init__(self, desk: DeskReader, clock: Clock, queues: Callable[[], Iterable[QueueSettings]]) -> None:
        self._desk = desk
        self._clock = clock
        self._queues = queues
        self._started_s = clock.steady_s()
        self._stats: dict[str, QueueStats] = {}
        self._stats_s = -FRESH_S
        self._lines: dict[str, tuple[float, Line]] = {}

    def line(self, queue: str) -> Line:
        """The queue as it is or was a moment ago."""
        now_s = self._clock.steady_s()
        known = self._lines.get(queue)
        if known is not None and now_s - known[0] < FRESH_S:
            return known[1]
        line = self._look(queue)
        self._lines[queue] = (now_s, line)
        return line

    def forget(self) -> None:
        """Somebody came or went: look again at the next question."""
        self._lines.clear()
        self._stats_s = -FRESH_S

    def _look(self, queue: str) -> Line:
        queues = {one.id: one for one in self._queues()}
        now_ms = self._clock.now_ms()
        if queue not in queues:
            return NOBODY
        serves = serving(queues.values(), queues[queue], now_ms)
        stats = self._figures(now_ms).get(serves.id)
        if stats is None:
            return NOBODY
        positions = {one: place for place, one in enumerate(self._desk.line(queue), 1)}
        online = takes_chats(serves, stats.agents_signed_in or self._reconnecting(serves.id), now_ms)
        opens = None if online else opens_ms(queues[queue], now_ms)
        return Line(online, opens, stats.estimate_ms, positions)

    def _figures(self, now_ms: int) -> dict[str, QueueStats]:
        now_s = self._clock.steady_s()
        if now_s - self._stats_s >= FRESH_S:
            self._stats_s = now_s
            self._stats = {one.id: one for one in self._desk.queue_stats(now_ms)}
        return self._stats

    def _reconnecting(self, queue: str) -> int:
        """Agents of the queue who were signed in when the last process ended, for the first moments of this one."""
        if self._clock.steady_s() - self._started_s > RESTART_S:
            return 0
        return sum(1 for agent in self._desk.agents() if _was_signed_in(agent, queue))


def _was_signed_in(agent: Agent, queue: str) -> bool:
    serves = not agent.config.queues or queue in agent.config.queues
    return serves and agent.presence is not Presence.OFFLINE
