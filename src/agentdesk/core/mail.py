"""Mail as the desk knows it: what stands above a text, how a reply is addressed, and what becomes of it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

ADDRESSES_MAX = 100
SENDS_MAX = 20
"""How many of an interaction's last mails its row remembers with their delivery."""


class MailHead(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands above the text of a mail. Addresses are written `Name <name@example.org>`.

    `source` and `html` are files: the mail as it came, and its HTML made safe. `folded` is the old history below what
    is new, `signature` the writer's; `notes` say what was wrong with it. `due_ms` is when an outbound one is to go out.
    """

    subject: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    kind: str = "normal"
    source: str = ""
    html: str = ""
    folded: str = ""
    signature: str = ""
    notes: tuple[str, ...] = ()
    due_ms: int | None = None


class Delivery(StrEnum):
    """How far a mail that an agent wrote has got. From `sending` on the relay may have it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    BOUNCED = "bounced"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


OUTSTANDING = frozenset({Delivery.QUEUED, Delivery.SENDING, Delivery.DEFERRED})
"""Not decided yet."""

HELD = frozenset({Delivery.QUEUED, Delivery.DEFERRED})
"""Nobody else has it yet: it can be taken back."""

LOST = frozenset({Delivery.FAILED, Delivery.BOUNCED, Delivery.UNCERTAIN})
"""Somebody has to look."""


class Send(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of an interaction's last mails: how far it got, when it is tried next, and what the relay said."""

    message_id: int
    state: Delivery
    due_ms: int = 0
    attempts: int = 0
    words: str = ""


def sent_off(sends: tuple[Send, ...], message_id: int, head: MailHead) -> tuple[Send, ...]:
    """The last mails with one more on its way; as they were where it is none of ours."""
    if head.due_ms is None:
        return sends
    return (*sends[1 - SENDS_MAX :], Send(message_id, Delivery.QUEUED, head.due_ms))


def moved(sends: tuple[Send, ...], message_id: int, state: Delivery, words: str, due_ms: int) -> tuple[Send, ...]:
    """The last mails with one of them further on its way."""
    return tuple(
        Send(
            message_id,
            state,
            due_ms or send.due_ms,
            send.attempts + (state is Delivery.SENDING),
            words,
        )
        if send.message_id == message_id
        else send
        for send in sends
    )
