from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import agentdesk.store
from agentdesk.store.sqlite.migrate import migrations, split
from agentdesk.store.statements import statements

FOLDER = Path(agentdesk.store.__file__).parent
GROUPS = sorted(path.stem for path in (FOLDER / "sql").glob("*.sql"))
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))


@pytest.mark.parametrize("group", GROUPS)
def test_every_statement_is_one_that_sqlite_accepts(group: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in migrations():
            for statement in split(step.sql):
                connection.execute(statement)
        for sql in statements(group).values():
            _plan(connection, sql)


WALKS = {
    # Few rows by their nature, or the first of all rows in the order they lie in.
    "read": {"load_queues", "load_agents", "load_interactions", "load_customers", "repeats"},
    "accounts": {"users", "tokens", "prune_repeats", "prune_tokens"},
    "configurations": {"configurations"},
}


@pytest.mark.parametrize("group", sorted(WALKS))
def test_no_statement_walks_a_table_that_grows(group: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for step in migrations():
            for statement in split(step.sql):
                connection.execute(statement)
        walks = {name for name, sql in statements(group).items() if "SCAN" in _plan(connection, sql)}
    assert walks == WALKS[group]


def _plan(connection: sqlite3.Connection, sql: str) -> str:
    names = re.findall(r"(?<!:):(\w+)", sql)
    values = dict.fromkeys(names, 1) if names else (1,) * sql.count("?")
    steps = connection.execute("EXPLAIN QUERY PLAN " + sql, values).fetchall()
    return "\n".join(text for *_, text in steps if "VIRTUAL TABLE" not in text)


@pytest.mark.parametrize("group", GROUPS)
def test_every_statement_is_used(group: str) -> None:
    built = ("interactions_", "highest_", "messages_astray", "identities_astray", "gaps")
    unused = [name for name in statements(group) if f'"{name}"' not in SOURCES and not name.startswith(built)]
    assert unused == []


def test_no_sql_of_the_desk_is_hidden_in_python() -> None:
    own = re.findall(r"\"(?:SELECT|INSERT INTO|UPDATE|DELETE FROM) .*\"", SOURCES)
    assert [sql for sql in own if "sqlite_schema" not in sql and "'epoch'" not in sql] == []
