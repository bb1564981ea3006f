"""The other door for mail: the host's own mail server hands it over by LMTP or SMTP.

The answer 250 is given for each recipient after its mail is committed, and never before; whatever can't be committed
now is refused for now (451), so that the sender keeps it and tries again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

CONNECTIONS_MAX = 20
RECIPIENTS_MAX = 100
QUIET_S = 120.0
"""How long a connection may say nothing."""
LINE_MAX = 1024 * 1024
"""Longer than the standard's 1000: mail is hostile, and a long line is no reason to lose it."""

NOBODY = "550 5.1.1 There is no such mailbox here"
TOO_MANY = "452 4.5.3 Too many recipients; send the rest in another message"
TOO_BUSY = "421 4.3.2 Too many connections; try again later"
LATER = "451 4.3.0 It could not be kept now; try again later"

logger = logging.getLogger("agentdesk.email.listener")

Take = Callable[[str, str, bytes], Awaitable[str]]
"""Takes a mail for one mailbox (address, sender, source); the words after 250 when it is kept for good. What it raises
refuses the mail for now."""
Knows = Callable[[str], bool]
"""Whether mail to this address is ours."""


class _Handler:
    """What aiosmtpd asks at each step."""

    def __init__(self, listener: MailListener) -> None:
        self.listener = listener

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient: ours, or refused at once."""
        if not self.listener.knows(address):
            return NOBODY
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The mail itself: one answer for all in SMTP, one for each recipient in LMTP."""
        sender, raw = envelope.mail_from or "", envelope.content
        assert isinstance(raw, bytes), "the source is never decoded here"
        answers = [await self.listener.answer(address, sender, raw) for address in envelope.rcpt_tos]
        if isinstance(server, LMTP):
            return "\r\n".join(answers)
        refused = [answer for answer in answers if not answer.startswith("2")]
        return refused[0] if refused else answers[0]

    async def handle_exception(self, error: Exception) -> str:
        """Whatever went wrong in between: nothing was kept."""
        logger.error("A mail could not be taken", exc_info=error)
        return LATER


class MailListener:
    """Listens on one address until `close`. `connections` are open now."""

    def __init__(self, take: Take, knows: Knows, *, protocol: str, bytes_max: int, hostname: str = "agentdesk") -> None:
        self.knows = knows
        self._take = take
        self._kind: type[SMTP] = _Lmtp if protocol == "lmtp" else _Smtp
        self._bytes_max = bytes_max
        self._hostname = hostname
        self.connections = 0
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen; the port that it became. OSError when the address can't be had."""
        self._server = await asyncio.get_running_loop().create_server(self._made, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Take nothing more; what is being committed is answered or not, and the sender keeps what isn't."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def answer(self, address: str, sender: str, raw: bytes) -> str:
        """What to say of the mail for this recipient."""
        try:
            return f"250 2.0.0 {await self._take(address, sender, raw)}"
        except Exception:
            logger.exception("A mail to %s was not taken", address)
            return LATER

    def _made(self) -> asyncio.Protocol:
        return self._kind(
            _Handler(self),
            data_size_limit=self._bytes_max,
            enable_SMTPUTF8=True,
            hostname=self._hostname,
            ident="agentdesk",
            timeout=QUIET_S,
            loop=asyncio.get_running_loop(),
        )


class _Bounded(SMTP):
    """No more connections at once than can be held in memory with their mails."""

    line_length_limit = LINE_MAX

    def connection_made(self, transport: Any) -> None:
        listener = self.event_handler.listener
        listener.connections += 1
        super().connection_made(transport)
        if listener.connections > CONNECTIONS_MAX:
            transport.write(f"{TOO_BUSY}\r\n".encode())
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.listener.connections -= 1
        super().connection_lost(error)


class _Smtp(_Bounded):
    """SMTP, for a server that knows no LMTP."""


class _Lmtp(_Bounded, LMTP):
    """LMTP: one answer for each recipient."""
