"""Structs as rows and rows as structs. Bodies are JSON text, readable by any tool that reads SQLite."""

from __future__ import annotations

from typing import Any

import msgspec

from agentdesk.core.commands import Answer
from agentdesk.core.events import AnyEvent, MessageAdded, Recorded, interaction_of
from agentdesk.core.mail import MailHead
from agentdesk.core.model import Agent, Attachment, Customer, Interaction, Message, MessageKind, Segment, State
from agentdesk.store.base import Repeat
from agentdesk.store.folding import fold, folded

Row = tuple[Any, ...]

_encode = msgspec.json.Encoder().encode
_mail = msgspec.json.Decoder(MailHead)
_attachments = msgspec.json.Decoder(tuple[Attachment, ...])
to_event: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
to_answer: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
to_interaction = msgspec.json.Decoder(Interaction)
to_customer = msgspec.json.Decoder(Customer)
to_agent = msgspec.json.Decoder(Agent)


def body(value: object) -> str:
    """Encode a struct."""
    return _encode(value).decode()


def event_row(recorded: Recorded) -> Row:
    """The row of `insert_events`."""
    event = recorded.event
    return (recorded.seq, recorded.at_ms, type(event).__name__, interaction_of(event), recorded.agent, body(event))


def event(row: Row) -> Recorded:
    """An event as it was written."""
    seq, at_ms, agent, text = row
    return Recorded(seq, at_ms, to_event.decode(text), agent)


class _Short(Interaction, omit_defaults=True):
    """An interaction without what is as it always was: a third of the bytes in each of its many writes."""


def interaction_row(it: Interaction, live: bool) -> Row:
    """The row of `upsert_live_interactions` or `upsert_past_interactions`."""
    short = body(_Short(*msgspec.structs.astuple(it)))
    return (it.id, it.customer_id, int(live), it.state.value, it.queue, it.agent, short)


def segment_row(segment: Segment) -> Row:
    """The row of `upsert_segments`."""
    return (
        segment.id,
        segment.interaction_id,
        segment.state.value,
        segment.queue,
        segment.agent,
        segment.start_ms,
        segment.end_ms,
        segment.outcome,
    )


def segment(row: Row) -> Segment:
    """A segment as it was written."""
    key, interaction_id, state, queue, agent, start_ms, end_ms, outcome = row
    return Segment(key, interaction_id, State(state), queue, agent, start_ms, end_ms, outcome)


def message_row(message: Message) -> Row:
    """The row of `insert_messages`."""
    return (
        message.id,
        message.interaction_id,
        message.customer_id,
        message.kind.value,
        message.author,
        message.text,
        message.at_ms,
        message.agent,
        message.client_id,
        body(message.attachments) if message.attachments else None,
        folded(message.text),
    )


def message_index_row(row: Row) -> Row:
    """The row of `index_messages` for a row of `insert_messages`: what the view `messages_searched` shows of it."""
    key, _, customer_id, _, _, text, *_, searched = row
    return (key, text if searched is None else searched, f"c{customer_id}")


def message(row: Row) -> Message:
    """A message as it was written."""
    key, interaction_id, customer_id, kind, author, text, at_ms, agent, client_id, attachments, mail = row
    return Message(
        key,
        interaction_id,
        customer_id,
        MessageKind(kind),
        author,
        text,
        at_ms,
        agent,
        client_id,
        _attachments.decode(attachments) if attachments else (),
        _mail.decode(mail) if mail else None,
    )


def messages_of(events: list[Recorded]) -> list[Message]:
    """The messages that the events added."""
    return [recorded.event.message for recorded in events if type(recorded.event) is MessageAdded]


def customer_index_row(customer: Customer) -> Row:
    """The row of `index_customers`."""
    return (
        customer.id,
        fold(customer.name),
        fold(" ".join(identity.value for identity in customer.identities)),
        fold(" ".join(customer.attributes.values())),
    )


def repeat_row(repeat: Repeat, at_ms: int) -> Row:
    """The row of `insert_repeats`."""
    return (repeat.key, repeat.at_ms or at_ms, body(repeat.answer))


def agent_row(agent: Agent) -> Row:
    """The row of `upsert_agents`."""
    return (agent.config.id, body(agent))
