"""A mail on its way in."""

from __future__ import annotations

from dataclasses import dataclass

from agentdesk.config.email import MailboxSettings


@dataclass(frozen=True)
class Came:
    """A mail as it came: to which mailbox, in whole or only its header, and from which place in a folder."""

    box: MailboxSettings
    raw: bytes
    size: int
    whole: bool = True
    uidvalidity: int = 0
    uid: int = 0
    envelope_to: tuple[str, ...] = ()
