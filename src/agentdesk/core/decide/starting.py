"""A customer begins an interaction."""

from __future__ import annotations

from agentdesk.core.commands import CustomerRef, Refused, StartInteraction
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.entry import Entry, come_in, find_entry
from agentdesk.core.decide.messages import inbound
from agentdesk.core.decide.refusals import invalid, unknown
from agentdesk.core.decide.requirements import PRIORITY_MAX
from agentdesk.core.events import AnyEvent, CustomerCreated, CustomerUpdated, InteractionStarted
from agentdesk.core.model import Customer, QueueConfig, State

IDENTITIES_MAX = 20
NAMELESS = "Visitor"


def start(case: Case, command: StartInteraction) -> Verdict:
    """A new interaction in the line, with the customer made known and the first message said."""
    state = case.state
    asked = state.queues.get(command.queue)
    if asked is None:
        return unknown("queue", command.queue)
    refusal = _refusal(command, asked)
    if refusal is not None:
        return refusal
    customer = _recognise(case, command.customer)
    if customer is not None and len(state.by_customer.get(customer.id, ())) >= state.desk.live_per_customer_max:
        return Refused("too_many", f"{customer.name} has too many open conversations; end one first.")
    customer, events = _introduce(case, command.customer, customer)
    entry = find_entry(case, command, asked, customer)
    if state.tallies[entry.waits.id].states[State.QUEUED] >= state.desk.waiting_max:
        return Refused("too_many", f"Queue {entry.waits.id!r} is full; try again later.")
    started = _started(case, command, entry, customer)
    events += come_in(case, command, started, customer, entry)
    if command.text or command.attachments or command.mail is not None:
        number, files, head = started.interaction_id, command.attachments, command.mail
        events.append(inbound(case, number, customer, command.text, command.client_id, files, head))
    return Granted(events, started.interaction_id, started.interaction_id, customer.id)


def _refusal(command: StartInteraction, queue: QueueConfig) -> Refused | None:
    if command.channel not in queue.channels:
        return invalid(f"Queue {queue.id!r} takes {', '.join(queue.channels)}, not {command.channel!r}.")
    if command.priority is not None and abs(command.priority) > PRIORITY_MAX:
        return invalid(f"Priority goes from -{PRIORITY_MAX} to {PRIORITY_MAX}.")
    return None


def _recognise(case: Case, ref: CustomerRef) -> Customer | None:
    """The customer as the desk knows them now; else as the store does; else by an identity of a live one."""
    customers = case.state.customers
    if ref.known is not None:
        return customers.get(ref.known.id, ref.known)
    for identity in ref.identities:
        customer_id = case.state.identities.get(identity)
        if customer_id is not None:
            return customers[customer_id]
    return None


def _introduce(case: Case, ref: CustomerRef, customer: Customer | None) -> tuple[Customer, list[AnyEvent]]:
    if customer is None:
        name = ref.name or NAMELESS
        identities = ref.identities[:IDENTITIES_MAX]
        new = Customer(case.new_customer(), name, case.now, identities, ref.attributes, (), ref.language)
        return new, [CustomerCreated(new)]
    merged = _merge(customer, ref)
    if merged == customer and customer.id in case.state.customers:
        return customer, []
    # Also when nothing is new: the events alone must be able to rebuild who is live.
    return merged, [CustomerUpdated(merged)]


def _merge(customer: Customer, ref: CustomerRef) -> Customer:
    identities = tuple(dict.fromkeys((*customer.identities, *ref.identities)))[:IDENTITIES_MAX]
    name = ref.name if ref.name and customer.name == NAMELESS else customer.name
    attributes = {**customer.attributes, **ref.attributes}
    language = ref.language or customer.language
    return Customer(customer.id, name, customer.created_ms, identities, attributes, customer.tags, language)


def _started(case: Case, command: StartInteraction, entry: Entry, customer: Customer) -> InteractionStarted:
    queue, outcome = entry.begins, entry.outcome
    asked = queue.priority if command.priority is None else command.priority
    return InteractionStarted(
        interaction_id=case.new_interaction(),
        channel=command.channel,
        queue=queue.id,
        customer_id=customer.id,
        customer_name=customer.name,
        segment_id=case.new_segment(),
        priority=asked if outcome.priority is None else outcome.priority,
        weight=case.state.desk.weights.get(command.channel, 1),
        skills=_skills(queue, outcome.skills) if outcome.skills else queue.skills,
        subject=command.subject,
        language=command.language or customer.language,
        attributes=command.attributes,
        tags=outcome.tags,
        rules=outcome.matched,
        entry="" if queue.id == command.queue else command.queue,
    )


def _skills(queue: QueueConfig, more: dict[str, int]) -> dict[str, int]:
    return {skill: level for skill, level in {**queue.skills, **more}.items() if level}
