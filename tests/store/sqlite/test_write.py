"""The index of texts is what the tables say: SQLite can hold one against the other, and make it anew."""

from __future__ import annotations

import sqlite3

import pytest

from agentdesk.store.sqlite import SqliteStore
from tests.store.made import conversations, said


def _filled(store: SqliteStore) -> sqlite3.Connection:
    made = conversations(50, seed=9)
    store.commit(made)
    last = made[-1].counters.seq
    store.commit([said("đặt hàng", "我想退款", "plain \x00 text", interaction_id=99, customer_id=99, after=last)])
    return store._connection


@pytest.mark.parametrize("table", ["messages_fts", "customers_fts"])
def test_the_index_holds_what_the_tables_hold(sqlite_store: SqliteStore, table: str) -> None:
    connection = _filled(sqlite_store)
    connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


def test_an_index_that_lacks_a_message_is_noticed(sqlite_store: SqliteStore) -> None:
    connection = _filled(sqlite_store)
    connection.execute("DELETE FROM messages WHERE id = 3")
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute("INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)")


def test_the_index_can_be_made_anew_from_the_tables(sqlite_store: SqliteStore) -> None:
    connection = _filled(sqlite_store)
    queries = ("refund", "dat hang", "退款", "text", "größe")
    before = [sqlite_store.search(query) for query in queries]
    assert all(before)
    connection.execute("INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')")
    assert [sqlite_store.search(query) for query in queries] == before


def test_a_group_is_written_in_few_steps(sqlite_store: SqliteStore) -> None:
    """Each step gives the interpreter's lock away, and getting it back from a busy loop takes time."""
    made = conversations(200, seed=10)
    steps: list[str] = []
    sqlite_store._connection.set_trace_callback(steps.append)
    sqlite_store.commit(made)
    sqlite_store._connection.set_trace_callback(None)
    own = [step for step in steps if step.startswith(("INSERT", "BEGIN", "COMMIT"))]
    rows = sum(len(one.events) * 2 + len(one.changes.interactions) + 1 for one in made)
    assert rows > 1_500
    assert len(own) < rows / 10
