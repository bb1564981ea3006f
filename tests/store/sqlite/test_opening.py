"""What can't be used is refused with a remedy, and left byte for byte as it was."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from agentdesk.errors import StoreUnusable
from agentdesk.store.sqlite import open_store
from agentdesk.store.sqlite.connection import APPLICATION_ID
from agentdesk.store.sqlite.migrate import newest
from tests.store.made import conversations
from tests.store.sqlite.folder import contents

MADE = conversations(80, seed=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A desk's database with something in it, closed."""
    path = tmp_path / "desk.db"
    store = open_store(path)
    store.commit(MADE)
    store.close()
    return path


def test_a_database_is_made_with_its_marks(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        read = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        assert read == [APPLICATION_ID, newest()]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_every_commit_is_synced(path: Path) -> None:
    store = open_store(path)
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()


def test_closing_leaves_one_file_and_the_lock(path: Path) -> None:
    assert sorted(contents(path.parent)) == ["desk.db", "desk.db.lock"]


def test_opened_again_it_goes_on(path: Path) -> None:
    store = open_store(path)
    assert store.load().counters == MADE[-1].counters
    store.close()
    store.close()


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def _text(path: Path) -> None:
    path.write_text("host: 0.0.0.0\n", encoding="utf-8")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _overwritten(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(4096 * 3, len(data), 4096):
        data[at : at + 40] = b"\xff" * 40
    path.write_bytes(data)


def _pragma(path: Path, name: str, value: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA {name} = {value}")
        connection.commit()
    assert not path.with_name("desk.db-wal").exists()


def _newer(path: Path) -> None:
    _pragma(path, "user_version", newest() + 1)


def _foreign(path: Path) -> None:
    _pragma(path, "application_id", 0x47504B47)


def _unmarked(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.commit()


@pytest.mark.parametrize(
    ("spoil", "says", "remedy"),
    [
        (_garbage, "no database", "restore"),
        (_text, "no database", "restore"),
        (_cut, "damaged", "Restore a backup"),
        (_overwritten, "damaged", "Restore a backup"),
        (_newer, f"newer agentdesk (schema {newest() + 1}, this one knows {newest()})", "Install the newer"),
        (_foreign, "another program", "another path"),
        (_unmarked, "another program", "another path"),
    ],
)
def test_what_is_not_a_good_database_of_ours_is_not_touched(
    path: Path, spoil: Callable[[Path], None], says: str, remedy: str
) -> None:
    spoil(path)
    before = contents(path.parent)
    for deciding in (True, False):
        with pytest.raises(StoreUnusable) as raised:
            open_store(path, deciding=deciding)
        assert says in raised.value.message and str(path) in raised.value.message
        assert remedy in raised.value.remedy
        assert contents(path.parent) == before


def test_a_newer_database_with_a_log_that_a_crash_left_is_not_touched(path: Path) -> None:
    """The newer version may stand in the log only."""
    code = (
        "import os, signal, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA user_version = 99')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False, timeout=30)
    log = path.with_name("desk.db-wal")
    before = path.read_bytes(), log.read_bytes()
    assert b"" not in before
    with pytest.raises(StoreUnusable, match="schema 99"):
        open_store(path)
    assert (path.read_bytes(), log.read_bytes()) == before


def test_one_server_at_a_time(path: Path) -> None:
    first = open_store(path)
    before = contents(path.parent)
    with pytest.raises(StoreUnusable) as raised:
        open_store(path)
    assert f"process {os.getpid()}" in raised.value.message
    assert "Stop that server first" in raised.value.remedy
    assert contents(path.parent) == before
    first.commit(conversations(81, seed=1)[80:])
    first.close()
    open_store(path).close()


def test_the_lock_goes_with_a_killed_process(path: Path) -> None:
    code = (
        "import sys\n"
        "from agentdesk.store.sqlite import open_store\n"
        "store = open_store(sys.argv[1]); print('open', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(StoreUnusable, match=f"process {other.pid}"):
            open_store(path)
        other.kill()
    open_store(path).close()


def test_commands_open_it_beside_a_server(path: Path) -> None:
    from agentdesk.store.base import User

    server = open_store(path)
    command = open_store(path, deciding=False)
    command.put_user(User("ann", "Ann", "agent", "hash"))
    assert [user.id for user in server.users()] == ["ann"]
    server.commit(conversations(81, seed=1)[80:])
    assert command.load().counters == server.load().counters
    command.close()
    server.close()


def test_a_command_neither_makes_nor_upgrades_a_database(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable) as raised:
        open_store(tmp_path / "desk.db", deciding=False)
    assert "agentdesk server init" in raised.value.remedy
    assert contents(tmp_path) == {}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="no folder"):
        open_store(tmp_path / "nowhere" / "desk.db")


def test_a_lock_that_cant_be_written(path: Path) -> None:
    lock = path.with_name("desk.db.lock")
    lock.unlink()
    lock.mkdir()
    with pytest.raises(StoreUnusable) as raised:
        open_store(path)
    assert "right to write" in raised.value.remedy


def test_only_its_owner_may_read_a_new_database(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = open_store(tmp_path / "desk.db")
        store.commit(MADE[:2])
        modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in tmp_path.iterdir()}
        store.backup(tmp_path / "copy.db")
        modes["copy.db"] = stat.S_IMODE((tmp_path / "copy.db").stat().st_mode)
        store.close()
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
