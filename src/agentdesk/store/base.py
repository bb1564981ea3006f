"""The seam to whatever keeps the data. `sqlite` is the real one, `memory` its twin that passes the same suite.

All methods block and may be called from any thread unless they say otherwise; readers use their own connections
and give up after a time limit (`StoreBusy`). `commit` is called by one writer only (`agentdesk.store.writer`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from agentdesk.core.changes import Changes, Loaded
from agentdesk.core.commands import Answer
from agentdesk.core.events import InteractionStarted, Recorded
from agentdesk.core.lifecycle import ENDED
from agentdesk.core.model import Counters, Customer, Interaction, Message, Segment
from agentdesk.protocol.mail import MailStore

Progress = Callable[[int, int], None]
"""Told the pages that are copied and the pages there are."""


def is_live(interaction: Interaction) -> bool:
    """Tell whether a desk that starts needs this interaction."""
    return interaction.state not in ENDED


class Repeat(msgspec.Struct, frozen=True):
    """The first answer to a command, kept by its idempotency key. `at_ms` 0 means the time of the batch's events."""

    key: str
    answer: Answer
    at_ms: int = 0


class Batch(msgspec.Struct):
    """Everything one transaction writes. The writer may merge several, in order; later rows win.

    Messages are written from their `MessageAdded` events.
    """

    events: list[Recorded]
    changes: Changes
    repeats: list[Repeat]
    counters: Counters


class TimelineItem(msgspec.Struct, frozen=True):
    """One interaction of a customer's history, over all channels."""

    interaction_id: int
    channel: str
    queue: str
    state: str
    created_ms: int
    closed_ms: int | None
    agent: str | None
    disposition: str
    subject: str
    last_text: str
    message_count: int


class Found(msgspec.Struct, frozen=True):
    """One message that a search found; `snippet` marks hits by \x02 and \x03."""

    message: Message
    customer_name: str
    snippet: str


class FileBlob(msgspec.Struct, frozen=True):
    """An attachment's bytes and what they are, by content.

    `owner` is who may fetch it: what was written there, until a message that carries the file is committed; from
    then on 'i<interaction id>'.
    """

    id: str
    name: str
    media_type: str
    data: bytes
    owner: str
    at_ms: int


class User(msgspec.Struct, frozen=True):
    """A person who signs in. `password` is an argon2id hash."""

    id: str
    name: str
    role: str
    password: str
    disabled: bool = False
    queues: tuple[str, ...] = ()
    skills: dict[str, int] = {}
    capacity: int | None = None
    created_ms: int = 0
    may_pick: bool = False


class Token(msgspec.Struct, frozen=True):
    """A sign-in, kept as the SHA-256 of its secret."""

    hash: str
    user: str
    label: str
    created_ms: int
    expires_ms: int | None = None
    last_used_ms: int | None = None
    revoked: bool = False


CONFIGURATIONS_KEPT = 20
AUDIT_KEPT = 100_000


class Configuration(msgspec.Struct, frozen=True):
    """A settings file that was in effect, as it was written; `undone` once it was taken back. The store numbers it."""

    id: int
    at_ms: int
    by: str
    digest: str
    text: str
    undone: bool = False


class AuditEntry(msgspec.Struct, frozen=True):
    """What an admin did: `action` for programs, `about` in words. `digest` names the settings, if it was about them."""

    id: int
    at_ms: int
    by: str
    action: str
    about: str
    digest: str = ""


class Arrival(msgspec.Struct, frozen=True):
    """An interaction as it came in, by the event of that number, with what it said first and who its customer is."""

    seq: int
    at_ms: int
    started: InteractionStarted
    text: str
    customer: Customer | None
    last_disposition: str
    returning: bool


