"""Reads of the store off the loop's thread, each with a time limit."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from agentdesk.errors import StoreBusy

READERS = 4
READ_TIMEOUT_S = 10.0
"""Longer than the store's own limit for one statement, so that its error comes first."""
WAITING_MAX = 10_000
"""Reads that may wait for a thread; beyond that the store is busy."""

P = ParamSpec("P")
T = TypeVar("T")


class Readers:
    """A few threads that read; owned by the application and closed with it."""

    def __init__(self, threads: int = READERS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")
        self._waiting = 0

    async def run(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a blocking call; `StoreBusy` when it takes too long or too many wait."""
        if self._waiting >= WAITING_MAX:
            raise StoreBusy("Too many reads are waiting.", "Try again in a moment.")
        self._waiting += 1
        try:
            call = functools.partial(read, *args, **kwargs)
            async with asyncio.timeout(READ_TIMEOUT_S):
                return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        except TimeoutError:
            raise StoreBusy("A read took too long.", "Try again in a moment.") from None
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the threads; what waits is dropped, what runs ends by the store's own limit."""
        self._pool.shutdown(wait=True, cancel_futures=True)
