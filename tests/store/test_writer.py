"""Groups, room, failures, the end."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from copy import copy

import pytest

from agentdesk.core.model import Interaction
from agentdesk.errors import StoreBusy, StoreUnusable
from agentdesk.store.base import Batch
from agentdesk.store.memory import MemoryStore
from agentdesk.store.sqlite import SqliteStore
from agentdesk.store.writer import Finished, Writer, tell_all
from tests.store.made import batch, conversations, interaction

TIMEOUT_S = 10.0


class GatedStore(MemoryStore):
    """Commits once the gate is open, and counts the batches of each transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.reached = threading.Event()
        self.groups: list[int] = []

    def commit(self, batches: list[Batch]) -> None:
        self.reached.set()
        assert self.gate.wait(TIMEOUT_S)
        self.groups.append(len(batches))
        super().commit(batches)


class Told:
    """Collects what a writer tells, and waits until so many were told."""

    def __init__(self) -> None:
        self.errors: list[BaseException | None] = []
        self._changed = threading.Condition()

    def __call__(self, error: BaseException | None) -> None:
        with self._changed:
            self.errors.append(error)
            self._changed.notify_all()

    def wait(self, count: int) -> list[BaseException | None]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.errors) >= count, TIMEOUT_S)
            return self.errors


@pytest.fixture
def gated() -> Iterator[GatedStore]:
    store = GatedStore()
    yield store
    store.gate.set()


def _busy(store: GatedStore, writer: Writer, told: Told) -> None:
    """Let the writer be in the middle of a commit of one batch."""
    writer.submit(batch(), told)
    assert store.reached.wait(TIMEOUT_S)


def test_what_waits_meanwhile_is_one_group(gated: GatedStore) -> None:
    told, writer = Told(), Writer(gated)
    _busy(gated, writer, told)
    for made in conversations(5, seed=1):
        writer.submit(made, told)
    gated.gate.set()
    assert told.wait(6) == [None] * 6
    assert gated.groups == [1, 5]
    writer.close()


def test_a_group_has_a_bound(gated: GatedStore) -> None:
    told, writer = Told(), Writer(gated, group_max=2)
    _busy(gated, writer, told)
    for made in conversations(5, seed=1):
        writer.submit(made, told)
    gated.gate.set()
    told.wait(6)
    assert gated.groups == [1, 2, 2, 1]
    writer.close()


def test_nobody_is_told_before_the_commit(sqlite_store: SqliteStore) -> None:
    seen: list[int] = []
    finished = threading.Event()
    made = conversations(20, seed=2)

    def wake(group: list[Finished]) -> None:
        durable = sqlite_store.load().counters.seq
        seen.extend(durable - one.batch.counters.seq for one in group)
        tell_all(group)
        if len(seen) == len(made):
            finished.set()

    writer = Writer(sqlite_store, wake)
    for one in made:
        writer.submit(one, lambda error: None)
    assert finished.wait(TIMEOUT_S)
    writer.close()
    assert min(seen) >= 0


def test_the_loop_is_woken_once_a_group(gated: GatedStore) -> None:
    async def run() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        all_told = asyncio.Event()
        wakes = 0
        told: list[BaseException | None] = []

        def done(error: BaseException | None) -> None:
            told.append(error)
            if len(told) == 6:
                all_told.set()

        def wake(group: list[Finished]) -> None:
            nonlocal wakes
            wakes += 1
            loop.call_soon_threadsafe(tell_all, group)

        writer = Writer(gated, wake)
        writer.submit(batch(), done)
        await asyncio.to_thread(gated.reached.wait, TIMEOUT_S)
        for made in conversations(5, seed=1):
            writer.submit(made, done)
        gated.gate.set()
        await asyncio.wait_for(all_told.wait(), TIMEOUT_S)
        writer.close()
        return wakes, len(told)

    assert asyncio.run(run()) == (2, 6)


def test_the_desk_may_change_its_rows_after_submitting(gated: GatedStore) -> None:
    told, writer = Told(), Writer(gated)
    _busy(gated, writer, told)
    it: Interaction = interaction(1)
    as_submitted = copy(it)
    writer.submit(batch(interactions=[it]), told)
    it.subject = "decided later, not committed"
    gated.gate.set()
    told.wait(2)
    assert gated.interaction(1) == as_submitted
    writer.close()


def test_the_backlog_is_bounded_and_room_says_so(gated: GatedStore) -> None:
    told, writer = Told(), Writer(gated, backlog_max=3)
    assert writer.room == 3
    _busy(gated, writer, told)
    first, second, third = conversations(3, seed=1)
    writer.submit(first, told)
    writer.submit(second, told)
    assert writer.room == 0
    with pytest.raises(StoreBusy):
        writer.submit(third, told)
    gated.gate.set()
    assert told.wait(3) == [None] * 3
    assert writer.room == 3
    writer.submit(third, told)
    told.wait(4)
    assert gated.load().counters == third.counters
    writer.close()


def test_closing_writes_what_waits(gated: GatedStore) -> None:
    told, writer = Told(), Writer(gated)
    made = conversations(7, seed=1)
    for one in made:
        writer.submit(one, told)
    gated.gate.set()
    writer.close()
    assert told.errors == [None] * 7
    assert gated.load().counters == made[-1].counters
    with pytest.raises(StoreUnusable):
        writer.submit(batch(), told)
    writer.close()


def test_closing_does_not_wait_for_ever(gated: GatedStore) -> None:
    writer = Writer(gated)
    _busy(gated, writer, Told())
    with pytest.raises(StoreBusy):
        writer.close(timeout_s=0.05)
    gated.gate.set()
    writer.close()


def test_a_full_disk_ends_the_writer_and_everyone_hears_it(sqlite_store: SqliteStore) -> None:
    made = conversations(400, seed=4)
    sqlite_store.commit(made[:10])
    (pages,) = sqlite_store._connection.execute("PRAGMA page_count").fetchone()
    sqlite_store._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    told, writer = Told(), Writer(sqlite_store, group_max=40)
    taken = 0
    for one in made[10:]:
        try:
            writer.submit(one, told)
        except StoreUnusable:
            break
        taken += 1
    errors = told.wait(taken)
    failed = [error for error in errors if error is not None]
    assert failed and errors == [None] * (len(errors) - len(failed)) + failed
    assert isinstance(failed[0], StoreUnusable)
    assert "disk is full" in str(failed[0]) and "space" in failed[0].remedy
    assert isinstance(failed[0].__cause__, sqlite3.Error)
    assert writer.failure is failed[0]
    with pytest.raises(StoreUnusable):
        writer.submit(made[-1], told)
    writer.close()
    durable = 10 + len(errors) - len(failed)
    assert sqlite_store.load().counters == made[durable - 1].counters


def test_what_cant_be_encoded_is_reported_too(sqlite_store: SqliteStore) -> None:
    told, writer = Told(), Writer(sqlite_store)
    odd = interaction(1)
    odd.attributes = {"key": "\ud800"}
    writer.submit(batch(interactions=[odd]), told)
    assert isinstance(told.wait(1)[0], UnicodeEncodeError)
    assert sqlite_store.interaction(1) is None
    writer.close()
