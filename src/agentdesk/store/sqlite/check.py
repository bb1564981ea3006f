"""Is a database good? Everything that is wrong with it, each with what to do. Reads only, takes its time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from agentdesk.core.model import Counters
from agentdesk.errors import StoreUnusable
from agentdesk.store.sqlite.connection import unusable
from agentdesk.store.sqlite.inspect import connect_to_look, inspect
from agentdesk.store.sqlite.migrate import newest
from agentdesk.store.statements import statements

_SQL = statements("check")
_RESTORE = "Restore a backup: agentdesk server restore FILE. Keep this file: it may hold what the backup lacks."


class Problem(msgspec.Struct, frozen=True):
    """What is wrong and what to do about it."""

    what: str
    remedy: str


def check(path: Path) -> list[Problem]:
    """Return what is wrong with the database; empty when it is good. A server may be running on it."""
    try:
        version = inspect(path, newest()).version
        if version == 0:
            return [Problem(f"There is no database yet: {path}", "Make one: agentdesk server init")]
        if version < newest():
            return []
        with closing(connect_to_look(path)) as connection:
            connection.execute("BEGIN")
            return _wrong_numbers(connection) + _wrong_rows(connection)
    except StoreUnusable as error:
        return [Problem(error.message, error.remedy)]
    except sqlite3.Error as error:
        worse = unusable(error, path)
        return [Problem(worse.message, worse.remedy)]


def _wrong_numbers(connection: sqlite3.Connection) -> list[Problem]:
    """Numbers in use that the counters have not given out would be given out again."""
    row = connection.execute(_SQL["counters"]).fetchone()
    counters = Counters() if row is None else msgspec.json.decode(row[0], type=Counters)
    found = []
    for name in ("seq", "interaction", "customer", "message", "segment"):
        (highest,) = connection.execute(_SQL[f"highest_{name}"]).fetchone()
        if (highest or 0) > getattr(counters, name):
            found.append(Problem(f"The counter of {name} is behind: {getattr(counters, name)} < {highest}.", _RESTORE))
    return found


def _wrong_rows(connection: sqlite3.Connection) -> list[Problem]:
    found = []
    for name, what in (
        ("gaps", "Events are missing in the log: {} numbers have none."),
        ("messages_astray", "{} messages belong to no interaction."),
        ("identities_astray", "{} identities belong to no customer."),
    ):
        (count,) = connection.execute(_SQL[name]).fetchone()
        if count:
            found.append(Problem(what.format(count), _RESTORE))
    return found
