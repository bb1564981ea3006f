"""Mail: how a reply is addressed, how far it got, and interactions that live again because of it."""

from __future__ import annotations

import re

from msgspec import UNSET

from agentdesk.core.commands import (
    CancelSend,
    MailOut,
    NoteDelivery,
    Refused,
    RetrySend,
    ReturnInteraction,
    SendMessage,
)
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.refusals import invalid
from agentdesk.core.events import AnyEvent, CustomerUpdated, DeliveryChanged, InteractionReturned, Queued
from agentdesk.core.mail import HELD, LOST, OUTSTANDING, Delivery, MailHead, Send
from agentdesk.core.model import EMAIL, Interaction, QueueConfig, Segment, State

SCHEDULE_MAX_MS = 366 * 86_400_000
_ADDRESS = re.compile(r"[^@\x00-\x1f\x7f]*?<?[^\s<>@\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+>?\Z")


def head_for(case: Case, command: SendMessage, interaction: Interaction) -> MailHead | Refused | None:
    """What stands above a mail: as the agent addressed it, else a reply to the customer; None where it is no mail."""
    if interaction.channel != EMAIL:
        return None if command.mail is UNSET else invalid("Only a mail has recipients and a subject.")
    out = MailOut() if command.mail is UNSET else command.mail
    to = out.to or _customers_address(case, interaction)
    everybody = (*to, *out.cc, *out.bcc)
    if not everybody:
        return invalid("Nobody to send it to: the customer has no address. Write one into To.")
    strange = next((one for one in everybody if not _ADDRESS.match(one)), None)
    if strange is not None:
        return invalid(f"{strange!r} is not an address; write it like kim@example.org or Kim <kim@example.org>.")
    due_ms = _due_ms(case, out)
    if isinstance(due_ms, Refused):
        return due_ms
    subject = out.subject or _reply_to(interaction.subject)
    return MailHead(subject=subject, to=to, cc=out.cc, bcc=out.bcc, due_ms=due_ms)


def _customers_address(case: Case, interaction: Interaction) -> tuple[str, ...]:
    customer = case.state.customers[interaction.customer_id]
    return next(((identity.value,) for identity in customer.identities if identity.kind == EMAIL), ())


def _due_ms(case: Case, out: MailOut) -> int | Refused:
    if out.send_at_ms is None:
        return case.now + case.state.desk.mail_hold_s * 1000
    if not case.now <= out.send_at_ms <= case.now + SCHEDULE_MAX_MS:
        return invalid("A mail can be scheduled from now to a year ahead.")
    return out.send_at_ms


def _reply_to(subject: str) -> str:
    return subject if subject[:3].casefold() == "re:" else f"Re: {subject}"


def cancel(case: Case, command: CancelSend) -> Verdict:
    """Take it back while nobody else may have it."""
    send = _send(case, command.interaction_id, command.message_id)
    if isinstance(send, Refused):
        return send
    if send.state is Delivery.CANCELLED:
        return Granted([], command.message_id, command.interaction_id)
    if send.state not in HELD | LOST:
        return Refused("too_late", "It has gone out already.")
    changed = DeliveryChanged(command.interaction_id, command.message_id, Delivery.CANCELLED)
    return Granted([changed], command.message_id, command.interaction_id)


def retry(case: Case, command: RetrySend) -> Verdict:
    """Send it once more, now."""
    send = _send(case, command.interaction_id, command.message_id)
    if isinstance(send, Refused):
        return send
    if send.state not in (*LOST, Delivery.DEFERRED, Delivery.CANCELLED):
        return Refused("wrong_state", f"It is {send.state}; only what failed, waits or was taken back is sent again.")
    changed = DeliveryChanged(command.interaction_id, command.message_id, Delivery.QUEUED, due_ms=case.now)
    return Granted([changed], command.message_id, command.interaction_id)


def note_delivery(case: Case, command: NoteDelivery) -> Verdict:
    """How far it got. Of a closed interaction nothing is known here, and whoever sends keeps the order."""
    interaction = case.state.interactions.get(command.interaction_id)
    if interaction is not None:
        send = next((one for one in interaction.sends if one.message_id == command.message_id), None)
        if send is not None and command.state is Delivery.SENDING and send.state not in OUTSTANDING:
            return Refused("too_late", f"It is {send.state} by now.")
    elif not 0 < command.interaction_id <= case.state.counters.interaction:
        return Refused("unknown", f"There is no interaction {command.interaction_id}.")
    changed = DeliveryChanged(command.interaction_id, command.message_id, command.state, command.words, command.due_ms)
    return Granted([changed], command.message_id, command.interaction_id)


def return_interaction(case: Case, command: ReturnInteraction) -> Verdict:
    """A closed one stands in line again, its last agent first; one that lives already just goes on."""
    row = command.interaction
    if row.id in case.state.interactions:
        return Granted([], row.id, row.id, row.customer_id)
    queue = _queue(case, row)
    if queue is None:
        return invalid(f"No queue takes {row.channel}.")
    segment = Segment(case.new_segment(), row.id, State.NEW, queue.id, None, case.now)
    live = _alive(row, queue, segment)
    queued = Queued(row.id, queue.id, case.now, row.place, "returned", segment.id, row.agent)
    events: list[AnyEvent] = [CustomerUpdated(command.customer), InteractionReturned(live, command.reason), queued]
    return Granted(events, row.id, row.id, row.customer_id)


def _queue(case: Case, row: Interaction) -> QueueConfig | None:
    queues = case.state.queues
    if row.queue in queues and row.channel in queues[row.queue].channels:
        return queues[row.queue]
    return next((queue for queue in queues.values() if row.channel in queue.channels), None)


def _alive(row: Interaction, queue: QueueConfig, segment: Segment) -> Interaction:
    """The row as it stood when it was closed, without what ended."""
    return Interaction(
        id=row.id,
        channel=row.channel,
        queue=queue.id,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        state=State.NEW,
        created_ms=row.created_ms,
        queued_ms=segment.start_ms,
        place=row.place,
        segment=segment,
        priority=row.priority,
        weight=row.weight,
        skills=queue.skills,
        subject=row.subject,
        language=row.language,
        attributes=row.attributes,
        tags=row.tags,
        message_count=row.message_count,
        last_message_id=row.last_message_id,
        last_inbound_id=row.last_inbound_id,
        last_inbound_ms=row.last_inbound_ms,
        first_accepted_ms=row.first_accepted_ms,
        first_reply_ms=row.first_reply_ms,
        recent=row.recent,
        wrapup=row.wrapup,
        entered_ms=segment.start_ms,
        sends=row.sends,
    )


def _send(case: Case, interaction_id: int, message_id: int) -> Send | Refused:
    interaction = case.state.interactions[interaction_id]
    found = next((send for send in interaction.sends if send.message_id == message_id), None)
    return found or Refused("unknown", f"Message {message_id} is no mail of interaction {interaction_id}.")
