"""What is kept of mail beside its messages, and what a store does with it."""

from __future__ import annotations

from typing import Protocol

import msgspec

from agentdesk.core.mail import Delivery, MailHead
from agentdesk.core.model import Message


def known_by(head: MailHead) -> tuple[str, ...]:
    """The ids by which the interaction of a mail that came in is found: its own, and those it refers to, which may come
    after it."""
    if head.due_ms is not None:
        return ()
    return tuple(dict.fromkeys(one for one in (head.message_id, head.in_reply_to, *head.references) if one))


def files_of(message: Message) -> list[str]:
    """The files that a message carries: what is attached, and the mail itself."""
    files = [file.id for file in message.attachments]
    if message.mail is not None:
        files += [file for file in (message.mail.source, message.mail.html) if file]
    return files


class OutboxRow(msgspec.Struct, frozen=True):
    """One mail of an agent and how far it has got. `due_ms` is when it is tried next."""

    message_id: int
    interaction_id: int
    state: Delivery
    due_ms: int
    attempts: int = 0
    words: str = ""


class MailSpot(msgspec.Struct, frozen=True):
    """How far a mailbox has been read, and since when at all."""

    mailbox: str
    since_ms: int
    uidvalidity: int = 0
    uid: int = 0


class Intake(msgspec.Struct, frozen=True):
    """What became of one mail that came in. `outcome` is message, rejected, duplicate or ignored; `uid` 0 is one that
    was handed over by LMTP or SMTP. `id` is the store's to give."""

    mailbox: str
    digest: str
    at_ms: int
    size: int
    outcome: str
    uidvalidity: int = 0
    uid: int = 0
    interaction_id: int | None = None
    message_id: int | None = None
    reason: str = ""
    sender: str = ""
    subject: str = ""
    source: str = ""
    id: int = 0


class MailStore(Protocol):
    """Outbox rows and known ids are written with the events that they follow from; the rest by these."""

    def due_sends(self, now_ms: int, limit: int) -> list[OutboxRow]:
        """What is to be sent by now, the longest due first."""

    def next_send_ms(self) -> int | None:
        """When the next is due."""

    def unsettled_sends(self, limit: int) -> list[OutboxRow]:
        """Everything that is neither sent nor taken back."""

    def sends_of(self, interaction_id: int, limit: int) -> list[OutboxRow]:
        """The newest mails of one interaction, newest first."""

    def message(self, message_id: int) -> Message | None:
        """One message."""

    def interaction_of_mail(self, header: str) -> int | None:
        """The interaction that a mail with this Message-ID was said in."""

    def mail_spot(self, mailbox: str) -> MailSpot | None:
        """How far a mailbox has been read."""

    def put_mail_spot(self, spot: MailSpot) -> None:
        """Remember how far."""

    def put_intake(self, intake: Intake, spot: MailSpot | None) -> None:
        """Write down what became of a mail, and that the mailbox has been read so far; a repeat changes nothing."""

    def intake_by_digest(self, mailbox: str, digest: str) -> Intake | None:
        """The first mail of this content in the mailbox."""

    def intakes(self, mailbox: str, *, before: int | None = None, limit: int = 50) -> list[Intake]:
        """What became of the mailbox's mails, newest first."""

    def intake_counts(self, mailbox: str) -> dict[str, int]:
        """How many had which outcome."""
