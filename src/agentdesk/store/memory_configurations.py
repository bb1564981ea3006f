"""The part of the twin in memory that keeps what admins set and did."""

from __future__ import annotations

import threading

import msgspec

from agentdesk.store.base import AUDIT_KEPT, CONFIGURATIONS_KEPT, AuditEntry, Configuration


class MemoryConfigurations:
    """What each method does: `base.Store`."""

    def __init__(self) -> None:
        super().__init__()
        self._admin_lock = threading.Lock()
        self._configurations: list[Configuration] = []
        self._audit: list[AuditEntry] = []

    def put_configuration(self, configuration: Configuration, entry: AuditEntry) -> int:
        """Keep settings that are in effect from now, and who set them."""
        with self._admin_lock:
            number = self._configurations[-1].id + 1 if self._configurations else 1
            self._configurations.append(msgspec.structs.replace(configuration, id=number))
            del self._configurations[:-CONFIGURATIONS_KEPT]
            self._note(entry)
            return number

    def undo_configuration(self, number: int, entry: AuditEntry) -> None:
        """Mark settings as taken back, and by whom."""
        with self._admin_lock:
            self._configurations = [
                msgspec.structs.replace(one, undone=True) if one.id == number else one for one in self._configurations
            ]
            self._note(entry)

    def configurations(self) -> list[Configuration]:
        """The settings that are kept, newest first."""
        with self._admin_lock:
            return self._configurations[::-1]

    def put_audit(self, entry: AuditEntry) -> None:
        """Write down what somebody did."""
        with self._admin_lock:
            self._note(entry)

    def audit(self, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
        """What was done, newest first."""
        with self._admin_lock:
            return [one for one in reversed(self._audit) if before is None or one.id < before][:limit]

    def _note(self, entry: AuditEntry) -> None:
        number = self._audit[-1].id + 1 if self._audit else 1
        self._audit.append(msgspec.structs.replace(entry, id=number))
        del self._audit[:-AUDIT_KEPT]
