"""Folds the server's frames into the mirror: the only writer of `agentdesk.client.mirror`, and pure.

`fold` takes every frame of a session in the order it came. What one event does to one interaction is in
`agentdesk.client.interactions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentdesk.client import echo, interactions
from agentdesk.client.mirror import MESSAGES_MAX, Conversation, Mirror
from agentdesk.core import events as e
from agentdesk.core.ledger import counted
from agentdesk.core.model import Interaction, Message, MessageKind, Presence, State
from agentdesk.protocol import messages as wire


def fold(mirror: Mirror, frame: wire.ServerFrame) -> bool:
    """Fold one frame; False when it changed nothing because the mirror had it already."""
    if isinstance(frame, wire.EventFrame):
        return _event(mirror, frame)
    if fold_frame := _FRAMES.get(type(frame)):
        fold_frame(mirror, frame)
    return True


def _welcome(mirror: Mirror, frame: wire.Welcome) -> None:
    mirror.user, mirror.name, mirror.role = frame.user, frame.name, frame.role
    mirror.epoch = frame.epoch


def _snapshot(mirror: Mirror, frame: wire.Snapshot) -> None:
    before = mirror.conversations
    mirror.seq = frame.seq
    mirror.agent = frame.agent
    mirror.queues = {queue.id: queue for queue in frame.queues}
    mirror.away_reasons = frame.away_reasons
    mirror.day_offset_ms = frame.day_offset_ms
    mirror.conversations, mirror.offers = {}, {}
    for held in frame.held:
        _open(mirror, held, before.get(held.interaction.id))


def _open(mirror: Mirror, held: wire.HeldInteraction, before: Conversation | None) -> Conversation:
    """Put an interaction the server described in full in the mirror; what is only ours (echo, read mark) stays."""
    messages = list(held.messages[-MESSAGES_MAX:])
    conversation = Conversation(held.interaction, held.customer, messages)
    if before is not None:
        conversation.pending, conversation.seen_upto = before.pending, before.seen_upto
    echo.seen(conversation, max(held.interaction.seen_upto, echo.answered_upto(messages, mirror.user)))
    echo.settle(conversation)
    mirror.conversations[held.interaction.id] = conversation
    offer = held.interaction.offer
    if offer is not None and offer.agent == mirror.user:
        mirror.offers[offer.id] = offer
    return conversation


def _live(mirror: Mirror, frame: wire.Live) -> None:
    mirror.seq = max(mirror.seq, frame.seq)


def _queues(mirror: Mirror, frame: wire.QueueFrame) -> None:
    mirror.queue_stats.update((stats.id, stats) for stats in frame.queues)


def _agents(mirror: Mirror, frame: wire.AgentsFrame) -> None:
    mirror.agent_stats.update((stats.id, stats) for stats in frame.agents)
    for agent in frame.removed:
        mirror.agent_stats.pop(agent, None)


def _typing(mirror: Mirror, frame: wire.Typing) -> None:
    if conversation := mirror.conversations.get(frame.interaction_id):
        conversation.typing = frame.active
        conversation.preview = frame.text if frame.active else ""


def _reply(mirror: Mirror, frame: wire.Reply) -> None:
    echo.answered(mirror, frame.key, frame.answer)


# --- events -----------------------------------------------------------------------------------------------------


def _event(mirror: Mirror, frame: wire.EventFrame) -> bool:
    if frame.seq <= mirror.seq:
        return False
    mirror.seq = frame.seq
    event = frame.event
    about = frame.about
    if about is not None and about.interaction.id not in mirror.conversations:
        _open(mirror, about, None)
    interaction_id = e.interaction_of(event)
    conversation = None if interaction_id is None else mirror.conversations.get(interaction_id)
    if conversation is not None:
        interactions.apply(conversation.interaction, frame)
        _told(mirror, conversation, event)
    if fold_event := _EVENTS.get(type(event)):
        fold_event(mirror, event, frame.at_ms)
    _tally(mirror)
    return True


def _tally(mirror: Mirror) -> None:
    """What the agent holds, is offered and is loaded with follows from the conversations."""
    agent = mirror.agent
    if agent is None:
        return
    ours = [c.interaction for c in mirror.conversations.values()]
    agent.holding = tuple(sorted(i.id for i in ours if i.agent == mirror.user))
    agent.offers = tuple(sorted(mirror.offers))
    agent.load = sum(i.weight for i in ours if i.state is not State.SNOOZED)


def _told(mirror: Mirror, conversation: Conversation, event: e.AnyEvent) -> None:
    """What an event means for the conversation round its interaction; one this agent is out of is dropped."""
    if isinstance(event, e.MessageAdded):
        _said(conversation, event.message, mirror.user)
    elif isinstance(event, e.MessagesSeen):
        echo.seen(conversation, event.upto)
    if not _ours(conversation.interaction, mirror.user):
        del mirror.conversations[conversation.interaction.id]


def _said(conversation: Conversation, message: Message, user: str) -> None:
    messages = conversation.messages
    if messages and message.id <= messages[-1].id:
        return
    messages.append(message)
    del messages[:-MESSAGES_MAX]
    if message.kind is MessageKind.INBOUND:
        conversation.typing, conversation.preview = False, ""
        conversation.unread += 1
    elif message.agent == user:
        echo.seen(conversation, message.id)
        echo.settle(conversation)


def _ours(interaction: Interaction, user: str) -> bool:
    if interaction.closed_ms is not None:
        return False
    return interaction.agent == user or (interaction.offer is not None and interaction.offer.agent == user)


def _offered(mirror: Mirror, event: e.Offered, now: int) -> None:
    mirror.offers[event.offer.id] = event.offer
    _count(mirror, now, "offered")


def _count(mirror: Mirror, now: int, what: str) -> None:
    if mirror.agent is not None:
        mirror.agent.ledger = counted(mirror.agent.ledger, now, mirror.day_offset_ms, what)


def _accepted(mirror: Mirror, event: e.OfferAccepted, now: int) -> None:
    _offer_over(mirror, event, now)
    _count(mirror, now, "accepted")
    if event.pulled:
        _count(mirror, now, event.pulled)


def _declined(mirror: Mirror, event: e.OfferDeclined, now: int) -> None:
    _offer_over(mirror, event, now)
    _count(mirror, now, "declined")


def _missed(mirror: Mirror, event: e.OfferMissed, now: int) -> None:
    _offer_over(mirror, event, now)
    _count(mirror, now, "missed")


def _closed(mirror: Mirror, event: e.InteractionClosed, now: int) -> None:
    _count(mirror, now, "handled")


def _offer_over(mirror: Mirror, event: Any, now: int) -> None:
    mirror.offers.pop(event.offer_id, None)
    if mirror.agent is None or event.agent != mirror.user:
        return
    if isinstance(event, e.OfferMissed):
        mirror.agent.missed_in_a_row += 1
    elif not isinstance(event, e.OfferRescinded):
        mirror.agent.missed_in_a_row = 0


def _presence(mirror: Mirror, event: e.PresenceChanged, now: int) -> None:
    agent = mirror.agent
    if agent is None or agent.id != event.agent:
        return
    if agent.presence is not event.presence:
        agent.presence_since_ms = now
    agent.presence, agent.reason = event.presence, event.reason
    if event.presence is Presence.AVAILABLE:
        agent.missed_in_a_row = 0


def _agent_configured(mirror: Mirror, event: e.AgentConfigured, now: int) -> None:
    if mirror.agent is not None and mirror.agent.id == event.agent.id:
        mirror.agent.config = event.agent


def _sessions(mirror: Mirror, event: e.AgentConnected | e.AgentDisconnected, now: int) -> None:
    agent = mirror.agent
    if agent is None or agent.id != event.agent:
        return
    agent.sessions = event.sessions
    if event.sessions:
        agent.lost_since_ms = None
    elif agent.holding or agent.presence is not Presence.OFFLINE:
        agent.lost_since_ms = now


def _lost(mirror: Mirror, event: e.AgentLost, now: int) -> None:
    agent = mirror.agent
    if agent is None or agent.id != event.agent:
        return
    agent.lost_since_ms = None
    if agent.presence is not Presence.OFFLINE:
        agent.presence, agent.presence_since_ms, agent.reason = Presence.OFFLINE, now, "lost"


def _removed(mirror: Mirror, event: e.AgentRemoved, now: int) -> None:
    if event.agent == mirror.user:
        mirror.agent = None
        mirror.conversations.clear()
        mirror.offers.clear()


def _customer(mirror: Mirror, event: e.CustomerUpdated, now: int) -> None:
    customer = event.customer
    for conversation in mirror.conversations.values():
        if conversation.interaction.customer_id == customer.id:
            conversation.customer = customer
            conversation.interaction.customer_name = customer.name


def _queue(mirror: Mirror, event: e.QueueConfigured, now: int) -> None:
    mirror.queues[event.queue.id] = event.queue


def _queue_removed(mirror: Mirror, event: e.QueueRemoved, now: int) -> None:
    mirror.queues.pop(event.queue, None)
    mirror.queue_stats.pop(event.queue, None)


_EVENTS: dict[type, Callable[[Mirror, Any, int], None]] = {
    e.Offered: _offered,
    e.OfferAccepted: _accepted,
    e.OfferDeclined: _declined,
    e.OfferMissed: _missed,
    e.InteractionClosed: _closed,
    e.OfferRescinded: _offer_over,
    e.PresenceChanged: _presence,
    e.AgentConfigured: _agent_configured,
    e.AgentConnected: _sessions,
    e.AgentDisconnected: _sessions,
    e.AgentLost: _lost,
    e.AgentRemoved: _removed,
    e.CustomerUpdated: _customer,
    e.QueueConfigured: _queue,
    e.QueueRemoved: _queue_removed,
}

_FRAMES: dict[type, Callable[[Mirror, Any], None]] = {
    wire.Welcome: _welcome,
    wire.Snapshot: _snapshot,
    wire.Live: _live,
    wire.QueueFrame: _queues,
    wire.AgentsFrame: _agents,
    wire.Typing: _typing,
    wire.Reply: _reply,
}
