"""Every released schema comes to the newest one, with a copy kept; a step that fails changes nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from agentdesk.errors import StoreUnusable
from agentdesk.store.sqlite import open_store
from agentdesk.store.sqlite.migrate import BACKUPS_KEPT, Migration, migrations, newest, split
from tests.store.made import conversations
from tests.store.sqlite.folder import contents, schema

SCHEMAS = Path(__file__).parent / "schemas"
MADE = conversations(20, seed=1)
ADDS_A_TABLE = "CREATE TABLE extra (id INTEGER PRIMARY KEY, text TEXT) STRICT;\nINSERT INTO extra VALUES (1, 'a;b');\n"


def _next(sql: str, after: tuple[Migration, ...] = ()) -> tuple[Migration, ...]:
    steps = after or migrations()
    return (*steps, Migration(len(steps) + 1, "next", sql))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = open_store(path)
    store.commit(MADE)
    store.close()
    return path


@pytest.mark.parametrize("version", range(1, newest() + 1))
def test_a_released_schema_is_never_changed(tmp_path: Path, version: int) -> None:
    """A change of a schema is a new file in migrations/; write its dump here with `schema()` when it is released."""
    path = tmp_path / "desk.db"
    open_store(path, steps=migrations()[:version]).close()
    assert schema(path) == (SCHEMAS / f"{version:04}.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", range(1, newest() + 1))
def test_from_every_released_schema(tmp_path: Path, version: int) -> None:
    path = tmp_path / "desk.db"
    store = open_store(path, steps=migrations()[:version])
    store.commit(MADE)
    epoch = store.epoch()
    store.close()
    upgraded = open_store(path)
    assert upgraded.load().counters == MADE[-1].counters
    assert upgraded.events(0, 1_000) == [event for batch in MADE for event in batch.events]
    assert upgraded.epoch() == epoch
    upgraded.close()
    assert schema(path) == (SCHEMAS / f"{newest():04}.sql").read_text(encoding="utf-8")


def test_files_of_the_first_schema_belong_to_the_messages_that_carry_them(tmp_path: Path) -> None:
    store = open_store(tmp_path / "desk.db", steps=migrations()[:1])
    for key, owner in (("sent", "v1"), ("unsent", "v1")):
        row = (key, "a.txt", "text/plain", b"a", owner, 5)
        store._connection.execute(
            "INSERT INTO files (id, name, media_type, data, owner, at_ms) VALUES (?,?,?,?,?,?)", row
        )
    carried = '[{"id":"sent","name":"a.txt","media_type":"text/plain","size":1}]'
    store._connection.execute(
        "INSERT INTO messages VALUES (1, 7, 1, 'inbound', '', '', 5, NULL, '', ?, NULL)", [carried]
    )
    store.close()
    upgraded = open_store(tmp_path / "desk.db")
    owners = [file.owner for key in ("sent", "unsent") if (file := upgraded.file(key)) is not None]
    assert owners == ["i7", "v1"]
    assert upgraded.prune(0, 6) == 1
    upgraded.close()


def test_a_step_is_applied_once_and_keeps_the_version_before(path: Path) -> None:
    steps = _next(ADDS_A_TABLE)
    for _ in range(2):
        store = open_store(path, steps=steps)
        assert store._connection.execute("SELECT text FROM extra").fetchall() == [("a;b",)]
        assert store._connection.execute("PRAGMA user_version").fetchone() == (len(steps),)
        store.close()
    copy = path.with_name(f"desk.db.v{newest():04}.backup")
    assert sorted(contents(path.parent)) == sorted(["desk.db", "desk.db.lock", copy.name])
    kept = open_store(copy)
    assert kept.load().counters == MADE[-1].counters
    kept.close()


def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    open_store(tmp_path / "desk.db", steps=_next(ADDS_A_TABLE)).close()
    assert sorted(contents(tmp_path)) == ["desk.db", "desk.db.lock"]


def test_a_step_that_fails_leaves_the_version_before(path: Path) -> None:
    before = schema(path)
    with pytest.raises(StoreUnusable, match="no such table"):
        open_store(path, steps=_next(ADDS_A_TABLE + "INSERT INTO nowhere VALUES (1);\n"))
    assert schema(path) == before
    store = open_store(path)
    assert store.load().counters == MADE[-1].counters
    store.close()


def test_a_backup_that_fails_stops_the_upgrade(path: Path) -> None:
    path.with_name(f"desk.db.v{newest():04}.backup.part").mkdir()
    before = path.read_bytes()
    with pytest.raises((StoreUnusable, OSError)):
        open_store(path, steps=_next(ADDS_A_TABLE))
    assert path.read_bytes() == before


def test_only_the_newest_copies_are_kept(path: Path) -> None:
    steps = migrations()
    for number in range(BACKUPS_KEPT + 3):
        steps = _next(f"CREATE TABLE extra{number} (id INTEGER PRIMARY KEY) STRICT;\n", steps)
        open_store(path, steps=steps).close()
    copies = [name for name in contents(path.parent) if name.endswith(".backup")]
    last = len(steps) - 1
    assert copies == [f"desk.db.v{version:04}.backup" for version in range(last - BACKUPS_KEPT + 1, last + 1)]


def test_a_command_does_not_upgrade(path: Path) -> None:
    before = contents(path.parent)
    with pytest.raises(StoreUnusable) as raised:
        open_store(path, deciding=False, steps=_next(ADDS_A_TABLE))
    assert "Start the server once" in raised.value.remedy
    assert contents(path.parent) == before


def test_scripts_are_cut_where_sqlite_says() -> None:
    script = "-- a;comment\nCREATE TABLE t (x);\nCREATE TRIGGER g AFTER INSERT ON t BEGIN\n DELETE FROM t;\nEND;\n"
    statements = split(script + "INSERT INTO t VALUES ('a;\nb');\n")
    assert [statement.splitlines()[-1] for statement in statements] == ["CREATE TABLE t (x);", "END;", "b');"]
    assert sqlite3.complete_statement(statements[1])
