"""Commits conversations and says on stdout which number is durable, until it is killed or dies by its own hand.

    python crash_child.py DATABASE SEED FIRST [WHERE COUNT MICROSECONDS]

WHERE is the beginning of a statement; at the COUNT-th such statement the process kills itself, that many microseconds
later, so that death comes inside the transaction, or inside the commit and its sync.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from agentdesk.store.sqlite import SqliteStore, open_store
from agentdesk.store.writer import Finished, Writer
from tests.store.made import conversations

BATCHES = 4_000
GROUP_MAX = 20


def main(path: str, seed: str, first: str, *when: str) -> None:
    made = conversations(BATCHES, int(seed))[int(first) :]
    store = open_store(path)
    if when:
        _die_at(store, when[0], int(when[1]), int(when[2]))
    writer = Writer(store, _acknowledge, group_max=GROUP_MAX)
    for one in made:
        while not writer.room:
            threading.Event().wait(0.001)
        writer.submit(one, lambda error: None)
    writer.close()
    store.close()


def _acknowledge(group: list[Finished]) -> None:
    """One write to a pipe: a reader gets the whole line or nothing of it."""
    assert group[-1].error is None
    os.write(1, b"%d\n" % group[-1].batch.counters.seq)


def _die_at(store: SqliteStore, where: str, count: int, microseconds: int) -> None:
    seen = 0

    def trace(statement: str) -> None:
        nonlocal seen
        seen += statement.startswith(where)
        if seen == count and not microseconds:
            os.kill(os.getpid(), signal.SIGKILL)
        elif seen == count:
            threading.Thread(target=_die, args=(time.perf_counter() + microseconds / 1e6,), daemon=True).start()

    store._connection.set_trace_callback(trace)


def _die(at: float) -> None:
    while time.perf_counter() < at:
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