class Store(MailStore, Protocol):
    """What the server needs of a store."""

    # writing (commit: one writer thread; the others: any thread, each its own short transaction)
    def commit(self, batches: list[Batch]) -> None:
        """Write all batches in one transaction. When it returns they are durable; when it raises nothing is written."""

    def put_file(self, blob: FileBlob) -> None: ...
    def put_user(self, user: User) -> None: ...
    def put_token(self, token: Token) -> None: ...
    def revoke_token(self, token_hash: str) -> bool: ...
    def put_configuration(self, configuration: Configuration, entry: AuditEntry) -> int:
        """Keep settings that are in effect from now, and who set them, in one transaction; their number.

        The newest `CONFIGURATIONS_KEPT` settings and `AUDIT_KEPT` entries are kept.
        """

    def undo_configuration(self, number: int, entry: AuditEntry) -> None:
        """Mark settings as taken back, and by whom, in one transaction."""

    def put_audit(self, entry: AuditEntry) -> None: ...
    def prune(self, before_ms: int, unsent_before_ms: int) -> int:
        """Drop idempotency keys and expired tokens older than that, and files that were kept before
        `unsent_before_ms` and are in no message; return how many went."""

    # starting
    def epoch(self) -> str:
        """The name of this database's life: another one after a restore, so that no number is taken for an old one."""

    def accounts_version(self) -> int:
        """A number that rises with every change of a user or a token, by whichever process."""

    def load(self) -> Loaded:
        """The live rows: everything a desk needs to go on."""

    def repeats(self, limit: int) -> list[Repeat]:
        """The newest first answers, oldest of them first."""

    def repeat(self, key: str) -> Answer | None:
        """The first answer to one key, for keys older than the window kept in memory."""

    # reading
    def events(self, after: int, limit: int, agent: str | None = None) -> list[Recorded]:
        """Events with a number above `after`, in order; with `agent` only those addressed to that agent.

        It walks from `after` on, about 5,000 events a millisecond: ask for an agent's no further back than you need.
        """

    def events_about(self, interaction_id: int, limit: int) -> list[Recorded]:
        """The events of one interaction, in order. It walks over all that happened while the interaction lived."""

    def interaction(self, interaction_id: int) -> Interaction | None: ...
    def interactions(
        self, *, state: str = "", queue: str = "", agent: str = "", before: int | None = None, limit: int = 50
    ) -> list[Interaction]: ...
    def segments(self, interaction_id: int) -> list[Segment]: ...
    def messages(
        self, interaction_id: int, *, before: int | None = None, after: int = 0, limit: int = 100
    ) -> list[Message]:
        """Messages of one interaction in order; with `before` the page that ends just before that id."""

    def customer(self, customer_id: int) -> Customer | None: ...
    def customer_by_identity(self, kind: str, value: str) -> Customer | None: ...
    def customers(self, query: str = "", *, before: int | None = None, limit: int = 50) -> list[Customer]: ...
    def timeline(self, customer_id: int, *, before: int | None = None, limit: int = 50) -> list[TimelineItem]:
        """A customer's interactions over all channels, newest first."""

    def search(
        self, query: str, *, customer_id: int | None = None, before: int | None = None, limit: int = 50
    ) -> list[Found]:
        """Messages that hold every word of the query, newest first. Any text is a valid query."""

    def file(self, file_id: str) -> FileBlob | None: ...
    def user(self, user_id: str) -> User | None: ...
    def users(self) -> list[User]: ...
    def token(self, token_hash: str) -> Token | None: ...
    def tokens(self, user: str = "") -> list[Token]: ...

    def configurations(self) -> list[Configuration]:
        """The settings that are kept, newest first."""

    def audit(self, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
        """What admins did, newest first."""

    def arrivals(self, *, before: int | None = None, limit: int = 50) -> list[Arrival]:
        """What came in before the event of a number, newest first, as rules see it. It walks back over all events."""

    # keeping
    def backup(self, target: Path, progress: Progress | None = None) -> None:
        """A consistent copy, also while others write. A file that is there is replaced once the copy is whole."""

    def close(self) -> None: ...


LAST_TEXT_MAX = 200
"""How much of the last message a timeline shows."""


def timeline_item(interaction: Interaction, last_text: str | None) -> TimelineItem:
    """What a timeline shows of an interaction."""
    return TimelineItem(
        interaction.id,
        interaction.channel,
        interaction.queue,
        interaction.state.value,
        interaction.created_ms,
        interaction.closed_ms,
        interaction.agent,
        interaction.disposition,
        interaction.subject,
        (last_text or "")[:LAST_TEXT_MAX],
        interaction.message_count,
    )


def segments_with_running(ended: list[Segment], interaction: Interaction | None) -> list[Segment]:
    """Add the segment that an interaction is in to those that ended."""
    if interaction is None or any(segment.id == interaction.segment.id for segment in ended):
        return ended
    return [*ended, interaction.segment]
