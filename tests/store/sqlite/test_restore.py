"""A backup in the place of the database; what was there is kept, whatever state it was in."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.errors import StoreUnusable
from agentdesk.store.sqlite import check, open_store, restore
from tests.store.made import conversations
from tests.store.sqlite.folder import contents

MADE = conversations(60, seed=6)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of the first half; the database beside it has the rest too."""
    store = open_store(tmp_path / "desk.db")
    store.commit(MADE[:30])
    store.backup(tmp_path / "backup.db")
    store.commit(MADE[30:])
    store.close()
    return tmp_path / "backup.db"


def _seq(path: Path) -> int:
    store = open_store(path)
    try:
        return store.load().counters.seq
    finally:
        store.close()


def test_the_desk_is_as_it_was_and_the_replaced_file_is_kept(backup: Path) -> None:
    target = backup.with_name("desk.db")
    before = backup.read_bytes()
    pages: list[int] = []
    kept = restore(backup, target, lambda done, total: pages.append(done))
    assert pages
    assert kept == backup.with_name("desk.db.replaced-1")
    assert _seq(target) == MADE[29].counters.seq
    assert _seq(kept) == MADE[-1].counters.seq
    assert backup.read_bytes() == before
    assert check(target) == []
    second = restore(backup, target)
    assert second == backup.with_name("desk.db.replaced-2")
    assert [name for name in contents(backup.parent) if name.endswith(".part")] == []


def test_a_restored_desk_has_a_new_epoch(backup: Path) -> None:
    target = backup.with_name("desk.db")
    store = open_store(target)
    old = store.epoch()
    store.close()
    restore(backup, target)
    store = open_store(target)
    assert store.epoch() not in ("", old)
    store.close()


def test_where_nothing_was(backup: Path) -> None:
    target = backup.with_name("new.db")
    assert restore(backup, target) is None
    assert _seq(target) == MADE[29].counters.seq


def test_a_damaged_database_with_its_log_is_replaced_and_kept(backup: Path) -> None:
    target = backup.with_name("desk.db")
    target.write_bytes(b"damaged")
    target.with_name("desk.db-wal").write_bytes(b"a log that must not be played into the restored file")
    kept = restore(backup, target)
    assert kept is not None and kept.read_bytes() == b"damaged"
    assert kept.with_name(kept.name + "-wal").read_bytes().startswith(b"a log")
    assert _seq(target) == MADE[29].counters.seq


def _damage(backup: Path) -> None:
    data = bytearray(backup.read_bytes())
    for at in range(4096 * 2, len(data), 4096):
        data[at : at + 60] = b"\xff" * 60
    backup.write_bytes(data)


def _empty(backup: Path) -> None:
    backup.write_bytes(b"")


def _remove(backup: Path) -> None:
    backup.unlink()


@pytest.mark.parametrize("spoil", [_damage, _empty, _remove])
def test_a_backup_that_is_no_good_changes_nothing(backup: Path, spoil: object) -> None:
    assert callable(spoil)
    spoil(backup)
    before = contents(backup.parent)
    with pytest.raises(StoreUnusable):
        restore(backup, backup.with_name("desk.db"))
    assert contents(backup.parent) == before


def test_not_over_itself(backup: Path) -> None:
    with pytest.raises(StoreUnusable, match="itself"):
        restore(backup, backup)


def test_not_under_a_running_server(backup: Path) -> None:
    store = open_store(backup.with_name("desk.db"))
    with pytest.raises(StoreUnusable, match="Another server"):
        restore(backup, backup.with_name("desk.db"))
    assert store.load().counters == MADE[-1].counters
    store.close()
