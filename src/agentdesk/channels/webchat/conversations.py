"""The visitors' live conversations, folded from committed events: what each visitor may be told of theirs. Pure.

The counterpart of `agentdesk.core.events`. Only chats and messages left by a customer with a visitor identity are
kept, and only while they live.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from agentdesk.core.events import (
    AnyEvent,
    ConversationEnded,
    CustomerLeft,
    CustomerReturned,
    InteractionAbandoned,
    InteractionClosed,
    InteractionReopened,
    InteractionStarted,
    InteractionTransferred,
    MessageAdded,
    MessagesSeen,
    OfferAccepted,
    Overflowed,
    Queued,
)
from agentdesk.core.model import CALLBACK, CHAT, MESSAGE, Interaction, MessageKind, State

CHANNELS = (CHAT, MESSAGE, CALLBACK)


class Stage(StrEnum):
    """Where a conversation is, as its visitor sees it."""

    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"
    LEFT = "left"
    CLOSED = "closed"


class Conversation(msgspec.Struct):
    """One live conversation. `away` says that the desk believes its visitor gone, `led_on` that what
    began as a chat goes on as a message or a callback.

    `read` is up to where an agent has seen what the visitor said, whose last message is `last_inbound`. Of what
    the agent said, up to `last_outbound`, the visitor's side has got what is up to `delivered` and has shown what
    is up to `displayed`.
    """

    id: int
    customer_id: int
    channel: str
    queue: str
    stage: Stage
    agent: str | None = None
    away: bool = False
    read: int = 0
    last_inbound: int = 0
    last_outbound: int = 0
    delivered: int = 0
    displayed: int = 0
    led_on: bool = False

    def confirm(self, delivered: int, displayed: int) -> bool:
        """The visitor's side says what it has got and shown; whether that is news."""
        before = (self.delivered, self.displayed)
        self.delivered = max(self.delivered, min(delivered, self.last_outbound))
        self.displayed = max(self.displayed, min(displayed, self.last_outbound))
        return before != (self.delivered, self.displayed)

    @property
    def is_over(self) -> bool:
        """Whether it has left the desk: what is said next begins another."""
        return self.stage in (Stage.LEFT, Stage.CLOSED)


_STAGES = {
    State.NEW: Stage.WAITING,
    State.QUEUED: Stage.WAITING,
    State.OFFERED: Stage.WAITING,
    State.ACTIVE: Stage.ACTIVE,
    State.HELD: Stage.ACTIVE,
    State.SNOOZED: Stage.ACTIVE,
    State.WRAPPING: Stage.ENDED,
}


class Conversations:
    """Every live conversation, by id and by customer, oldest first."""

    def __init__(self, live: Iterable[Interaction] = ()) -> None:
        self._by_id: dict[int, Conversation] = {}
        self._by_customer: dict[int, list[Conversation]] = {}
        for interaction in sorted(live, key=lambda one: one.id):
            if interaction.channel in CHANNELS and interaction.state in _STAGES:
                self._add(_as_loaded(interaction))

    def __iter__(self) -> Iterator[Conversation]:
        return iter(self._by_id.values())

    def get(self, interaction_id: int) -> Conversation | None:
        """One live conversation."""
        return self._by_id.get(interaction_id)

    def of_customer(self, customer_id: int) -> list[Conversation]:
        """A customer's live conversations, oldest first."""
        return list(self._by_customer.get(customer_id, ()))

    def current(self, customer_id: int) -> Conversation | None:
        """The one that what the visitor says next belongs to: the newest chat, or a left message that is answered."""
        for conversation in reversed(self._by_customer.get(customer_id, ())):
            if conversation.channel == CHAT or conversation.stage is Stage.ACTIVE:
                return conversation
        return None

    def led_on(self, customer_id: int) -> bool:
        """Whether a chat of this customer waits as a message or a callback now."""
        theirs = self._by_customer.get(customer_id, ())
        return any(one.led_on and one.stage is Stage.WAITING for one in theirs)

    def fold(self, event: AnyEvent) -> Conversation | None:
        """Take in a committed event; the conversation that it changed, if it changed one."""
        if isinstance(event, InteractionStarted):
            return self._started(event)
        conversation = self._by_id.get(_interaction_of(event))
        if conversation is None:
            return None
        changed = _lead_on(conversation, event) if isinstance(event, Overflowed) else _changed(conversation, event)
        if conversation.is_over:
            self._remove(conversation)
        return conversation if changed else None

    def _started(self, event: InteractionStarted) -> Conversation | None:
        if event.channel not in CHANNELS:
            return None
        conversation = Conversation(event.interaction_id, event.customer_id, event.channel, event.queue, Stage.WAITING)
        self._add(conversation)
        return conversation

    def _add(self, conversation: Conversation) -> None:
        self._by_id[conversation.id] = conversation
        self._by_customer.setdefault(conversation.customer_id, []).append(conversation)

    def _remove(self, conversation: Conversation) -> None:
        del self._by_id[conversation.id]
        theirs = self._by_customer[conversation.customer_id]
        theirs.remove(conversation)
        if not theirs:
            del self._by_customer[conversation.customer_id]


