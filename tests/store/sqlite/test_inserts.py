from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from agentdesk.store.sqlite.inserts import CHUNKS, Insert, chunks


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 63, 64, 65, 84, 85, 300])
def test_all_rows_in_order_in_few_steps(count: int) -> None:
    insert = Insert("INSERT INTO t (a, b)\nVALUES (?, ?)\nON CONFLICT (a) DO UPDATE SET b = excluded.b")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a PRIMARY KEY, b)")
        steps: list[str] = []
        connection.set_trace_callback(steps.append)
        insert(connection, [(number, str(number)) for number in range(count)])
        inserts = [step for step in steps if step.startswith("INSERT")]
        assert len(inserts) <= count // CHUNKS[0] + 3 + 3 + 3
        rows = connection.execute("SELECT a, b FROM t ORDER BY rowid").fetchall()
    assert rows == [(number, str(number)) for number in range(count)]


def test_the_later_of_two_rows_with_one_key_wins() -> None:
    insert = Insert("INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO UPDATE SET b = excluded.b")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a PRIMARY KEY, b)")
        insert(connection, [(1, "first"), (1, "later"), (2, "x"), (1, "last")])
        assert connection.execute("SELECT b FROM t ORDER BY a").fetchall() == [("last",), ("x",)]


def test_chunks_join_to_the_whole() -> None:
    rows = [(number,) for number in range(151)]
    cut = list(chunks(rows))
    assert [len(chunk) for chunk in cut] == [64, 64, 16, 4, 1, 1, 1]
    assert [row for chunk in cut for row in chunk] == rows
