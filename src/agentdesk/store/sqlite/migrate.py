"""Bring a database to the newest schema, step by step, each step in one transaction and after a backup."""

from __future__ import annotations

import re
import sqlite3
import uuid
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from agentdesk.store.sqlite.backup import copy_database
from agentdesk.store.sqlite.connection import APPLICATION_ID

BACKUPS_KEPT = 5
_NAME = re.compile(r"^(\d{4})_(\w+)\.sql$")


class Migration(msgspec.Struct, frozen=True):
    """A step: brings a database of the version before to this version."""

    version: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Return every step in order."""
    found = []
    for file in (files("agentdesk.store") / "migrations").iterdir():
        match = _NAME.match(file.name)
        if match is not None:
            found.append(Migration(int(match[1]), match[2], file.read_text("utf-8")))
    found.sort(key=lambda step: step.version)
    assert [step.version for step in found] == list(range(1, len(found) + 1)), "migrations are numbered without gaps"
    return tuple(found)


def newest() -> int:
    """The schema version that this code reads and writes."""
    return len(migrations())


def migrate(connection: sqlite3.Connection, path: Path, steps: tuple[Migration, ...]) -> None:
    """Apply the steps that are missing. A step that fails leaves the version before it, and the backup."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    for step in steps[found:]:
        if found:
            backup_before(connection, path, step.version - 1)
        _apply(connection, step)


def backup_before(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy the database beside itself, named by its version; the oldest copies beyond `BACKUPS_KEPT` go."""
    target = path.with_name(f"{path.name}.v{version:04}.backup")
    copy_database(connection, target)
    kept = sorted(path.parent.glob(f"{path.name}.v[0-9][0-9][0-9][0-9].backup"))
    for old in kept[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in split(step.sql):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {step.version}")
        if step.version == 1:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("INSERT INTO meta (name, value) VALUES ('epoch', ?)", (new_epoch(),))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def new_epoch() -> str:
    """Name a new life of a database."""
    return uuid.uuid4().hex


def split(script: str) -> list[str]:
    """Cut a script into statements; unlike `executescript` this leaves the transaction alone."""
    found: list[str] = []
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return found
