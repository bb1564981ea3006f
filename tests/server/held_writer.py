"""A writer whose commits happen when the test says so, in place of the thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agentdesk.store.base import Batch

WAIT_S = 5.0
Done = Callable[[BaseException | None], None]


class HeldWriter:
    """Keeps batches until `commit` or `fail`."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Batch, Done]] = []
        self.written: list[Batch] = []

        self._arrived = asyncio.Event()

    def submit(self, batch: Batch, done: Done) -> None:
        self.waiting.append((batch, done))
        self._arrived.set()

    async def arrival(self) -> None:
        """Wait until there is a batch to commit."""
        if not self.waiting:
            self._arrived.clear()
            await asyncio.wait_for(self._arrived.wait(), WAIT_S)

    def commit(self) -> Batch:
        batch, done = self.waiting.pop(0)
        self.written.append(batch)
        done(None)
        return batch

    def fail(self, problem: BaseException) -> None:
        _, done = self.waiting.pop(0)
        done(problem)
