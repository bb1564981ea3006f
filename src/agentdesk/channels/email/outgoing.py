"""A committed message of an agent, made into the mail that goes to the relay; the same message makes the same mail."""

from __future__ import annotations

from collections.abc import Sequence

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.email.compose import Composed, Draft, File, composed, problem, typed_address
from agentdesk.channels.email.parsed import Address
from agentdesk.channels.email.tokens import Keys, message_id, reply_address
from agentdesk.config.email import MailboxSettings
from agentdesk.core.model import Interaction, Message, MessageKind

LOOKED_AT = 50
REFERENCES_MAX = 20


async def composed_for(
    context: ChannelContext, keys: Keys, box: MailboxSettings, interaction: Interaction, message: Message
) -> Composed:
    """The mail for a message. ValueError, in words, when it can't be one."""
    head = message.mail
    assert head is not None, "only a message with a head is a mail"
    before = await context.read(context.store.messages, interaction.id, before=message.id, limit=LOOKED_AT)
    domain = box.address.rpartition("@")[2]
    references = _references(keys, interaction.id, before, domain)
    draft = Draft(
        sender=Address(_name(box, message), box.address),
        to=_addresses(head.to),
        cc=_addresses(head.cc),
        bcc=_addresses(head.bcc),
        subject=head.subject,
        text=message.text,
        signature=box.signature.replace("{{agent.name}}", message.author),
        files=tuple([await _file(context, file.id, file.name, file.media_type) for file in message.attachments]),
        in_reply_to=references[-1] if references else "",
        references=references,
    )
    wrong = problem(draft)
    if wrong:
        raise ValueError(wrong)
    return composed(
        draft,
        message_id=message_id(keys, interaction.id, message.id, domain),
        reply_to=reply_address(keys, interaction.id, box.address),
        date_ms=message.at_ms,
    )


def _name(box: MailboxSettings, message: Message) -> str:
    return f"{message.author} ({box.name})" if box.name else message.author


def _addresses(written: tuple[str, ...]) -> tuple[Address, ...]:
    found = []
    for one in written:
        address = typed_address(one)
        if address is None:
            raise ValueError(f"{one!r} is not an address.")
        found.append(address)
    return tuple(found)


def _references(keys: Keys, interaction_id: int, before: Sequence[Message], domain: str) -> tuple[str, ...]:
    """The mails of the conversation so far, oldest first, theirs and ours."""
    found = []
    for one in sorted(before, key=lambda message: message.id):
        if one.mail is None:
            continue
        if one.kind is MessageKind.INBOUND:
            found.append(one.mail.message_id)
        elif one.kind is MessageKind.OUTBOUND:
            found.append(message_id(keys, interaction_id, one.id, domain))
    return tuple(dict.fromkeys(one for one in found if one))[-REFERENCES_MAX:]


async def _file(context: ChannelContext, file_id: str, name: str, media_type: str) -> File:
    stored = await context.read(context.store.file, file_id)
    if stored is None:
        raise ValueError(f"The file {name} is no longer there.")
    return File(name, media_type, stored.data)
