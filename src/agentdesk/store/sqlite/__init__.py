"""The real store: one SQLite file, write-ahead log, every commit on the disk before it is told."""

from agentdesk.store.sqlite.check import Problem, check
from agentdesk.store.sqlite.opening import open_store
from agentdesk.store.sqlite.restore import restore
from agentdesk.store.sqlite.store import SqliteStore

__all__ = ["Problem", "SqliteStore", "check", "open_store", "restore"]
