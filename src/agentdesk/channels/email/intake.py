"""From a mail to a message in an interaction, or to a reason why not. What comes twice is done once.

    raw -> known already? -> read in a worker -> where it belongs -> command (committed) -> account

Whatever can't be settled now raises `Later`: the mail stays where it is and is tried again.
"""

from __future__ import annotations

import gzip
import hashlib
import logging

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.email.belonging import Belonging, StoreLookups
from agentdesk.channels.email.boxes import Boxes
from agentdesk.channels.email.came import Came
from agentdesk.channels.email.parsed import Kind, ParsedMail, Rejection
from agentdesk.channels.email.pool import MailReader
from agentdesk.channels.email.threads import Continue, New, Ours, Undeliverable, match
from agentdesk.channels.email.tokens import Keys
from agentdesk.core.commands import Answer, Done
from agentdesk.protocol.mail import Intake, MailSpot

DAY_MS = 86_400_000
SOURCE_TYPE = "message/rfc822+gzip"

logger = logging.getLogger("agentdesk.email")


class Later(Exception):
    """The mail can't be settled now; nothing of it is lost."""


class Taker:
    """Takes mails, each to its end."""

    def __init__(self, context: ChannelContext, boxes: Boxes, reader: MailReader, keys: Keys) -> None:
        self._context = context
        self._boxes = boxes
        self._reader = reader
        self._keys = keys
        self._belonging = Belonging(context, boxes)

    async def take(self, came: Came, spot: MailSpot | None = None) -> Intake:
        """Settle one mail, and note that its mailbox has been read so far. Later when that can't be done now."""
        digest = digest_of(came.raw)
        store = self._context.store
        known = await self._context.read(store.intake_by_digest, came.box.id, digest)
        if known is not None:
            again = came.uid > 0 and (known.uidvalidity, known.uid) == (came.uidvalidity, came.uid)
            intake = known if again else self._account(came, digest, "duplicate", interaction=known.interaction_id)
        else:
            intake = await self._settle(came, digest)
        await self._context.read(store.put_intake, intake, spot)
        return intake

    async def _settle(self, came: Came, digest: str) -> Intake:
        if not came.whole:
            return self._account(came, digest, "rejected", f"too_large: {came.size} bytes")
        parsed = await self._reader.parse(came.raw)
        if isinstance(parsed, Rejection):
            if parsed.again:
                raise Later(parsed.words)
            await self._keep_source(came, digest)
            return self._account(came, digest, "rejected", f"{parsed.reason}: {parsed.words}", source=digest)
        await self._keep_source(came, digest)
        return await self._place(came, parsed, digest)

    async def _place(self, came: Came, mail: ParsedMail, digest: str) -> Intake:
        """Where it belongs, done."""
        context = self._context
        reopen_ms = context.settings().email.reopen_days * DAY_MS
        belongs = await context.read(
            match, mail, self._keys, StoreLookups(context.store), now_ms=context.clock.now_ms(), reopen_ms=reopen_ms,
            envelope_to=came.envelope_to,
        )  # fmt: skip
        key = f"mail:{came.box.id}:{digest}"
        if isinstance(belongs, Ours):
            return self._account(came, digest, "ignored", "our own mail came back, or one that goes in circles", mail)
        if isinstance(belongs, Undeliverable):
            await self._belonging.undelivered(belongs, key)
            return self._account(came, digest, "ignored", "delivery report", mail, belongs.interaction_id)
        if isinstance(belongs, Continue):
            answer = await self._belonging.goes_on(belongs, came, mail, digest, key)
        else:
            assert isinstance(belongs, New)
            if mail.kind is Kind.AUTO_REPLY or mail.report is not None:
                return self._account(came, digest, "ignored", f"{mail.kind} to nothing that is known", mail)
            answer = await self._belonging.begins(belongs, came, mail, digest, key)
        return self._settled(came, mail, digest, answer)

    def _settled(self, came: Came, mail: ParsedMail, digest: str, answer: Answer | None) -> Intake:
        if answer is None:
            return self._account(came, digest, "ignored", "an automatic answer to something closed", mail)
        if not isinstance(answer, Done):
            raise Later(answer.message)
        return self._account(came, digest, "message", "", mail, answer.interaction_id, answer.id if answer.id else None)

    async def _keep_source(self, came: Came, digest: str) -> None:
        """The mail as it came, compressed, before anything is said of it."""
        at_ms = self._context.clock.now_ms()
        packed = await self._context.read(gzip.compress, came.raw, 6)
        await self._context.read(
            self._context.keep_file, source_id(digest), "mail.eml.gz", SOURCE_TYPE, packed, "mail", at_ms
        )

    def _account(
        self,
        came: Came,
        digest: str,
        outcome: str,
        reason: str = "",
        mail: ParsedMail | None = None,
        interaction: int | None = None,
        message: int | None = None,
        source: str = "",
    ) -> Intake:
        if outcome != "message":
            logger.info("A mail to %s: %s%s", came.box.address, outcome, f" ({reason})" if reason else "")
        return Intake(
            mailbox=came.box.id,
            digest=digest,
            at_ms=self._context.clock.now_ms(),
            size=came.size,
            outcome=outcome,
            uidvalidity=came.uidvalidity,
            uid=came.uid,
            interaction_id=interaction,
            message_id=message,
            reason=reason[:500],
            sender=mail.sender.address[:300] if mail is not None else "",
            subject=mail.subject[:300] if mail is not None else "",
            source=source_id(digest) if source or mail is not None else "",
        )


def digest_of(raw: bytes) -> str:
    """What two copies of a mail have in common, whatever servers wrote above it on its way: its own id and its body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if not body:
        head, _, body = raw.partition(b"\n\n")
    own = b""
    for line in head.splitlines():
        if line[:11].lower() == b"message-id:":
            own = line[11:].strip()
            break
    hashed = hashlib.sha256(own + b"\n" + (body.replace(b"\r\n", b"\n") if own else raw))
    return hashed.hexdigest()[:40]


def source_id(digest: str) -> str:
    """The file in which a mail is kept as it came."""
    return f"mail-{digest}"
