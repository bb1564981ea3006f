"""Tells the desk when a queue opens, closes or has a holiday: at the start, at each change, and after new settings."""

from __future__ import annotations

import logging

from agentdesk.config.hours import State, next_change_ms, state_at
from agentdesk.config.server import QueueSettings
from agentdesk.core.commands import Actor, Refused, SetHours
from agentdesk.core.model import Hours
from agentdesk.errors import StoreBusy
from agentdesk.server.accounts import Accounts
from agentdesk.server.clock import Clock
from agentdesk.server.loop import DeskLoop
from agentdesk.server.readers import Readers

LOOK_S = 30.0
"""How long to wait at most between two looks, so that a clock that was set is noticed."""
PAUSE_S = 0.05

logger = logging.getLogger("agentdesk.opening")


class Opening:
    """Compares what each queue is now with what the desk was told."""

    def __init__(self, loop: DeskLoop, accounts: Accounts, readers: Readers, clock: Clock, system: Actor) -> None:
        self._loop = loop
        self._accounts = accounts
        self._readers = readers
        self._clock = clock
        self._system = system
        self._told: set[str] = set()

    async def run(self) -> None:
        """Look whenever something changes, for as long as the server runs."""
        while True:
            await self._clock.sleep(await self.look())

    async def look(self) -> float:
        """Tell the desk what differs; return after how many seconds to look again."""
        queues, now_ms = self._accounts.settings.queues, self._clock.now_ms()
        try:
            # Off the loop: computing the holidays of a year takes some milliseconds, loading them the first time more.
            states, next_ms = await self._readers.run(_look, queues, now_ms)
        except StoreBusy:
            return LOOK_S
        # A day that begins at another offset, or a removed queue that is empty by now.
        await self._accounts.configure_desk()
        for queue, state in states.items():
            # At the start every queue's, also "open": the log says then what holds from there.
            if queue not in self._told or self._loop.view.hours(queue) != state:
                await self._tell(queue, Hours(state))
        wait_s = LOOK_S if next_ms is None else (next_ms - self._clock.now_ms()) / 1000
        return min(max(wait_s, PAUSE_S), LOOK_S)

    async def _tell(self, queue: str, hours: Hours) -> None:
        answer = await self._loop.submit(SetHours(queue, hours), self._system)
        if isinstance(answer, Refused):
            logger.warning("the desk refuses the hours of %s: %s", queue, answer.message)
        else:
            self._told.add(queue)
            logger.info("queue %s is %s", queue, hours)


def _look(queues: tuple[QueueSettings, ...], now_ms: int) -> tuple[dict[str, State], int | None]:
    """What each queue is now, and when the first of them changes."""
    changes = [at_ms for queue in queues if (at_ms := next_change_ms(queue.hours, now_ms)) is not None]
    return {queue.id: state_at(queue.hours, now_ms) for queue in queues}, min(changes, default=None)
