"""The store on SQLite: one connection that writes, a few that read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agentdesk.core.changes import Loaded
from agentdesk.core.commands import Answer
from agentdesk.core.events import Recorded
from agentdesk.core.model import Customer, Interaction, Message, Segment
from agentdesk.store.base import (
    Arrival,
    AuditEntry,
    Batch,
    Configuration,
    FileBlob,
    Found,
    Progress,
    Repeat,
    TimelineItem,
    Token,
    User,
)
from agentdesk.store.merge import merge
from agentdesk.store.sqlite import accounts, configurations, read
from agentdesk.store.sqlite.backup import copy_database
from agentdesk.store.sqlite.connection import unusable
from agentdesk.store.sqlite.lock import DeskLock
from agentdesk.store.sqlite.mail import MailTables
from agentdesk.store.sqlite.readers import Readers
from agentdesk.store.sqlite.write import Rows, write

LOAD_LIMIT_S = 60.0
"""Starting with very many live rows takes what it takes."""

BACKUP_LIMIT_S = 3_600.0


class SqliteStore(MailTables):
    """Made by `open_store`; owns its connections and the lock until `close`. What each method does: `base.Store`."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: DeskLock | None, read_limit_s: float) -> None:
        self.path = path
        self._connection = connection
        self._write_lock = threading.Lock()
        self._desk_lock = lock
        self._readers = Readers(path, read_limit_s)
        self._closed = False

    # writing

    def commit(self, batches: list[Batch]) -> None:
        """Write all batches in one transaction."""
        rows = Rows(merge(batches))
        with self._writing() as connection:
            write(connection, rows)

    def put_file(self, blob: FileBlob) -> None:
        """Keep a file."""
        with self._writing() as connection:
            accounts.put_file(connection, blob)

    def put_user(self, user: User) -> None:
        """Keep a user."""
        with self._writing() as connection:
            accounts.put_user(connection, user)

    def put_token(self, token: Token) -> None:
        """Keep a token."""
        with self._writing() as connection:
            accounts.put_token(connection, token)

    def revoke_token(self, token_hash: str) -> bool:
        """Revoke a token; tell whether it was valid before."""
        with self._writing() as connection:
            return accounts.revoke_token(connection, token_hash)

    def put_configuration(self, configuration: Configuration, entry: AuditEntry) -> int:
        """Keep settings that are in effect from now, and who set them."""
        with self._writing() as connection:
            configurations.put_audit(connection, entry)
            return configurations.put_configuration(connection, configuration)

    def undo_configuration(self, number: int, entry: AuditEntry) -> None:
        """Mark settings as taken back, and by whom."""
        with self._writing() as connection:
            configurations.put_audit(connection, entry)
            configurations.undo_configuration(connection, number)

    def put_audit(self, entry: AuditEntry) -> None:
        """Write down what somebody did."""
        with self._writing() as connection:
            configurations.put_audit(connection, entry)

    def prune(self, before_ms: int, unsent_before_ms: int) -> int:
        """Drop old idempotency keys, expired tokens and unsent files, some at a time."""
        total = 0
        while True:
            with self._writing() as connection:
                gone = accounts.prune_some(connection, before_ms, unsent_before_ms)
            total += gone
            if not gone:
                return total

    # starting

    def epoch(self) -> str:
        """The name of this database's life."""
        with self._readers.reading() as connection:
            return read.meta(connection, "epoch") or ""

    def accounts_version(self) -> int:
        """How often users and tokens were changed."""
        with self._readers.reading() as connection:
            return int(read.meta(connection, "accounts") or 0)

    def load(self) -> Loaded:
        """The live rows."""
        with self._readers.reading(limit_s=LOAD_LIMIT_S) as connection:
            return read.load(connection)

    def repeats(self, limit: int) -> list[Repeat]:
        """The newest first answers, oldest of them first."""
        with self._readers.reading(limit_s=LOAD_LIMIT_S) as connection:
            return read.repeats(connection, limit)

    def repeat(self, key: str) -> Answer | None:
        """The first answer to one key."""
        with self._readers.reading() as connection:
            return read.repeat(connection, key)

    # reading

    def events(self, after: int, limit: int, agent: str | None = None) -> list[Recorded]:
        """Events with a number above `after`, in order."""
        with self._readers.reading() as connection:
            return read.events(connection, after, limit, agent)

    def events_about(self, interaction_id: int, limit: int) -> list[Recorded]:
        """The events of one interaction, in order."""
        with self._readers.reading() as connection:
            return read.events_about(connection, interaction_id, limit)

    def interaction(self, interaction_id: int) -> Interaction | None:
        """One interaction, live or past."""
        with self._readers.reading() as connection:
            return read.interaction(connection, interaction_id)

    def interactions(
        self, *, state: str = "", queue: str = "", agent: str = "", before: int | None = None, limit: int = 50
    ) -> list[Interaction]:
        """Interactions, newest first."""
        with self._readers.reading() as connection:
            return read.interactions(connection, state, queue, agent, before, limit)

    def segments(self, interaction_id: int) -> list[Segment]:
        """The segments of an interaction, in order."""
        with self._readers.reading() as connection:
            return read.segments(connection, interaction_id)

    def messages(
        self, interaction_id: int, *, before: int | None = None, after: int = 0, limit: int = 100
    ) -> list[Message]:
        """A page of an interaction's messages, in order."""
        with self._readers.reading() as connection:
            return read.messages(connection, interaction_id, before, after, limit)

    def customer(self, customer_id: int) -> Customer | None:
        """One customer."""
        with self._readers.reading() as connection:
            return read.customer(connection, customer_id)

    def customer_by_identity(self, kind: str, value: str) -> Customer | None:
        """The customer who has this identity."""
        with self._readers.reading() as connection:
            return read.customer_by_identity(connection, kind, value)

    def customers(self, query: str = "", *, before: int | None = None, limit: int = 50) -> list[Customer]:
        """Customers, newest first."""
        with self._readers.reading() as connection:
            return read.customers(connection, query, before, limit)

    def timeline(self, customer_id: int, *, before: int | None = None, limit: int = 50) -> list[TimelineItem]:
        """A customer's interactions, newest first."""
        with self._readers.reading() as connection:
            return read.timeline(connection, customer_id, before, limit)

    def search(
        self, query: str, *, customer_id: int | None = None, before: int | None = None, limit: int = 50
    ) -> list[Found]:
        """Messages that hold every word, newest first."""
        with self._readers.reading() as connection:
            return read.search(connection, query, customer_id, before, limit)

    def file(self, file_id: str) -> FileBlob | None:
        """One file."""
        with self._readers.reading() as connection:
            return accounts.file(connection, file_id)

    def user(self, user_id: str) -> User | None:
        """One user."""
        with self._readers.reading() as connection:
            return accounts.user(connection, user_id)

    def users(self) -> list[User]:
        """Every user."""
        with self._readers.reading() as connection:
            return accounts.users(connection)

    def token(self, token_hash: str) -> Token | None:
        """One token."""
        with self._readers.reading() as connection:
            return accounts.token(connection, token_hash)

    def tokens(self, user: str = "") -> list[Token]:
        """Every token, or those of one user."""
        with self._readers.reading() as connection:
            return accounts.tokens(connection, user)

    def configurations(self) -> list[Configuration]:
        """The settings that are kept, newest first."""
        with self._readers.reading() as connection:
            return configurations.configurations(connection)

    def audit(self, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
        """What admins did, newest first."""
        with self._readers.reading() as connection:
            return configurations.audit(connection, before, limit)

    def arrivals(self, *, before: int | None = None, limit: int = 50) -> list[Arrival]:
        """What came in, newest first."""
        with self._readers.reading() as connection:
            return configurations.arrivals(connection, before, limit)

    # keeping

    def backup(self, target: Path, progress: Progress | None = None) -> None:
        """A consistent copy, also while others write."""
        with self._readers.reading(limit_s=BACKUP_LIMIT_S) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            copy_database(connection, target, progress)

    def close(self) -> None:
        """Close the connections, fold the log into the file, and let another process decide."""
        if self._closed:
            return
        self._closed = True
        self._readers.close()
        with self._write_lock:
            self._connection.close()
        if self._desk_lock is not None:
            self._desk_lock.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection inside a transaction that commits at the end or leaves nothing."""
        with self._write_lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise unusable(error, self.path) from error
                raise
