"""Put a backup in the place of the database. What was there is kept beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from agentdesk.errors import StoreUnusable
from agentdesk.store.base import Progress
from agentdesk.store.sqlite.backup import PART_SUFFIX, copy_database, sync
from agentdesk.store.sqlite.connection import unusable
from agentdesk.store.sqlite.inspect import connect_to_look, inspect
from agentdesk.store.sqlite.lock import DeskLock
from agentdesk.store.sqlite.migrate import new_epoch, newest
from agentdesk.store.statements import statements

KEPT_MAX = 1_000
_SQL = statements("write")


def restore(source: Path, target: Path, progress: Progress | None = None) -> Path | None:
    """Replace the database by a copy of a backup; return where the replaced one is kept, if there was one.

    The backup is checked first, and no server may run on the database: else nothing is touched. The restored
    database gets a new epoch, so that no client takes its numbers for those it saw before.
    """
    if target.exists() and source.exists() and source.samefile(target):
        raise StoreUnusable(f"The backup is the database itself: {source}", "Name the backup's file.")
    if inspect(source, newest()).version == 0:
        raise StoreUnusable(f"There is no backup in this file: {source}", "Name the backup's file.")
    fresh = target.with_name(target.name + ".restored" + PART_SUFFIX)
    lock = DeskLock(target)
    try:
        _copy(source, fresh, progress)
        kept = _put_aside(target)
        os.replace(fresh, target)
        sync(target.parent)
        return kept
    except sqlite3.Error as error:
        raise unusable(error, source) from error
    finally:
        fresh.unlink(missing_ok=True)
        lock.close()


def _copy(source: Path, fresh: Path, progress: Progress | None) -> None:
    with closing(connect_to_look(source)) as connection:
        connection.execute("BEGIN")
        connection.execute("PRAGMA user_version").fetchone()
        copy_database(connection, fresh, progress)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute(_SQL["upsert_meta"], ("epoch", new_epoch()))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sync(fresh)


def _put_aside(target: Path) -> Path | None:
    """Keep the old file under another name. Its log goes with it: it would be played into the new one."""
    if not target.exists():
        return None
    names = (target.with_name(f"{target.name}.replaced-{number}") for number in range(1, KEPT_MAX))
    kept = next((name for name in names if not name.exists()), None)
    if kept is None:
        raise StoreUnusable(f"Too many replaced databases are kept: {target}.replaced-*", "Remove some of them.")
    os.link(target, kept)
    log = target.with_name(target.name + "-wal")
    if log.exists():
        os.replace(log, kept.with_name(kept.name + "-wal"))
    target.with_name(target.name + "-shm").unlink(missing_ok=True)
    return kept
