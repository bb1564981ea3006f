"""Few connections, a time limit, no writing, one moment."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from agentdesk.core.changes import Changes
from agentdesk.core.events import CustomerLeft
from agentdesk.errors import StoreBusy, StoreUnusable
from agentdesk.store.base import Batch
from agentdesk.store.sqlite import open_store
from agentdesk.store.sqlite.readers import READERS_MAX, Readers
from tests.store.made import conversations, recorded, said


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = open_store(path)
    events = recorded(*(CustomerLeft(1) for _ in range(20_000)))
    store.commit([Batch(events, Changes(), [], conversations(1, 1)[0].counters)])
    store.close()
    return path


def test_a_read_that_takes_too_long_gives_up_and_leaves_the_connection_good(path: Path) -> None:
    store = open_store(path, read_limit_s=0.0)
    with pytest.raises(StoreBusy) as raised:
        store.events(0, 10, "nobody")
    assert raised.value.remedy
    assert len(store.events(0, 10)) == 10
    store.close()


def test_more_readers_than_connections_wait_then_give_up(path: Path) -> None:
    readers = Readers(path, limit_s=0.05)
    with ExitStack() as stack:
        for _ in range(READERS_MAX):
            stack.enter_context(readers.reading())
        with pytest.raises(StoreBusy), readers.reading():
            pass
    with readers.reading() as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (20_000,)
    readers.close()


def test_a_reader_waits_for_its_turn(path: Path) -> None:
    readers = Readers(path, limit_s=10, count=1)
    got: list[int] = []

    def read() -> None:
        with readers.reading() as connection:
            got.append(connection.execute("SELECT count(*) FROM events").fetchone()[0])

    thread = threading.Thread(target=read)
    with readers.reading():
        thread.start()
    thread.join(10)
    assert got == [20_000]
    readers.close()


def test_a_reader_cant_write(path: Path) -> None:
    readers = Readers(path)
    with pytest.raises(StoreUnusable), readers.reading() as connection:
        connection.execute("DELETE FROM events")
    readers.close()


def test_a_read_is_of_one_moment(path: Path) -> None:
    store = open_store(path)
    with store._readers.reading() as connection:
        first = connection.execute("SELECT count(*) FROM messages").fetchone()
        store.commit([said("meanwhile", after=20_000)])
        assert connection.execute("SELECT count(*) FROM messages").fetchone() == first
    assert len(store.search("meanwhile")) == 1
    store.close()


def test_damage_met_while_reading_is_told(path: Path) -> None:
    size = path.stat().st_size
    store = open_store(path)
    with path.open("r+b") as file:
        file.seek(4096 * 8)
        file.write(b"\x07" * (size - 4096 * 8))
    with pytest.raises(StoreUnusable) as raised:
        for after in range(0, 20_000, 1_000):
            store.events(after, 1_000)
    assert "restore" in raised.value.remedy
    store.close()


def test_reading_from_many_threads_while_one_writes(tmp_path: Path) -> None:
    store = open_store(tmp_path / "desk.db")
    made = conversations(60, seed=8)
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            loaded = store.load()
            events = store.events(0, 10_000)
            if len(events) < loaded.counters.seq or [row.seq for row in events] != list(range(1, len(events) + 1)):
                wrong.append(loaded.counters)

    threads = [threading.Thread(target=read) for _ in range(READERS_MAX)]
    for thread in threads:
        thread.start()
    for one in made:
        store.commit([one])
    done.set()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    store.close()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    readers = Readers(tmp_path / "nowhere.db")
    for _ in range(READERS_MAX + 1):
        with pytest.raises(StoreUnusable), readers.reading():
            pass
    readers.close()


def test_sqlite_errors_keep_their_cause(path: Path) -> None:
    readers = Readers(path)
    with pytest.raises(StoreUnusable) as raised, readers.reading() as connection:
        connection.execute("SELECT nothing")
    assert isinstance(raised.value.__cause__, sqlite3.OperationalError)
    readers.close()
