"""The part of the twin in memory that keeps mail."""

from __future__ import annotations

import threading
from collections import Counter

from msgspec.structs import replace

from agentdesk.core.events import DeliveryChanged, MessageAdded, Recorded
from agentdesk.core.mail import Delivery
from agentdesk.core.model import Message
from agentdesk.protocol.mail import Intake, MailSpot, OutboxRow, known_by

TO_SEND = (Delivery.QUEUED, Delivery.DEFERRED)
SETTLED = (Delivery.SENT, Delivery.CANCELLED)


class MemoryMail:
    """What each method does: `agentdesk.protocol.mail.MailStore`."""

    _messages: dict[int, Message]

    def __init__(self) -> None:
        super().__init__()
        self._mail_lock = threading.Lock()
        self._outbox: dict[int, OutboxRow] = {}
        self._mail_ids: dict[str, int] = {}
        self._spots: dict[str, MailSpot] = {}
        self._intakes: list[Intake] = []

    def note_mail(self, recorded: Recorded) -> None:
        """Keep what an event means for mail."""
        event = recorded.event
        if isinstance(event, MessageAdded) and event.message.mail is not None:
            head, message = event.message.mail, event.message
            if head.due_ms is not None:
                self._outbox[message.id] = OutboxRow(message.id, message.interaction_id, Delivery.QUEUED, head.due_ms)
            for header in known_by(head):
                self._mail_ids.setdefault(header, message.interaction_id)
        elif isinstance(event, DeliveryChanged) and event.message_id in self._outbox:
            row = self._outbox[event.message_id]
            tries = row.attempts + (event.state is Delivery.SENDING)
            due_ms = event.due_ms or row.due_ms
            self._outbox[row.message_id] = replace(
                row, state=event.state, words=event.words, due_ms=due_ms, attempts=tries
            )

    def due_sends(self, now_ms: int, limit: int) -> list[OutboxRow]:
        """What is to be sent by now, the longest due first."""
        due = [row for row in self._outbox.values() if row.state in TO_SEND and row.due_ms <= now_ms]
        return sorted(due, key=lambda row: (row.due_ms, row.message_id))[:limit]

    def next_send_ms(self) -> int | None:
        """When the next is due."""
        return min((row.due_ms for row in self._outbox.values() if row.state in TO_SEND), default=None)

    def unsettled_sends(self, limit: int) -> list[OutboxRow]:
        """Everything that is neither sent nor taken back."""
        rows = [row for row in self._outbox.values() if row.state not in SETTLED]
        return sorted(rows, key=lambda row: (row.state, row.message_id))[:limit]

    def sends_of(self, interaction_id: int, limit: int) -> list[OutboxRow]:
        """The newest mails of one interaction, newest first."""
        of = [row for row in self._outbox.values() if row.interaction_id == interaction_id]
        return sorted(of, key=lambda row: -row.message_id)[:limit]

    def message(self, message_id: int) -> Message | None:
        """One message."""
        return self._messages.get(message_id)

    def interaction_of_mail(self, header: str) -> int | None:
        """The interaction that a mail with this Message-ID was said in."""
        return self._mail_ids.get(header)

    def mail_spot(self, mailbox: str) -> MailSpot | None:
        """How far a mailbox has been read."""
        return self._spots.get(mailbox)

    def put_mail_spot(self, spot: MailSpot) -> None:
        """Remember how far."""
        self._spots[spot.mailbox] = spot

    def put_intake(self, intake: Intake, spot: MailSpot | None) -> None:
        """Write down what became of a mail, and that the mailbox has been read so far."""
        with self._mail_lock:
            place = (intake.mailbox, intake.uidvalidity, intake.uid)
            known = any((one.mailbox, one.uidvalidity, one.uid) == place for one in self._intakes)
            if not intake.uid or not known:
                self._intakes.append(replace(intake, id=len(self._intakes) + 1))
            if spot is not None:
                self._spots[spot.mailbox] = spot

    def intake_by_digest(self, mailbox: str, digest: str) -> Intake | None:
        """The first mail of this content in the mailbox."""
        return next((one for one in self._intakes if (one.mailbox, one.digest) == (mailbox, digest)), None)

    def intakes(self, mailbox: str, *, before: int | None = None, limit: int = 50) -> list[Intake]:
        """What became of the mailbox's mails, newest first."""
        of = [one for one in reversed(self._intakes) if one.mailbox == mailbox]
        return [one for one in of if before is None or one.id < before][:limit]

    def intake_counts(self, mailbox: str) -> dict[str, int]:
        """How many had which outcome."""
        return dict(sorted(Counter(one.outcome for one in self._intakes if one.mailbox == mailbox).items()))
