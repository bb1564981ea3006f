"""The real store: one SQLite file, write-ahead log, every commit on the disk before it is told."""

from agentdesk.store.sqlite.opening import open_store
from agentdesk.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore", "open_store"]
