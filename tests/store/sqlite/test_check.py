"""Every problem is told with a remedy, and checking touches nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agentdesk.store.sqlite import check, open_store
from tests.store.made import conversations
from tests.store.sqlite.folder import contents


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.db"
    store = open_store(path)
    store.commit(conversations(60, seed=7))
    store.close()
    return path


def test_a_good_database_has_no_problems_and_is_not_touched(path: Path) -> None:
    before = contents(path.parent)
    assert check(path) == []
    assert contents(path.parent) == before


def test_a_running_one_can_be_checked(path: Path) -> None:
    store = open_store(path)
    store.commit(conversations(61, seed=7)[60:])
    assert check(path) == []
    store.close()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM events WHERE seq = 5", "Events are missing in the log: 1"),
        ("DELETE FROM interactions WHERE id = 2", "messages belong to no interaction"),
        ("DELETE FROM customers WHERE id = 1", "1 identities belong to no customer"),
        ("UPDATE meta SET value = '{\"seq\": 3}' WHERE name = 'counters'", "The counter of seq is behind: 3 < "),
        ("DELETE FROM meta WHERE name = 'counters'", "The counter of message is behind: 0 < "),
    ],
)
def test_each_problem_comes_with_a_remedy(path: Path, sql: str, says: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()
    problems = check(path)
    assert [problem for problem in problems if says in problem.what and problem.remedy], problems


def test_no_database(tmp_path: Path) -> None:
    (problem,) = check(tmp_path / "desk.db")
    assert "agentdesk server init" in problem.remedy
    (problem,) = check(tmp_path / "nowhere" / "desk.db")
    assert "no folder" in problem.what


def test_a_damaged_page(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 5 : 4096 * 6] = b"\x07" * 4096
    path.write_bytes(data)
    (problem,) = check(path)
    assert "damaged" in problem.what and "restore" in problem.remedy
