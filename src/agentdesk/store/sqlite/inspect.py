"""What a database file is, found out without touching it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import msgspec

from agentdesk.errors import StoreUnusable
from agentdesk.store.sqlite.connection import (
    APPLICATION_ID,
    SQLITE_MIN,
    connect_reader,
    connect_untouched,
    unusable,
)

_RESTORE = "Restore a backup: agentdesk server restore FILE."
PROBLEMS_MAX = 20
CHECK_EVERY_OPS = 2_000


class Inspected(msgspec.Struct, frozen=True):
    """A file's schema version; 0 for a file that is not there or holds nothing yet."""

    version: int


def inspect(path: Path, newest: int, check_limit_s: float | None = None) -> Inspected:
    """Return what the file is, or say why it can't be used. With a limit a large file is checked in part."""
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        wanted = ".".join(map(str, SQLITE_MIN))
        raise StoreUnusable(
            f"SQLite {sqlite3.sqlite_version} is too old, {wanted} is needed.", "Use a newer Python or SQLite."
        )
    if not path.parent.is_dir():
        raise StoreUnusable(f"There is no folder {path.parent}", "Make the folder, or set another path.")
    if not path.exists() or path.stat().st_size == 0:
        return Inspected(0)
    try:
        with closing(connect_to_look(path)) as connection:
            return _inspect(connection, path, newest, check_limit_s)
    except sqlite3.Error as error:
        raise unusable(error, path) from error


def connect_to_look(path: Path) -> sqlite3.Connection:
    """Open the file so that nothing changes: with its log if there is one (a server runs, or was killed)."""
    log = path.with_name(path.name + "-wal")
    return connect_reader(path) if log.exists() and log.stat().st_size else connect_untouched(path)


def _inspect(connection: sqlite3.Connection, path: Path, newest: int, check_limit_s: float | None) -> Inspected:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == 0 and version == 0 and tables == 0:
        return Inspected(0)
    if application != APPLICATION_ID:
        raise StoreUnusable(f"It is a database of another program: {path}", "Set another path for the database.")
    if version > newest:
        raise StoreUnusable(
            f"It was written by a newer agentdesk (schema {version}, this one knows {newest}): {path}",
            "Install the newer agentdesk again, or restore the backup that was made before the upgrade.",
        )
    found = _damage(connection, check_limit_s)
    if found:
        raise StoreUnusable(f"It is damaged: {path}: {found[0]}", _RESTORE)
    return Inspected(version)


def _damage(connection: sqlite3.Connection, limit_s: float | None) -> list[str]:
    """Return what SQLite's own check finds wrong, as far as the time allows."""
    if limit_s is not None:
        deadline = time.monotonic() + limit_s
        connection.set_progress_handler(lambda: time.monotonic() > deadline, CHECK_EVERY_OPS)
    try:
        rows = connection.execute(f"PRAGMA quick_check({PROBLEMS_MAX})").fetchall()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname != "SQLITE_INTERRUPT":
            raise
        return []
    finally:
        connection.set_progress_handler(None, 0)
    return [text for (text,) in rows if text != "ok"]
