"""Tries a mailbox and a relay step by step, and says of the first that fails what it means. Blocks."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPConnectError, SMTPException
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from agentdesk.channels.email.boxes import imap_place, relay
from agentdesk.channels.email.imap import CONNECT_S, ImapPlace
from agentdesk.config.email import ImapSettings, SmtpSettings
from agentdesk.errors import DeskError


class Tried(NamedTuple):
    """One step: what was tried, whether it went well, what was found, and what to do about it."""

    step: str
    good: bool
    found: str
    remedy: str = ""


def try_mailbox(settings: ImapSettings) -> Iterator[Tried]:
    """Connect, sign in, open the folder; ends with the first step that fails."""
    try:
        place = imap_place(settings)
    except DeskError as problem:
        yield Tried("secret", False, str(problem), problem.remedy)
        return
    client: IMAPClient | None = None
    try:
        client = _connected(place)
        yield Tried("connect", True, f"{place.host}:{place.port} answers ({place.tls})")
        place.sign(client)
        yield Tried("sign in", True, f"as {settings.user}")
        found = client.select_folder(place.folder, readonly=True)
        yield Tried("folder", True, f"{place.folder} has {found[b'EXISTS']} mails")
        idle = b"IDLE" in client.capabilities()
        yield Tried(
            "push", idle, "new mail is told at once" if idle else "the server can't push", "" if idle else POLLS
        )
    except (IMAPClientError, DeskError, OSError, ValueError) as problem:
        yield _explained(problem, place.host, place.port, place.tls)
    finally:
        if client is not None:
            with suppress(IMAPClientError, OSError):
                client.shutdown()


def _connected(place: ImapPlace) -> IMAPClient:
    client = IMAPClient(place.host, place.port, ssl=place.tls == "tls", timeout=CONNECT_S)
    if place.tls == "starttls":
        client.starttls()
    return client


def try_relay(settings: SmtpSettings) -> Iterator[Tried]:
    """Connect and sign in; nothing is sent."""
    try:
        place = relay(settings, socket.gethostname())
    except DeskError as problem:
        yield Tried("secret", False, str(problem), problem.remedy)
        return
    client = SMTP(hostname=place.host, port=place.port, use_tls=place.tls == "tls",
                  start_tls=place.tls == "starttls", timeout=CONNECT_S, local_hostname=place.hostname)  # fmt: skip
    steps: list[Tried] = []

    async def go() -> None:
        try:
            await talk()
        finally:
            client.close()

    async def talk() -> None:
        await client.connect()
        steps.append(Tried("connect", True, f"{place.host}:{place.port} answers ({place.tls})"))
        if place.user and place.token is not None:
            await client.auth_xoauth2(place.user, await place.token())
        elif place.user:
            await client.login(place.user, place.password)
        if place.user:
            steps.append(Tried("sign in", True, f"as {place.user}"))

    try:
        asyncio.run(go())
    except (SMTPException, DeskError, OSError, ValueError) as problem:
        steps.append(_explained(problem, place.host, place.port, place.tls))
    yield from steps


POLLS = "It is looked at every nine minutes; ask the provider for IDLE."
WRONG_PORT = "Is it the right port for this kind of TLS? Usual are 993 and 465 for tls, 143 and 587 for starttls."


def _explained(problem: Exception, host: str, port: int, tls: str) -> Tried:
    step, remedy = next((step, remedy) for kinds, step, remedy in _MEANINGS if isinstance(problem, kinds))
    found = f"{type(problem).__name__}: {problem}"[:300]
    return Tried(step, False, found, remedy(host, port, tls) or getattr(problem, "remedy", ""))


Remedy = Callable[[str, int, str], str]
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], str, Remedy], ...] = (
    (
        (socket.gaierror,),
        "name",
        lambda host, port, tls: f"There is no machine {host}: check the name, and this host's DNS.",
    ),
    (
        (ssl.SSLCertVerificationError,),
        "certificate",
        lambda host, port, tls: f"The certificate is not good for {host}: use the name that is in it.",
    ),
    ((ssl.SSLError,), "tls", lambda host, port, tls: WRONG_PORT),
    (
        (TimeoutError,),
        "connect",
        lambda host, port, tls: f"Nothing answers from {host}:{port}: a firewall may be between, or the port is wrong.",
    ),
    (
        (ConnectionRefusedError, SMTPConnectError),
        "connect",
        lambda host, port, tls: f"Nothing listens on {host}:{port}. {WRONG_PORT}",
    ),
    (
        (LoginError, SMTPAuthenticationError, DeskError),
        "sign in",
        lambda host, port, tls: "Check user and password; providers often want one made for this program, or oauth.",
    ),
    ((Exception,), "dialogue", lambda host, port, tls: WRONG_PORT),
)
