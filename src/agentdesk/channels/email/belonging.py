"""A mail that was read becomes a command: it goes on in an interaction, begins one, or says that ours came back."""

from __future__ import annotations

from agentdesk.channels.base import ChannelContext, Store
from agentdesk.channels.email import tree
from agentdesk.channels.email.boxes import Boxes, bare
from agentdesk.channels.email.came import Came
from agentdesk.channels.email.parsed import ParsedMail
from agentdesk.channels.email.threads import Continue, New, Thread, Undeliverable
from agentdesk.channels.regulars import find_regular
from agentdesk.core.commands import (
    Actor,
    Answer,
    CustomerRef,
    Done,
    NoteDelivery,
    ReceiveMessage,
    Refused,
    ReturnInteraction,
    StartInteraction,
)
from agentdesk.core.lifecycle import ENDED
from agentdesk.core.mail import Delivery, MailHead, Send
from agentdesk.core.model import EMAIL, Attachment, Identity

ACTOR = Actor("customer", "email")
TEXT_MAX = 100_000
FILES_MAX = 50
SENDS_MAX = 20
LOOKED_AT = 200
"""Messages of an interaction that are looked at for whom was written to."""


class StoreLookups:
    """What the store knows of interactions by mail; blocks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def thread(self, interaction_id: int) -> Thread | None:
        """An interaction by mail with everybody who has had a part in it."""
        row = self._store.interaction(interaction_id)
        if row is None or row.channel != EMAIL:
            return None
        parties = set()
        customer = self._store.customer(row.customer_id)
        if customer is not None:
            parties |= {bare(identity.value) for identity in customer.identities if identity.kind == EMAIL}
        for message in self._store.messages(interaction_id, limit=LOOKED_AT):
            if message.mail is not None:
                named = (message.mail.sender, *message.mail.to, *message.mail.cc, *message.mail.bcc)
                parties |= {bare(address_in(one)) for one in named if one}
        closed_ms = row.closed_ms if row.state in ENDED else None
        return Thread(interaction_id, frozenset(parties), closed_ms)

    def by_message_id(self, message_id: str) -> int | None:
        """The interaction in which a mail of that id was said."""
        return self._store.interaction_of_mail(message_id)

    def by_subject(self, subject: str) -> int | None:
        """Nothing is suggested by its subject alone."""
        return None


class Belonging:
    """Asks the desk on behalf of who wrote."""

    def __init__(self, context: ChannelContext, boxes: Boxes) -> None:
        self._context = context
        self._boxes = boxes

    async def goes_on(self, found: Continue, came: Came, mail: ParsedMail, digest: str, key: str) -> Answer | None:
        """In an interaction that lives, or that lives again; None when it is closed and stays so."""
        if self._context.desk.interaction(found.interaction_id) is None:
            if not found.reopen:
                return None
            answer = await self.live_again(found.interaction_id, "answered", f"{key}:return")
            if not isinstance(answer, Done):
                return answer
        files = await self._files(came, mail, digest)
        command = ReceiveMessage(found.interaction_id, text_of(mail), key, files, head_of(mail, digest))
        return await self._context.commands(command, ACTOR, key)

    async def begins(self, found: New, came: Came, mail: ParsedMail, digest: str, key: str) -> Answer:
        """A new interaction."""
        box = came.box
        attributes = {"mailbox": box.id, "address": box.address, "from": mail.sender.address}
        if found.follows is not None:
            attributes["follows"] = str(found.follows)
        if found.resembles is not None:
            attributes["resembles"] = f"{found.resembles} ({found.why})"
        address = mail.sender.address or "unknown@invalid"
        regular = await self._context.read(find_regular, self._context.store, EMAIL, address)
        who = CustomerRef(
            known=regular.known,
            identities=(Identity(EMAIL, address),),
            name=mail.sender.name or address,
            last_agent=regular.last_agent,
            last_disposition=regular.last_disposition,
            interactions=regular.interactions,
        )
        command = StartInteraction(
            channel=EMAIL,
            queue=self._boxes.queue(box),
            customer=who,
            text=text_of(mail),
            client_id=key,
            subject=mail.subject[:200],
            language=mail.languages[0] if mail.languages else "",
            attributes=attributes,
            attachments=await self._files(came, mail, digest),
            mail=head_of(mail, digest),
        )
        answer = await self._context.commands(command, ACTOR, key)
        if isinstance(answer, Refused) and answer.code == "too_many" and regular.known is not None:
            return await self._joins(regular.known.id, command, key) or answer
        return answer

    async def _joins(self, customer_id: int, command: StartInteraction, key: str) -> Answer | None:
        """Whoever has as many open mails as they may goes on in the newest: one mail never holds up the rest."""
        live = (one for one in self._context.desk.interactions() if one.customer_id == customer_id)
        newest = max((one.id for one in live if one.channel == EMAIL), default=None)
        if newest is None:
            return None
        said = ReceiveMessage(newest, command.text, key, command.attachments, command.mail)
        return await self._context.commands(said, ACTOR, f"{key}:join")

    async def undelivered(self, found: Undeliverable, key: str) -> None:
        """Ours could not be delivered: its author hears of it, whether the interaction is closed or not."""
        lost = [one for one in found.report.recipients if one.permanent]
        if not lost or not found.number:
            return
        words = "; ".join(f"{one.recipient}: {one.diagnostic or one.status}" for one in lost)[:500]
        await self.lost(found.interaction_id, found.number, Delivery.BOUNCED, words, key)

    async def lost(self, interaction_id: int, message_id: int, state: Delivery, words: str, key: str) -> Answer:
        """A mail did not arrive, or nobody knows: what was closed lives again for whoever wrote it."""
        noted = await self._context.commands(NoteDelivery(interaction_id, message_id, state, words), ACTOR, key)
        if isinstance(noted, Done) and self._context.desk.interaction(interaction_id) is None:
            return await self.live_again(interaction_id, f"mail {state}", f"{key}:return")
        return noted

    async def live_again(self, interaction_id: int, reason: str, key: str) -> Answer:
        """A closed interaction stands in line again, with what became of its mails."""
        context = self._context
        row = await context.read(context.store.interaction, interaction_id)
        customer = None if row is None else await context.read(context.store.customer, row.customer_id)
        if row is None or customer is None:
            return Refused("unknown", f"There is no interaction {interaction_id}.")
        rows = await context.read(context.store.sends_of, interaction_id, SENDS_MAX)
        row.sends = tuple(
            Send(one.message_id, one.state, one.due_ms, one.attempts, one.words) for one in reversed(rows)
        )
        return await context.commands(ReturnInteraction(row, customer, reason), ACTOR, key)

    async def _files(self, came: Came, mail: ParsedMail, digest: str) -> tuple[Attachment, ...]:
        """Keep what is attached; the same mail makes the same files."""
        raw, at_ms = came.raw, self._context.clock.now_ms()
        kept = []
        for number, one in enumerate(mail.attachments[:FILES_MAX]):
            file_id = f"mail-{digest[:32]}-{number}"
            data = await self._context.read(tree.content, raw, one)
            name = one.name or f"file-{number + 1}"
            await self._context.read(self._context.keep_file, file_id, name, one.media_type, data, "mail", at_ms)
            kept.append(Attachment(file_id, name, one.media_type, len(data)))
        return tuple(kept)


def text_of(mail: ParsedMail) -> str:
    """What the writer added, for the transcript and the search."""
    return mail.reading.visible[:TEXT_MAX]


def head_of(mail: ParsedMail, digest: str) -> MailHead:
    """What stands above it."""
    return MailHead(
        subject=mail.subject,
        sender=_written(mail.sender.name, mail.sender.address),
        to=tuple(_written(one.name, one.address) for one in mail.to.shown),
        cc=tuple(_written(one.name, one.address) for one in mail.cc.shown),
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to[0] if mail.in_reply_to else "",
        references=mail.references[-20:],
        kind=mail.kind.value,
        source=f"mail-{digest}",
        folded="\n\n".join(part.text for part in mail.reading.folded)[:TEXT_MAX],
        signature=mail.reading.signature[:2_000],
        notes=tuple(note.value for note in mail.notes),
    )


def _written(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address


def address_in(written: str) -> str:
    """The address of `Name <address>`."""
    return written.rpartition("<")[2].rstrip(">") if "<" in written else written
