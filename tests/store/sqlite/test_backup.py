"""Copies are whole, of one moment, and made while others write."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from agentdesk.errors import DeskError
from agentdesk.store.base import Store
from agentdesk.store.memory import MemoryStore
from agentdesk.store.sqlite import SqliteStore, check, open_store
from agentdesk.store.writer import Writer
from tests.store.made import conversations, said
from tests.store.sqlite.folder import contents

MADE = conversations(300, seed=5)


def test_a_copy_is_the_whole_desk(sqlite_store: SqliteStore, tmp_path: Path) -> None:
    sqlite_store.commit(MADE)
    target = tmp_path / "copy" / "desk.db"
    target.parent.mkdir()
    pages: list[tuple[int, int]] = []
    sqlite_store.backup(target, lambda done, total: pages.append((done, total)))
    assert pages[-1][0] == pages[-1][1] > 0
    assert sorted(contents(target.parent)) == ["desk.db"]
    assert check(target) == []
    copy = open_store(target)
    assert copy.load() == sqlite_store.load()
    assert copy.events(0, 10_000) == sqlite_store.events(0, 10_000)
    assert copy.search("refund", limit=5) == sqlite_store.search("refund", limit=5)
    copy.close()


def test_a_copy_made_while_others_write_is_of_one_moment(
    sqlite_store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits arrive between the steps of the copy, as often as there are steps."""
    monkeypatch.setattr("agentdesk.store.sqlite.backup.PAGES_PER_STEP", 5)
    sqlite_store.commit(MADE[:100])
    coming = iter(MADE[100:])
    writer = Writer(sqlite_store)
    steps = 0

    def progress(done: int, total: int) -> None:
        nonlocal steps
        steps += 1
        one = next(coming, None)
        if one is not None:
            written = threading.Event()
            writer.submit(one, lambda error: written.set())
            assert written.wait(10)

    sqlite_store.backup(tmp_path / "copy.db", progress)
    writer.close()
    assert steps > 10
    assert sqlite_store.load().counters.seq > MADE[99].counters.seq
    copy = open_store(tmp_path / "copy.db")
    assert copy.load().counters == MADE[99].counters
    copy.close()
    assert check(tmp_path / "copy.db") == []


def test_an_old_copy_is_replaced_only_by_a_whole_one(sqlite_store: SqliteStore, tmp_path: Path) -> None:
    sqlite_store.commit(MADE[:10])
    target = tmp_path / "copy.db"
    target.write_bytes(b"the copy of yesterday")

    def fail(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sqlite_store.backup(target, fail)
    assert target.read_bytes() == b"the copy of yesterday"
    assert [name for name in contents(tmp_path) if name.startswith("copy")] == ["copy.db"]
    sqlite_store.backup(target)
    assert check(target) == []


def test_a_store_reads_on_after_a_backup(sqlite_store: SqliteStore, tmp_path: Path) -> None:
    sqlite_store.backup(tmp_path / "copy.db")
    sqlite_store.commit([said("after")])
    assert len(sqlite_store.search("after")) == 1


def test_memory_has_nothing_to_copy(tmp_path: Path) -> None:
    store: Store = MemoryStore()
    with pytest.raises(DeskError):
        store.backup(tmp_path / "copy.db")
    assert contents(tmp_path) == {}
