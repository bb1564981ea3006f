"""What a visitor may see of the desk's messages: what was said to and by them, never notes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from agentdesk.core.model import Attachment, Identity, Message, MessageKind
from agentdesk.protocol.webchat import ChatMessage, FileInfo

IDENTITY = "visitor"
_WHO = {MessageKind.INBOUND: "visitor", MessageKind.OUTBOUND: "agent"}


def shown(message: Message) -> ChatMessage | None:
    """The message as its visitor sees it; None for notes and the desk's own remarks."""
    who = _WHO.get(message.kind)
    if who is None:
        return None
    return ChatMessage(
        id=message.id,
        who=who,
        text=message.text,
        at_ms=message.at_ms,
        name=message.author if who == "agent" else "",
        cid=message.client_id if who == "visitor" else "",
        files=tuple(file_info(one) for one in message.attachments),
    )


def newest(messages: Iterable[Message], after: int, limit: int) -> tuple[tuple[ChatMessage, ...], bool]:
    """What a visitor sees of these that followed `after`, oldest first, at most the `limit` newest; whether that
    left any out."""
    seen = [one for one in map(shown, sorted(messages, key=lambda one: one.id)) if one is not None and one.id > after]
    return tuple(seen[-limit:]), len(seen) > limit


def file_info(attachment: Attachment) -> FileInfo:
    """A file as the widget knows it."""
    return FileInfo(attachment.id, attachment.name, attachment.media_type, attachment.size)


def token_hash(token: str) -> str:
    """What is kept of a visitor's token: it can't be turned back, and random tokens need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def identity(token_digest: str) -> Identity:
    """The identity by which a visitor is known again."""
    return Identity(IDENTITY, token_digest)


def visitor_name(name: str) -> str:
    """A visitor's name as they said it, in one line; empty when they said none."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())
