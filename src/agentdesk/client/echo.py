"""Local echo: what the agent did is in the mirror at once, marked pending until the server has answered."""

from __future__ import annotations

from agentdesk.client.mirror import Conversation, Mirror, Pending
from agentdesk.core.commands import (
    Answer,
    ClientCommand,
    Done,
    MarkRead,
    Refused,
    SendMessage,
)
from agentdesk.core.model import Message, MessageKind


def asked(mirror: Mirror, key: str, command: ClientCommand, now: int) -> None:
    """A command was submitted and has no answer yet."""
    mirror.asked[key] = command
    conversation = mirror.conversations.get(getattr(command, "interaction_id", 0))
    if conversation is None:
        return
    if isinstance(command, SendMessage):
        conversation.pending.append(Pending(key, command, now))
    elif isinstance(command, MarkRead):
        seen(conversation, command.upto)


def answered(mirror: Mirror, key: str, answer: Answer) -> None:
    """The answer came: an acknowledged message stays pending until its event is here, a refused one says why."""
    command = mirror.asked.pop(key, None)
    if not isinstance(command, SendMessage):
        return
    conversation = mirror.conversations.get(command.interaction_id)
    if conversation is None:
        return
    for pending in conversation.pending:
        if pending.key != key:
            continue
        if isinstance(answer, Refused):
            pending.failed, pending.code = answer.message, answer.code
        elif isinstance(answer, Done):
            pending.message_id = answer.id
    settle(conversation)


def forget(mirror: Mirror, key: str) -> None:
    """The agent drops a message that failed."""
    for conversation in mirror.conversations.values():
        conversation.pending = [p for p in conversation.pending if p.key != key or not p.failed]


def settle(conversation: Conversation) -> None:
    """Drop what is no longer pending because the conversation holds it by now."""
    if not conversation.pending:
        return
    here = {message.client_id for message in conversation.messages if message.client_id}
    last = conversation.interaction.last_message_id
    conversation.pending = [
        p for p in conversation.pending if p.command.client_id not in here and not 0 < p.message_id <= last
    ]


def seen(conversation: Conversation, upto: int) -> None:
    """The agent has seen the messages up to this id."""
    conversation.seen_upto = max(conversation.seen_upto, upto)
    conversation.unread = sum(
        1 for m in conversation.messages if m.kind is MessageKind.INBOUND and m.id > conversation.seen_upto
    )


def answered_upto(messages: list[Message], agent: str) -> int:
    """The last message this agent wrote: what was said before it has been seen."""
    return max((m.id for m in messages if m.agent == agent and m.kind is not MessageKind.INBOUND), default=0)
