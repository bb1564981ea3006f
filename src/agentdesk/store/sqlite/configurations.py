"""Settings that were in effect, the audit log, and what came in. Writes are inside the caller's transaction."""

from __future__ import annotations

import sqlite3

import msgspec

from agentdesk.core.events import InteractionStarted
from agentdesk.store.base import AUDIT_KEPT, CONFIGURATIONS_KEPT, Arrival, AuditEntry, Configuration
from agentdesk.store.sqlite import rows
from agentdesk.store.sqlite.read import NEWEST, PAGE_MAX
from agentdesk.store.statements import statements

_SQL = statements("configurations")
_started = msgspec.json.Decoder(InteractionStarted)


def put_configuration(connection: sqlite3.Connection, one: Configuration) -> int:
    """Keep settings that are in effect from now; its number. The oldest beyond `CONFIGURATIONS_KEPT` go."""
    cursor = connection.execute(_SQL["put_configuration"], (one.at_ms, one.by, one.digest, one.text))
    connection.execute(_SQL["drop_configurations"], (CONFIGURATIONS_KEPT,))
    return cursor.lastrowid or 0


def undo_configuration(connection: sqlite3.Connection, number: int) -> None:
    """Mark settings as taken back."""
    connection.execute(_SQL["undo_configuration"], (number,))


def configurations(connection: sqlite3.Connection) -> list[Configuration]:
    """The settings that are kept, newest first."""
    found = connection.execute(_SQL["configurations"], (CONFIGURATIONS_KEPT,))
    return [Configuration(key, at_ms, by, digest, text, bool(u)) for key, at_ms, by, digest, text, u in found]


def put_audit(connection: sqlite3.Connection, entry: AuditEntry) -> None:
    """Write down what somebody did. The oldest beyond `AUDIT_KEPT` go."""
    connection.execute(_SQL["put_audit"], (entry.at_ms, entry.by, entry.action, entry.about, entry.digest))
    connection.execute(_SQL["drop_audit"], (AUDIT_KEPT,))


def audit(connection: sqlite3.Connection, before: int | None, limit: int) -> list[AuditEntry]:
    """What was done, newest first."""
    found = connection.execute(_SQL["audit"], (NEWEST if before is None else before, min(limit, PAGE_MAX)))
    return [AuditEntry(*row) for row in found]


def arrivals(connection: sqlite3.Connection, before: int | None, limit: int) -> list[Arrival]:
    """What came in, newest first."""
    found = connection.execute(_SQL["arrivals"], (NEWEST if before is None else before, min(limit, PAGE_MAX)))
    return [
        Arrival(
            seq,
            at_ms,
            _started.decode(body),
            text or "",
            None if customer is None else rows.to_customer.decode(customer),
            disposition or "",
            bool(returning),
        )
        for seq, at_ms, body, text, customer, disposition, returning in found
    ]
