"""The one thread that commits: it takes whatever waits, writes it as one transaction, then tells everyone at once.

While one group is on its way to the disk the next one gathers, so the busier the desk is the larger the groups get
and the less of a disk's pace each command costs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

import msgspec

from agentdesk.errors import StoreBusy, StoreUnusable
from agentdesk.store.base import Batch, Store
from agentdesk.store.merge import picture

GROUP_MAX = 500
"""Batches in one transaction: more makes everyone wait longer and gains little."""

BACKLOG_MAX = 5_000
"""Batches that may wait. Who submits looks at `room` before it decides anything new."""

CLOSE_TIMEOUT_S = 30.0

Done = Callable[[BaseException | None], None]


class Finished(msgspec.Struct):
    """A batch that is durable, or, with an error, not written. `tell` calls back whoever submitted it."""

    batch: Batch
    done: Done
    error: BaseException | None = None

    def tell(self) -> None:
        """Call back."""
        self.done(self.error)


Wake = Callable[[list[Finished]], None]


def tell_all(finished: list[Finished]) -> None:
    """Call back everyone of a group."""
    for one in finished:
        one.tell()


class Writer:
    """Takes batches from the loop's thread and commits them in order.

    `wake` is called on the writer's thread once a group; pass
    `lambda group: loop.call_soon_threadsafe(tell_all, group)` to be called back on an event loop.
    The first commit that fails ends it: everyone waiting gets the error, `failure` keeps it, `submit` raises it.
    """

    def __init__(
        self,
        store: Store,
        wake: Wake = tell_all,
        *,
        group_max: int = GROUP_MAX,
        backlog_max: int = BACKLOG_MAX,
    ) -> None:
        self.failure: BaseException | None = None
        self._store = store
        self._wake = wake
        self._group_max = group_max
        self._backlog_max = backlog_max
        self._waiting = 0
        self._count_lock = threading.Lock()
        self._inbox: SimpleQueue[Finished | None] = SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @property
    def room(self) -> int:
        """How many more batches it takes now; at 0 take no commands until the next group is told."""
        return max(0, self._backlog_max - self._waiting)

    def submit(self, batch: Batch, done: Done) -> None:
        """Hand over a batch as it is now; the desk may go on changing its rows. Never waits.

        Raises `StoreBusy` when there is no room, the error that ended the writer if one did. Nothing is taken then.
        """
        if self.failure is not None:
            raise self.failure
        if self._closed:
            raise StoreUnusable("The store is closed.", "Start the server again.")
        if self._waiting >= self._backlog_max:
            raise StoreBusy("Too many changes wait to be written.", "Try again in a moment.")
        one = Finished(picture(batch), done)
        with self._count_lock:
            self._waiting += 1
        self._inbox.put(one)

    def close(self, timeout_s: float = CLOSE_TIMEOUT_S) -> None:
        """Write what waits, then end the thread. The store stays open: it is its owner's to close."""
        if not self._closed:
            self._closed = True
            self._inbox.put(None)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise StoreBusy("The last changes are still being written.", "Look at the disk, then wait or stop it.")

    def _run(self) -> None:
        more = True
        while more:
            group, more = self._gather()
            if group:
                self._commit(group)

    def _gather(self) -> tuple[list[Finished], bool]:
        """Wait for one batch, then take all that wait, up to the bound; False when this is the end."""
        group: list[Finished] = []
        try:
            while len(group) < self._group_max:
                one = self._inbox.get_nowait() if group else self._inbox.get()
                if one is None:
                    return group, False
                group.append(one)
        except Empty:
            pass
        return group, True

    def _commit(self, group: list[Finished]) -> None:
        error = self.failure
        if error is None:
            try:
                self._store.commit([one.batch for one in group])
            except BaseException as raised:  # noqa: BLE001 - whatever it is, everyone who waits has to hear it
                error = self.failure = raised
        for one in group:
            one.error = error
        with self._count_lock:
            self._waiting -= len(group)
        self._wake(group)
