"""The settings of mail: mailboxes, the relay, the door for the host's own mail server."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MIB = 1024 * 1024
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Short = Annotated[str, Meta(max_length=500)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=50)]
Port = Annotated[int, Meta(ge=0, le=65_535)]
Tls = Literal["tls", "starttls", "none"]


class _Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all settings: values, never written after they are read."""


class OAuthSettings(_Settings, frozen=True):
    """Access by tokens, where a mailbox takes no password. The files hold the secret and the refresh token."""

    token_url: Name
    client_id: Name
    refresh_token_file: Name
    client_secret_file: Short = ""
    scope: Short = ""


class ImapSettings(_Settings, frozen=True):
    """Where a mailbox is read."""

    host: Name
    port: Port = 993
    tls: Tls = "tls"
    user: Short = ""
    password_file: Short = ""
    folder: Name = "INBOX"
    oauth: OAuthSettings | None = None


class SmtpSettings(_Settings, frozen=True):
    """The relay that takes what agents write."""

    host: Name
    port: Port = 587
    tls: Tls = "starttls"
    user: Short = ""
    password_file: Short = ""
    oauth: OAuthSettings | None = None


class MailboxSettings(_Settings, frozen=True):
    """One address that customers write to. Without `imap` mail comes to it only through `email.listen`."""

    id: Slug
    address: Name
    name: Short = ""
    queue: Short = ""
    imap: ImapSettings | None = None
    smtp: SmtpSettings | None = None
    signature: Annotated[str, Meta(max_length=5_000)] = ""


class MailListenSettings(_Settings, frozen=True):
    """Where the host's own mail server hands mail over."""

    host: Name = "127.0.0.1"
    port: Port = 8424
    protocol: Literal["lmtp", "smtp"] = "lmtp"


class EmailSettings(_Settings, frozen=True):
    """Mail as a channel; without mailboxes there is none."""

    mailboxes: tuple[MailboxSettings, ...] = ()
    smtp: SmtpSettings | None = None
    listen: MailListenSettings | None = None
    hold_s: Annotated[int, Meta(ge=0, le=3_600)] = 10
    reopen_days: Annotated[int, Meta(ge=0, le=3_650)] = 14
    size_bytes: Annotated[int, Meta(ge=1024, le=50 * MIB)] = 30 * MIB
    retry_days: Annotated[int, Meta(ge=1, le=30)] = 5
    readers: Annotated[int, Meta(ge=1, le=16)] = 1
