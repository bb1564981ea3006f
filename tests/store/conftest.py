"""A store of each kind, empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agentdesk.store.base import Store
from agentdesk.store.memory import MemoryStore
from agentdesk.store.sqlite import SqliteStore, open_store


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened: Store = MemoryStore() if request.param == "memory" else open_store(tmp_path / "desk.db")
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = open_store(tmp_path / "desk.db")
    yield opened
    opened.close()
