"""A few connections for reading, each used by one thread at a time, each read with a time limit."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue

from agentdesk.errors import StoreBusy
from agentdesk.store.sqlite.connection import busy_or_unusable, connect_reader

READERS_MAX = 4
READ_LIMIT_S = 2.0
"""How long one read may take, and how long it may wait for a connection."""

CHECK_EVERY_OPS = 2_000
"""SQLite's steps between two looks at the clock: about a tenth of a millisecond."""


class Readers:
    """Connections are opened as they are needed, at most `READERS_MAX`, and closed by `close`."""

    def __init__(self, path: Path, limit_s: float = READ_LIMIT_S, count: int = READERS_MAX) -> None:
        self._path = path
        self._limit_s = limit_s
        self._idle: LifoQueue[sqlite3.Connection | None] = LifoQueue()
        self._count = count
        for _ in range(count):
            self._idle.put(None)

    @contextmanager
    def reading(self, limit_s: float | None = None) -> Iterator[sqlite3.Connection]:
        """Lend a connection inside one read transaction: all it reads is of one moment."""
        connection = self._take()
        try:
            connection.set_progress_handler(_past(time.monotonic() + (limit_s or self._limit_s)), CHECK_EVERY_OPS)
            connection.execute("BEGIN")
            yield connection
        except sqlite3.Error as error:
            raise busy_or_unusable(error, self._path) from error
        finally:
            connection.set_progress_handler(None, 0)
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            self._idle.put(connection)

    def close(self) -> None:
        """Close every connection; waits for reads that run."""
        for _ in range(self._count):
            with suppress(Empty):
                connection = self._idle.get(timeout=self._limit_s)
                if connection is not None:
                    connection.close()

    def _take(self) -> sqlite3.Connection:
        try:
            connection = self._idle.get(timeout=self._limit_s)
        except Empty:
            raise StoreBusy("Too many reads at once.", "Try again in a moment.") from None
        if connection is not None:
            return connection
        try:
            return connect_reader(self._path)
        except sqlite3.Error as error:
            self._idle.put(None)
            raise busy_or_unusable(error, self._path) from error


def _past(deadline: float) -> Callable[[], bool]:
    return lambda: time.monotonic() > deadline
