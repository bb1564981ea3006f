"""Where what begins comes in: by rules on its content, by hours, by what waits, and by the place its customer left."""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import StartInteraction
from agentdesk.core.decide import affinity, overflow
from agentdesk.core.decide.affinity import NOBODY, Preferred
from agentdesk.core.decide.case import Case, due_rings
from agentdesk.core.decide.overflow import Detour
from agentdesk.core.events import AnyEvent, InteractionStarted, Overflowed, Queued
from agentdesk.core.leavers import Left
from agentdesk.core.model import Customer, QueueConfig
from agentdesk.core.rules import Facts, Outcome, evaluate

NO_RULE = Outcome()


class Entry(msgspec.Struct, frozen=True, gc=False):
    """The queue it begins in, what leads it on from there and the queue where it ends up, what rules said, and the
    place the customer had."""

    begins: QueueConfig
    detours: tuple[Detour, ...]
    waits: QueueConfig
    outcome: Outcome
    left: Left | None


def find_entry(case: Case, command: StartInteraction, asked: QueueConfig, customer: Customer) -> Entry:
    """Where it comes in that asked for this queue."""
    state = case.state
    outcome = evaluate(state.desk.rules, _facts(command, customer)) if state.desk.rules else NO_RULE
    begins = state.queues.get(outcome.queue, asked)
    if command.channel not in begins.channels:
        begins = asked
    left = None
    if state.leavers:
        left = state.leavers.find(customer.id, command.channel, case.now, state.desk.return_s * 1000)
    if not state.hours and not begins.overflow:
        return Entry(begins, (), begins, outcome, left)
    detours = _detours(case, begins, command.channel, left)
    return Entry(begins, detours, state.queues[detours[-1].to.queue] if detours else begins, outcome, left)


def _facts(command: StartInteraction, customer: Customer) -> Facts:
    return Facts(
        channel=command.channel,
        queue=command.queue,
        text=command.text,
        subject=command.subject,
        language=command.language or customer.language,
        attributes=command.attributes,
        customer_attributes=customer.attributes,
        customer_tags=customer.tags,
        last_disposition=command.customer.last_disposition,
        interactions=command.customer.interactions,
    )


def _detours(case: Case, queue: QueueConfig, channel: str, left: Left | None) -> tuple[Detour, ...]:
    detours: list[Detour] = []
    closed = overflow.by_hours(case, queue, channel)
    if closed is not None:
        detours.append(closed)
        queue, channel = case.state.queues[closed.to.queue], closed.to.channel
    # Who comes back to their place in the line is no new arrival.
    if queue.overflow and (left is None or left.queue != queue.id):
        full = overflow.on_arrival(case, queue, channel)
        if full is not None:
            detours.append(full)
    return tuple(detours)


def come_in(
    case: Case, command: StartInteraction, started: InteractionStarted, customer: Customer, entry: Entry
) -> list[AnyEvent]:
    """It begins, is led on, and stands in line."""
    number, waits, left = started.interaction_id, entry.waits, entry.left
    preferred = _preferred(case, command, customer, entry)
    same = left is not None and left.queue == waits.id
    entered_ms = left.entered_ms if left is not None and same else case.now
    queued = Queued(
        number,
        waits.id,
        case.now if left is None else left.queued_ms,
        number if left is None else left.place,
        "new" if left is None else "returned",
        started.segment_id,
        preferred.agent,
        preferred.until_ms,
        entered_ms if same else None,
    )
    if not entry.detours and not waits.rings:
        return [started, queued]
    led_on = [_overflowed(case, number, detour) for detour in entry.detours]
    return [started, *led_on, queued, *due_rings(case.now, number, waits, entered_ms, 0)]


def _overflowed(case: Case, interaction_id: int, detour: Detour) -> Overflowed:
    to = detour.to
    weight = case.state.desk.weights.get(to.channel, 1)
    return Overflowed(interaction_id, to.queue, to.channel, weight, detour.reason)


def _preferred(case: Case, command: StartInteraction, customer: Customer, entry: Entry) -> Preferred:
    preferred = NOBODY
    if entry.waits.affinity_s:
        last_agent = command.customer.last_agent
        preferred = affinity.wait_for(case, entry.waits, customer, command.attributes, last_agent)
    if preferred.agent is None and entry.outcome.prefer:
        preferred = affinity.first_of(case, entry.outcome.prefer)
    return preferred
