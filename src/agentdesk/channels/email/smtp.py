"""Hands one mail to the relay, and says what became of it in the relay's own words.

Before the mail itself is sent `before_data` is awaited: whoever keeps the queue commits there that from now on the
relay may have it. When the connection is lost after that, nobody can know: the outcome is uncertain, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

STEP_S = 60.0
"""How long the relay may take for an answer; RFC 5321 asks for minutes, which is longer than an agent looks."""
WORDS_MAX = 500
_ADDRESS = re.compile(r"[^\s<>\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+\Z")


class Sent(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Outcome:
    """What became of it, with the relay's answer. `refused` are recipients it would not take, each with its words, of a
    mail that others were sent."""

    state: Sent
    words: str
    refused: dict[str, str] = field(default_factory=dict)


Token = Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Relay:
    """Where mail is handed over. `tls` is tls, starttls or none; `token` is for XOAUTH2, in place of a password."""

    host: str
    port: int
    tls: str = "starttls"
    user: str = ""
    password: str = ""
    token: Token | None = None
    hostname: str = "agentdesk"
    verify: bool = True


async def hand_over(
    relay: Relay,
    sender: str,
    recipients: Sequence[str],
    raw: bytes,
    before_data: Callable[[], Awaitable[None]],
    step_s: float = STEP_S,
) -> Outcome:
    """One connection, one mail. Raises only what `before_data` raises."""
    strange = next((one for one in (sender, *recipients) if one and not _ADDRESS.match(one)), None)
    if strange is not None or not recipients:
        return Outcome(Sent.FAILED, f"{strange!r} is not an address" if strange else "There is nobody to send it to")
    client = _client(relay, step_s)
    try:
        try:
            await client.connect()
            refused = await _envelope(client, sender, recipients)
        except _Refused as refusal:
            return refusal.outcome
        except (SMTPException, OSError, ValueError) as problem:
            return Outcome(Sent.DEFERRED, _words(problem))
        await before_data()
        return await _data(client, raw, refused)
    finally:
        await _leave(client)


def _client(relay: Relay, step_s: float) -> SMTP:
    return SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.tls == "tls",
        start_tls=relay.tls == "starttls",
        validate_certs=relay.verify,
        username=relay.user or None,
        password=(relay.password or None) if relay.token is None else None,
        oauth_token_generator=relay.token if relay.user else None,
        local_hostname=relay.hostname,
        timeout=step_s,
    )


class _Refused(Exception):
    """The relay said no to the mail itself."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.words)
        self.outcome = outcome


async def _envelope(client: SMTP, sender: str, recipients: Sequence[str]) -> dict[str, str]:
    """MAIL and RCPT; the recipients that were refused for good while others were taken."""
    try:
        await client.mail(sender)
    except SMTPResponseException as problem:
        raise _Refused(_by_code(problem)) from None
    refused: dict[str, SMTPResponseException] = {}
    for recipient in recipients:
        try:
            await client.rcpt(recipient)
        except SMTPResponseException as problem:
            refused[recipient] = problem
    later = next((problem for problem in refused.values() if problem.code < 500), None)
    if later is not None:
        # Whoever is greylisted is tried again with everybody: one mail is sent once.
        raise _Refused(_by_code(later))
    if refused and len(refused) == len(recipients):
        raise _Refused(_by_code(next(iter(refused.values()))))
    return {recipient: _words(problem) for recipient, problem in refused.items()}


async def _data(client: SMTP, raw: bytes, refused: dict[str, str]) -> Outcome:
    try:
        answer = await client.data(raw)
    except SMTPResponseException as problem:
        return _by_code(problem)
    except (SMTPException, OSError, ValueError) as problem:
        return Outcome(Sent.UNCERTAIN, _words(problem), refused)
    return Outcome(Sent.SENT, f"{answer.code} {answer.message}"[:WORDS_MAX], refused)


def _by_code(problem: SMTPResponseException) -> Outcome:
    return Outcome(Sent.FAILED if problem.code >= 500 else Sent.DEFERRED, _words(problem))


def _words(problem: BaseException) -> str:
    if isinstance(problem, SMTPResponseException):
        return f"{problem.code} {problem.message}"[:WORDS_MAX]
    return f"{type(problem).__name__}: {problem}"[:WORDS_MAX]


async def _leave(client: SMTP) -> None:
    """Say goodbye where there is somebody to hear it."""
    if not client.is_connected:
        return
    try:
        await client.quit(timeout=5)
    except (aiosmtplib.SMTPException, OSError):
        client.close()
