"""Opening a database: look first, lock, bring it up to date. Whatever can't be used is left as it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from agentdesk.errors import StoreUnusable
from agentdesk.store.sqlite.connection import connect_writer, unusable
from agentdesk.store.sqlite.inspect import inspect
from agentdesk.store.sqlite.lock import DeskLock
from agentdesk.store.sqlite.migrate import Migration, migrate, migrations
from agentdesk.store.sqlite.readers import READ_LIMIT_S
from agentdesk.store.sqlite.store import SqliteStore

OPEN_CHECK_LIMIT_S = 1.0
"""How long a start looks for damage: enough for a gigabyte or so; `agentdesk server check` looks at everything."""


def open_store(
    path: Path | str,
    *,
    deciding: bool = True,
    read_limit_s: float = READ_LIMIT_S,
    steps: tuple[Migration, ...] | None = None,
) -> SqliteStore:
    """Open the database, making or upgrading it as needed.

    The deciding process (the server) locks it for itself. Commands that only read, or change users and tokens, pass
    `deciding=False`: they open it beside a running server, and neither make nor upgrade it.
    """
    path = Path(path)
    steps = migrations() if steps is None else steps
    version = inspect(path, len(steps), OPEN_CHECK_LIMIT_S).version
    if not deciding:
        _must_be_ready(path, version, len(steps))
    lock = DeskLock(path) if deciding else None
    try:
        connection = connect_writer(path)
        try:
            migrate(connection, path, steps)
            return SqliteStore(path, connection, lock, read_limit_s)
        except BaseException:
            connection.close()
            raise
    except BaseException as error:
        if lock is not None:
            lock.close()
        if isinstance(error, sqlite3.Error):
            raise unusable(error, path) from error
        raise


def _must_be_ready(path: Path, version: int, newest: int) -> None:
    if version == 0:
        raise StoreUnusable(f"There is no database yet: {path}", "Make one: agentdesk server init")
    if version < newest:
        raise StoreUnusable(
            f"It is of an older agentdesk (schema {version}, this one wants {newest}): {path}",
            "Start the server once: it upgrades the database and keeps a backup.",
        )
