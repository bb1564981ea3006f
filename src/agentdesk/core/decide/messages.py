"""What customers and agents say: idempotent within an interaction, never against an old view of it."""

from __future__ import annotations

from agentdesk.core.commands import MarkRead, ReceiveMessage, Refused, SaveDraft, SendMessage
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.mail import head_for
from agentdesk.core.decide.permissions import find
from agentdesk.core.decide.refusals import invalid, wrong_state
from agentdesk.core.events import (
    AnyEvent,
    CustomerReturned,
    DraftSaved,
    InteractionReopened,
    InteractionResumed,
    MessageAdded,
    MessagesSeen,
    WeightChanged,
)
from agentdesk.core.lifecycle import CONVERSING
from agentdesk.core.mail import MailHead
from agentdesk.core.model import Attachment, Customer, Draft, Interaction, Message, MessageKind, Said, State


def receive(case: Case, command: ReceiveMessage) -> Verdict:
    """A customer writes. It wakes what is snoozed and reopens what is in wrap-up."""
    interaction = find(case.state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    said = _said_before(interaction, command.client_id, None)
    if said is not None:
        return _again(interaction, said)
    if not command.text and not command.attachments and command.mail is None:
        return invalid("A message needs text or a file.")
    customer = case.state.customers[interaction.customer_id]
    events = _wake(case, interaction)
    added = inbound(case, interaction.id, customer, command.text, command.client_id, command.attachments, command.mail)
    return Granted([*events, added], added.message.id, interaction.id, interaction.customer_id)


def inbound(
    case: Case,
    interaction_id: int,
    customer: Customer,
    text: str,
    client_id: str,
    files: tuple[Attachment, ...],
    mail: MailHead | None = None,
) -> MessageAdded:
    """The event of a customer's message."""
    return MessageAdded(
        Message(
            id=case.new_message(),
            interaction_id=interaction_id,
            customer_id=customer.id,
            kind=MessageKind.INBOUND,
            author=customer.name,
            text=text,
            at_ms=case.now,
            client_id=client_id,
            attachments=files,
            mail=mail,
        )
    )


def _wake(case: Case, interaction: Interaction) -> list[AnyEvent]:
    """What a sign of life changes: the customer is back, and so is a conversation that had been laid down."""
    events: list[AnyEvent] = []
    if interaction.customer_away_since_ms is not None:
        events.append(CustomerReturned(interaction.id))
    if interaction.full_weight is not None:
        events.append(WeightChanged(interaction.id, interaction.full_weight, "wrote"))
    gone = case.state.is_gone(interaction.agent)
    if interaction.state is State.SNOOZED:
        if gone:
            events += case.requeue(interaction, "woken", interaction.agent)
        else:
            events.append(InteractionResumed(interaction.id, "customer", case.new_segment()))
    elif interaction.state is State.WRAPPING:
        events.append(InteractionReopened(interaction.id, case.new_segment()))
        if gone:
            events += case.requeue(interaction, "reopened", interaction.agent)
    return events


def silent(case: Case, interaction: Interaction) -> list[AnyEvent]:
    """The customer has had the word for long: part of the holder's capacity is free."""
    weight = case.state.desk.silent_weights[interaction.channel]
    return [WeightChanged(interaction.id, weight, "silent")]


def send(case: Case, command: SendMessage) -> Verdict:
    """An agent writes to the customer, or a note to colleagues."""
    interaction = case.state.interactions[command.interaction_id]
    said = _said_before(interaction, command.client_id, case.actor.id)
    if said is not None:
        return _again(interaction, said)
    refusal = _cannot_send(case, command, interaction)
    if refusal is not None:
        return refusal
    head = None if command.kind is MessageKind.NOTE else head_for(case, command, interaction)
    if isinstance(head, Refused):
        return head
    agent = case.state.agents.get(case.actor.id)
    message = Message(
        id=case.new_message(),
        interaction_id=interaction.id,
        customer_id=interaction.customer_id,
        kind=command.kind,
        author=agent.config.name if agent is not None else case.actor.name or case.actor.id,
        text=command.text,
        at_ms=case.now,
        agent=case.actor.id,
        client_id=command.client_id,
        attachments=command.attachments,
        mail=head,
    )
    return Granted([MessageAdded(message)], message.id, interaction.id, interaction.customer_id)


def _cannot_send(case: Case, command: SendMessage, interaction: Interaction) -> Refused | None:
    if command.kind not in (MessageKind.OUTBOUND, MessageKind.NOTE):
        return invalid("An agent writes replies and notes.")
    if not command.text and not command.attachments:
        return invalid("A message needs text or a file.")
    if command.kind is MessageKind.NOTE:
        return None
    if interaction.state not in CONVERSING:
        return wrong_state(interaction, "only notes can be added.")
    return _stale(case, command, interaction)


def _stale(case: Case, command: SendMessage, interaction: Interaction) -> Refused | None:
    if command.seen is None or interaction.last_message_id <= command.seen:
        return None
    others = (said for said in interaction.recent if said.agent != case.actor.id)
    missed = tuple(said.id for said in others if said.id > command.seen)
    if not missed:
        return None
    count = "a message" if len(missed) == 1 else f"{len(missed)} messages"
    return Refused("stale", f"You have not seen {count}; read first, or send anyway.", missed)


def _said_before(interaction: Interaction, client_id: str, agent: str | None) -> Said | None:
    if not client_id:
        return None
    matches = (said for said in interaction.recent if said.client_id == client_id and said.agent == agent)
    return next(matches, None)


def _again(interaction: Interaction, said: Said) -> Granted:
    return Granted([], said.id, interaction.id, interaction.customer_id, said.seq)


def save_draft(case: Case, command: SaveDraft) -> Verdict:
    """Keep what is being typed; an older version than the one kept changes nothing."""
    interaction = case.state.interactions[command.interaction_id]
    kept = interaction.draft
    if kept is not None and kept.agent == case.actor.id and command.version <= kept.version:
        return Granted([], interaction_id=interaction.id)
    draft = Draft(case.actor.id, command.kind, command.text, command.version)
    return Granted([DraftSaved(interaction.id, draft)], interaction_id=interaction.id)


def mark_read(case: Case, command: MarkRead) -> Verdict:
    """The holder has seen messages up to one; going back changes nothing."""
    interaction = case.state.interactions[command.interaction_id]
    upto = min(command.upto, interaction.last_message_id)
    events: list[AnyEvent] = [MessagesSeen(interaction.id, upto)] if upto > interaction.seen_upto else []
    return Granted(events, interaction_id=interaction.id)
