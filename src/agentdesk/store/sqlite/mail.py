"""Mail in SQLite: rows that follow from events, and the store's methods for the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from agentdesk.core.events import DeliveryChanged, Recorded
from agentdesk.core.mail import Delivery
from agentdesk.core.model import Message
from agentdesk.protocol.mail import Intake, MailSpot, OutboxRow, known_by
from agentdesk.store.sqlite import rows
from agentdesk.store.sqlite.inserts import Insert
from agentdesk.store.sqlite.read import NEWEST, PAGE_MAX
from agentdesk.store.sqlite.readers import Readers
from agentdesk.store.sqlite.rows import Row
from agentdesk.store.statements import statements

_SQL = statements("mail")
_QUEUE = Insert(_SQL["queue_sends"])
_HEADS = Insert(_SQL["put_heads"])
_KNOW = Insert(_SQL["know_mail"])


class MailRows:
    """What a batch means for mail; mostly nothing."""

    def __init__(self, events: Sequence[Recorded], messages: Sequence[Message]) -> None:
        heads = [(message, message.mail) for message in messages if message.mail is not None]
        self.heads: list[Row] = [(m.id, rows.body(h)) for m, h in heads]
        self.queued: list[Row] = [
            (m.id, m.interaction_id, Delivery.QUEUED.value, h.due_ms, 0, "") for m, h in heads if h.due_ms is not None
        ]
        self.known: list[Row] = [(header, m.interaction_id) for m, h in heads for header in known_by(h)]
        moved = [r.event for r in events if type(r.event) is DeliveryChanged]
        self.moved = [
            {"message_id": e.message_id, "state": e.state.value, "words": e.words, "due_ms": e.due_ms} for e in moved
        ]


def write_mail(connection: sqlite3.Connection, mail: MailRows) -> None:
    """Write what a batch means for mail."""
    _HEADS(connection, mail.heads)
    _QUEUE(connection, mail.queued)
    _KNOW(connection, mail.known)
    if mail.moved:
        connection.executemany(_SQL["move_send"], mail.moved)


class MailTables:
    """What each method does: `agentdesk.protocol.mail.MailStore`."""

    _readers: Readers
    _writing: Callable[[], AbstractContextManager[sqlite3.Connection]]

    def due_sends(self, now_ms: int, limit: int) -> list[OutboxRow]:
        """What is to be sent by now, the longest due first."""
        return self._sends("due_sends", now_ms, min(limit, PAGE_MAX))

    def next_send_ms(self) -> int | None:
        """When the next is due."""
        with self._readers.reading() as connection:
            found: int | None = connection.execute(_SQL["next_send"]).fetchone()[0]
            return found

    def unsettled_sends(self, limit: int) -> list[OutboxRow]:
        """Everything that is neither sent nor taken back."""
        return self._sends("unsettled_sends", min(limit, PAGE_MAX))

    def sends_of(self, interaction_id: int, limit: int) -> list[OutboxRow]:
        """The newest mails of one interaction, newest first."""
        return self._sends("sends_of", interaction_id, min(limit, PAGE_MAX))

    def _sends(self, statement: str, *values: int) -> list[OutboxRow]:
        with self._readers.reading() as connection:
            found = connection.execute(_SQL[statement], values)
            return [OutboxRow(key, of, Delivery(state), due, tries, said) for key, of, state, due, tries, said in found]

    def message(self, message_id: int) -> Message | None:
        """One message."""
        with self._readers.reading() as connection:
            row = connection.execute(_SQL["message"], (message_id,)).fetchone()
            return None if row is None else rows.message(row)

    def interaction_of_mail(self, header: str) -> int | None:
        """The interaction that a mail with this Message-ID was said in."""
        with self._readers.reading() as connection:
            row = connection.execute(_SQL["mail_id"], (header,)).fetchone()
            return None if row is None else int(row[0])

    def mail_spot(self, mailbox: str) -> MailSpot | None:
        """How far a mailbox has been read."""
        with self._readers.reading() as connection:
            row = connection.execute(_SQL["spot"], (mailbox,)).fetchone()
            return None if row is None else MailSpot(*row)

    def put_mail_spot(self, spot: MailSpot) -> None:
        """Remember how far."""
        with self._writing() as connection:
            connection.execute(_SQL["put_spot"], (spot.mailbox, spot.since_ms, spot.uidvalidity, spot.uid))

    def put_intake(self, intake: Intake, spot: MailSpot | None) -> None:
        """Write down what became of a mail, and that the mailbox has been read so far."""
        with self._writing() as connection:
            connection.execute(_SQL["put_intake"], _row(intake))
            if spot is not None:
                connection.execute(_SQL["put_spot"], (spot.mailbox, spot.since_ms, spot.uidvalidity, spot.uid))

    def intake_by_digest(self, mailbox: str, digest: str) -> Intake | None:
        """The first mail of this content in the mailbox."""
        with self._readers.reading() as connection:
            row = connection.execute(_SQL["intake_by_digest"], (mailbox, digest)).fetchone()
            return None if row is None else _intake(row)

    def intakes(self, mailbox: str, *, before: int | None = None, limit: int = 50) -> list[Intake]:
        """What became of the mailbox's mails, newest first."""
        values = (mailbox, NEWEST if before is None else before, min(limit, PAGE_MAX))
        with self._readers.reading() as connection:
            return [_intake(row) for row in connection.execute(_SQL["intakes"], values)]

    def intake_counts(self, mailbox: str) -> dict[str, int]:
        """How many had which outcome."""
        with self._readers.reading() as connection:
            return dict(connection.execute(_SQL["intake_count"], (mailbox,)).fetchall())


def _row(one: Intake) -> Row:
    place = (one.mailbox, one.uidvalidity, one.uid, one.digest, one.at_ms, one.size, one.outcome)
    return (*place, one.interaction_id, one.message_id, one.reason, one.sender, one.subject, one.source)


def _intake(row: Row) -> Intake:
    key, mailbox, uidvalidity, uid, digest, at_ms, size, outcome, interaction, message, reason, sender, subject, of = (
        row
    )
    return Intake(
        mailbox, digest, at_ms, size, outcome, uidvalidity, uid, interaction, message, reason, sender, subject, of, key
    )
