"""How an agent addresses a mail, and takes it back or sends it again."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agentdesk.core.command import Addresses, Command


class MailOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a mail is addressed. `send_at_ms` schedules it; otherwise it goes out after the desk's moment to undo."""

    to: Addresses = ()
    cc: Addresses = ()
    bcc: Addresses = ()
    subject: Annotated[str, Meta(max_length=998)] = ""
    send_at_ms: int | None = None


class CancelSend(Command, frozen=True):
    """Take back a mail that has not gone out yet."""

    interaction_id: int
    message_id: int


class RetrySend(Command, frozen=True):
    """Send a mail again that failed, or of which nobody knows whether it arrived."""

    interaction_id: int
    message_id: int
