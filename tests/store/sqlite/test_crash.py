"""A process killed inside the commit: what was acknowledged is there, whole and in order, and no half of anything."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agentdesk.core.events import MessageAdded
from agentdesk.store.base import Batch, is_live
from agentdesk.store.merge import merge
from agentdesk.store.sqlite import SqliteStore, check, open_store
from tests.store.made import conversations
from tests.store.sqlite import crash_child

ROOT = Path(__file__).parents[3]
SEED = 20_261_127
TIMEOUT_S = 60.0
INSIDE = (
    ("BEGIN", 3, 0),
    ("INSERT INTO events", 2, 0),
    ("INSERT INTO interactions", 3, 0),
    ("INSERT INTO messages\n", 2, 20),
    ("INSERT INTO messages_fts", 3, 0),
    ("INSERT INTO repeats", 2, 0),
    ("INSERT INTO meta", 3, 0),
    *(("COMMIT", 2 + after % 3, after * 40) for after in range(13)),
)
"""Where a process kills itself: at the third BEGIN …, at a COMMIT and at moments up to half a millisecond after."""


@pytest.fixture(scope="module")
def made() -> list[Batch]:
    return conversations(crash_child.BATCHES, SEED)


def _run(path: Path, first: int, *when: object, kill_after: int | None = None) -> int:
    """Run the writing process to its death; return the last number that it acknowledged."""
    command = [sys.executable, crash_child.__file__, str(path), str(SEED), str(first), *map(str, when)]
    acknowledged = b""
    with subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{ROOT}/src"}, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        if kill_after is not None:
            for _ in range(kill_after):
                acknowledged = child.stdout.readline()
            child.kill()
        rest = child.stdout.read()
        child.wait(TIMEOUT_S)
    assert child.returncode == -signal.SIGKILL, "the process was to die, not to end"
    lines = (acknowledged + rest).split()
    return int(lines[-1]) if lines else 0


def _account(path: Path, made: list[Batch], acknowledged: int) -> int:
    """Hold the database against what was written; return how many batches are durable."""
    assert check(path) == []
    store = open_store(path)
    try:
        seq = store.load().counters.seq
        assert seq >= acknowledged
        durable = [at for at, batch in enumerate(made, start=1) if batch.counters.seq == seq]
        assert durable, f"half a batch: the log ends at {seq}"
        _compare(store, merge(made[: durable[0]]))
        return durable[0]
    finally:
        store.close()


def _compare(store: SqliteStore, whole: Batch) -> None:
    assert store.events(0, 100_000) == whole.events
    loaded = store.load()
    assert loaded.counters == whole.counters
    rows = [row for _, row in sorted(whole.changes.interactions.items())]
    assert loaded.interactions == [row for row in rows if is_live(row)]
    assert [store.interaction(row.id) for row in rows] == rows
    assert [repeat.key for repeat in store.repeats(100_000)] == [repeat.key for repeat in whole.repeats]
    messages = [event.event.message for event in whole.events if isinstance(event.event, MessageAdded)]
    for message in messages[-3:]:
        assert [found.message for found in store.search(f"m{message.id}")] == [message]
    assert store.search(f"m{messages[-1].id + 1}") == []


def test_killed_inside_the_commit(tmp_path: Path, made: list[Batch]) -> None:
    """One database through twenty deaths, each at its own place of the transaction."""
    path = tmp_path / "desk.db"
    durable = 0
    for where, count, microseconds in INSIDE:
        acknowledged = _run(path, durable, where, count, microseconds)
        durable = _account(path, made, max(acknowledged, made[durable - 1].counters.seq if durable else 0))
    assert durable > len(INSIDE)


def test_killed_at_any_moment(tmp_path: Path, made: list[Batch]) -> None:
    rng = random.Random(SEED)
    path = tmp_path / "desk.db"
    durable = 0
    for _ in range(8):
        acknowledged = _run(path, durable, kill_after=rng.randint(1, 20))
        assert acknowledged > 0
        durable = _account(path, made, acknowledged)
