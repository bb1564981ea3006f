"""The one TaskGroup of the server: what runs in it, and how it ends when something can't go on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from agentdesk.errors import DeskError

STOP_TIMEOUT_S = 10.0
"""How long the server has to tell its sessions after it failed."""

logger = logging.getLogger("agentdesk.loop")

Work = Coroutine[Any, Any, None]


class Tasks:
    """Starts tasks and ends them. A failure of the desk itself, or of a vital task, ends all in an orderly way."""

    def __init__(self) -> None:
        self.failure: DeskError | None = None
        self.on_failure: Callable[[], None] = lambda: None
        """Called when something vital failed, to end what `run` was given."""
        self._failed = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._spawned: set[asyncio.Task[None]] = set()

    async def run(self, main: Work, drain: Callable[[], Work]) -> None:
        """Run until `main` ends; then drain and end every task. Raises what failed."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            running = group.create_task(main, name="server")
            waiting = group.create_task(self._wait(), name="failure")
            await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
            if self.failure is None:
                await drain()
            else:
                self.on_failure()
                await asyncio.wait((running,), timeout=STOP_TIMEOUT_S)
            for task in (running, waiting, *self._spawned):
                task.cancel()
        if self.failure is not None:
            raise self.failure

    async def _wait(self) -> None:
        await self._failed.wait()

    def spawn(self, work: Work, name: str, *, vital: bool = False) -> None:
        """Start a task that lives at most as long as the server.

        What goes wrong in it is logged; what is `vital` ends the server then, for it can't go on without.
        """
        assert self._group is not None, "the server is not running"
        task = self._group.create_task(self._guarded(work, name, vital), name=name)
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)
        task.add_done_callback(lambda _: work.close())  # one that was cancelled before its first step never began

    async def _guarded(self, work: Work, name: str, vital: bool) -> None:
        try:
            await work
        except Exception as problem:
            logger.exception("%s failed", name)
            if vital:
                self.fail(DeskError(f"{name}: {problem}", "See the log, and start the server again."))

    def fail(self, failure: DeskError) -> None:
        """The server can't go on; the first failure counts."""
        if self.failure is None:
            self.failure = failure
            self._failed.set()
