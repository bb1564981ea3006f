"""Connections to the database file, and SQLite's errors in words that help."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from agentdesk.errors import StoreBusy, StoreUnusable

APPLICATION_ID = 0x61676465
"""'agde' in the file's header: this is a desk's database."""

SQLITE_MIN = (3, 37, 0)
BUSY_TIMEOUT_S = 10.0
"""How long a write waits for another process's short write (an admin command, a checkpoint)."""

WRITER_CACHE_KIB = 65_536
READER_CACHE_KIB = 16_384
CHECKPOINT_PAGES = 4_000
"""About 16 MB of log before it is folded into the file: rare enough to cost little, small enough to take little."""
LOG_BYTES_KEPT = 64 * 1024 * 1024
"""What stays of a log that grew because a long read (a backup) kept it from being folded in."""

_REMEDIES = {
    "SQLITE_FULL": ("The disk is full.", "Free some space, then start the server again; nothing acknowledged is lost."),
    "SQLITE_IOERR": ("The disk reports an error.", "Look at the system's log, and restore a backup if it is failing."),
    "SQLITE_READONLY": ("The file or its folder can't be written.", "Give the server's user the right to write there."),
    "SQLITE_CANTOPEN": ("The file can't be opened.", "Look at the path and at the rights of its folder."),
    "SQLITE_CORRUPT": ("The file is damaged.", "Restore a backup: agentdesk server restore FILE."),
    "SQLITE_NOTADB": (
        "The file is no database.",
        "Set another path, or restore a backup: agentdesk server restore FILE.",
    ),
    "SQLITE_BUSY": ("Another program holds the database.", "Stop the other program, then start the server again."),
}


def connect_writer(path: Path) -> sqlite3.Connection:
    """Open the one connection that writes; the file is made when it isn't there, for its owner's eyes only.

    No memory map: a file cut short by a bad disk would end the process instead of giving an error.
    """
    path.touch(mode=0o600)
    connection = _connect(path, "rw")
    connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES_KEPT}")
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that can't write."""
    connection = _connect(path, "ro")
    connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    connection.execute("PRAGMA query_only = ON")
    return connection


def connect_untouched(path: Path) -> sqlite3.Connection:
    """Open a database to look at it, leaving no trace beside it: nobody may be writing it meanwhile."""
    return _connect(path, "ro", "&immutable=1")


def _connect(path: Path, mode: str, more: str = "") -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}{more}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )


def unusable(error: sqlite3.Error, path: Path) -> StoreUnusable:
    """Say what an error of SQLite means for the person who runs the server."""
    name = getattr(error, "sqlite_errorname", "") or ""
    for known, (what, remedy) in _REMEDIES.items():
        if name.startswith(known):
            return StoreUnusable(f"{what} ({path}: {error})", remedy)
    return StoreUnusable(f"{path}: {error}", "Run: agentdesk server check")


def busy_or_unusable(error: sqlite3.Error, path: Path) -> StoreBusy | StoreUnusable:
    """Tell a read that took too long from a database that can't be read."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_INTERRUPT", "SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy("Reading took longer than it may.", "Try again, or ask for less.")
    return unusable(error, path)
