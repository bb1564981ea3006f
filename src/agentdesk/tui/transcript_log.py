"""What a transcript holds: entries in order, found by key, bounded, growing at both ends.

Positions are stable numbers: appending counts up, prepending counts down, and dropping old entries leaves the
numbers of the rest alone, so that caches and the scroll anchor need no renumbering.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from enum import StrEnum

import msgspec

from agentdesk.core.mail import MailHead
from agentdesk.core.model import MessageKind

ENTRIES_MAX = 50_000
"""Entries kept; past it the oldest are dropped and can be fetched again as older pages."""

DROP = 2_000
"""How many the log drops at a time, so that dropping costs nothing per message."""


class Delivery(StrEnum):
    """How far an outbound message got."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class Entry(msgspec.Struct, frozen=True):
    """One thing said. `who` and `text` are raw, foreign text: the transcript cleans them when it draws.

    `detail` is a reason shown with a failed one, or what came with it (attachments) for the others. `mail` is what
    stands above a mail, and `fate` says in words how far one of ours got.
    """

    key: Hashable
    at_ms: int
    kind: MessageKind
    who: str
    text: str
    state: Delivery | None = None
    detail: str = ""
    mail: MailHead | None = None
    fate: str = ""


class Log:
    """The bounded run of entries from position `first` to just before `end`."""

    def __init__(self, entries_max: int = ENTRIES_MAX) -> None:
        self.first = 0
        self._entries_max = entries_max
        self._entries: list[Entry] = []
        self._by_key: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def end(self) -> int:
        """One past the last position."""
        return self.first + len(self._entries)

    def at(self, position: int) -> Entry:
        """The entry at a position between `first` and `end`."""
        return self._entries[position - self.first]

    def position(self, key: Hashable) -> int | None:
        """Where the entry with this key is, or None."""
        return self._by_key.get(key)

    def load(self, entries: Iterable[Entry]) -> None:
        """Replace everything; only the newest are kept when there are too many."""
        self._entries = list(entries)[-self._entries_max :]
        self.first = 0
        self._by_key = {entry.key: at for at, entry in enumerate(self._entries)}

    def append(self, entry: Entry) -> bool:
        """Add at the end. A key already there is an update of it (a resent message); then False."""
        if entry.key in self._by_key:
            self._entries[self._by_key[entry.key] - self.first] = entry
            return False
        self._by_key[entry.key] = self.end
        self._entries.append(entry)
        if len(self._entries) > self._entries_max + DROP:
            self._drop(len(self._entries) - self._entries_max)
        return True

    def prepend(self, entries: Iterable[Entry]) -> int:
        """Add older ones, given oldest first, that are not there yet; return how many."""
        new = [entry for entry in entries if entry.key not in self._by_key]
        new = new[max(0, len(new) - max(0, self._entries_max - len(self._entries))) :]
        self._entries[:0] = new
        self.first -= len(new)
        for at, entry in enumerate(new, self.first):
            self._by_key[entry.key] = at
        return len(new)

    def update(self, key: Hashable, /, **changes: object) -> int | None:
        """Change fields of one entry, its key too if asked; return its position, None when it is not there.

        A new key that another entry has already is refused the same way.
        """
        position = self._by_key.get(key)
        if position is None or self._by_key.get(changes.get("key", key)) not in (None, position):
            return None
        entry = msgspec.structs.replace(self._entries[position - self.first], **changes)
        self._entries[position - self.first] = entry
        if entry.key != key:
            del self._by_key[key]
            self._by_key[entry.key] = position
        return position

    def _drop(self, count: int) -> None:
        for entry in self._entries[:count]:
            del self._by_key[entry.key]
        del self._entries[:count]
        self.first += count