def _as_loaded(interaction: Interaction) -> Conversation:
    return Conversation(
        id=interaction.id,
        customer_id=interaction.customer_id,
        channel=interaction.channel,
        queue=interaction.queue,
        stage=_STAGES[interaction.state],
        agent=interaction.agent,
        away=interaction.customer_away_since_ms is not None,
        read=interaction.seen_upto,
        last_inbound=interaction.last_inbound_id,
        last_outbound=interaction.last_message_id,
        delivered=interaction.delivered_upto,
        displayed=interaction.read_upto,
    )


def _interaction_of(event: AnyEvent) -> int:
    if isinstance(event, MessageAdded):
        return event.message.interaction_id
    return getattr(event, "interaction_id", None) or 0


def _lead_on(conversation: Conversation, event: Overflowed) -> bool:
    """It waits elsewhere; in another channel nobody has to stay for it."""
    conversation.queue, conversation.channel = event.queue, event.channel
    conversation.led_on = event.channel != CHAT
    conversation.away = conversation.away and not conversation.led_on
    return True


def _changed(conversation: Conversation, event: AnyEvent) -> bool:
    """Apply an event; whether its visitor has anything to hear of (messages are told by themselves)."""
    match event:
        case Queued(queue=queue):
            conversation.stage, conversation.queue, conversation.agent = Stage.WAITING, queue, None
        case OfferAccepted(agent=agent):
            conversation.stage, conversation.agent = Stage.ACTIVE, agent
        case InteractionReopened():
            conversation.stage = Stage.ACTIVE
        case InteractionTransferred():
            conversation.agent = None
        case ConversationEnded():
            conversation.stage = Stage.ENDED
        case InteractionAbandoned():
            conversation.stage = Stage.LEFT
        case InteractionClosed():
            conversation.stage = Stage.CLOSED
        case _:
            return _noted(conversation, event)
    return True


def _noted(conversation: Conversation, event: AnyEvent) -> bool:
    """Apply an event that leaves the conversation where it is."""
    match event:
        case CustomerLeft():
            conversation.away = True
        case CustomerReturned():
            conversation.away = False
        case MessageAdded(message=message) if message.kind is MessageKind.INBOUND:
            conversation.last_inbound = message.id
        case MessageAdded(message=message) if message.kind is MessageKind.OUTBOUND:
            conversation.last_outbound = message.id
            return _seen(conversation, conversation.last_inbound)
        case MessagesSeen(upto=upto):
            return _seen(conversation, upto)
        case _:
            pass
    return False


def _seen(conversation: Conversation, upto: int) -> bool:
    """An agent who answers has read what came before, as a reply to something unseen is refused."""
    advanced = upto > conversation.read
    conversation.read = max(conversation.read, upto)
    return advanced
