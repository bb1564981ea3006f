"""How the life of an interaction changes the state: the line, offers, who holds it, its end."""

from __future__ import annotations

from typing import Any

from agentdesk.core.apply.line import take_up
from agentdesk.core.apply.moves import (
    changed,
    count_move,
    end,
    end_offer,
    let_go,
    move,
    note,
    rest,
    unrest,
    unweigh,
    weigh,
)
from agentdesk.core.events import (
    ConversationEnded,
    EveryoneRefused,
    InteractionAbandoned,
    InteractionClosed,
    InteractionHeld,
    InteractionReopened,
    InteractionRested,
    InteractionResumed,
    InteractionSnoozed,
    InteractionStarted,
    InteractionTransferred,
    OfferAccepted,
    OfferDeclined,
    Offered,
    OfferMissed,
    OfferRescinded,
    Queued,
)
from agentdesk.core.lifecycle import after
from agentdesk.core.model import Interaction, Segment, State, Wrapup
from agentdesk.core.state import DeskState
from agentdesk.core.timers import IN_LINE, Timer


def started(state: DeskState, event: InteractionStarted, at: int, seq: int) -> None:
    """It exists; `Queued` follows."""
    interaction = Interaction(
        id=event.interaction_id,
        channel=event.channel,
        queue=event.queue,
        customer_id=event.customer_id,
        customer_name=event.customer_name,
        state=State.NEW,
        created_ms=at,
        queued_ms=at,
        place=event.interaction_id,
        segment=Segment(event.segment_id, event.interaction_id, State.NEW, event.queue, None, at),
        priority=event.priority,
        weight=event.weight,
        skills=event.skills,
        subject=event.subject,
        language=event.language,
        attributes=event.attributes,
        tags=event.tags,
    )
    state.interactions[interaction.id] = interaction
    state.changes.interactions[interaction.id] = interaction
    state.by_customer.setdefault(event.customer_id, set()).add(interaction.id)
    if state.leavers:
        state.leavers.forget(event.customer_id, event.channel)
    state.tallies[event.queue].states[State.NEW] += 1
    state.counters.interaction = max(state.counters.interaction, interaction.id)
    state.counters.segment = max(state.counters.segment, event.segment_id)


def queued(state: DeskState, event: Queued, at: int, seq: int) -> None:
    """It stands in line and nobody holds it."""
    interaction = state.interactions[event.interaction_id]
    to = after(interaction.state, Queued)
    let_go(state, interaction, at, seq)
    interaction.queued_ms = event.queued_ms
    interaction.place = event.place
    interaction.prefer = event.prefer
    interaction.prefer_until_ms = event.prefer_until_ms
    interaction.snoozed_until_ms = None
    interaction.quiet_since_ms = None
    if interaction.full_weight is not None:
        interaction.weight, interaction.full_weight = interaction.full_weight, None
    if event.entered_ms is None:
        interaction.entered_ms, interaction.ring = at, 0
    else:
        interaction.entered_ms = event.entered_ms
        interaction.ring = min(interaction.ring, len(state.queues[interaction.queue].rings))
    move(state, interaction, to, at, event.segment_id, None, event.reason)
    state.router.enqueue(interaction)
    queue = state.queues[interaction.queue]
    if queue.rings or queue.overflow or event.prefer_until_ms or interaction.customer_away_since_ms is not None:
        state.set_timers(interaction, IN_LINE)


def offered(state: DeskState, event: Offered, at: int, seq: int) -> None:
    """It is reserved; its weight counts from now."""
    offer = event.offer
    interaction = state.interactions[offer.interaction_id]
    agent = state.agents[offer.agent]
    to = after(interaction.state, Offered)
    state.router.dequeue(interaction)
    state.router.offered(interaction.queue, offer.agent)
    interaction.offer = offer
    unrest(state, interaction)
    agent.offers = (*agent.offers, offer.id)
    state.offers[offer.id] = interaction.id
    state.counters.offer = offer.id
    note(state, agent, at, "offered")
    weigh(state, agent, interaction, at, seq)
    move(state, interaction, to, at, event.segment_id, offer.agent, "offered")
    state.timers.set(offer.expires_ms, Timer.OFFER, interaction.id)


def offer_accepted(state: DeskState, event: OfferAccepted, at: int, seq: int) -> None:
    """It has a holder."""
    interaction = state.interactions[event.interaction_id]
    agent = state.agents[event.agent]
    to = after(interaction.state, OfferAccepted)
    agent.offers = tuple(o for o in agent.offers if o != event.offer_id)
    agent.holding = (*agent.holding, interaction.id)
    agent.missed_in_a_row = 0
    note(state, agent, at, "accepted")
    if state.router.by_day:
        state.router.counted(agent.id)
    if event.pulled:
        note(state, agent, at, event.pulled)
    changed(state, agent)
    del state.offers[event.offer_id]
    interaction.offer = None
    interaction.agent = event.agent
    interaction.refused_by = ()
    interaction.prefer = interaction.prefer_until_ms = None
    if interaction.draft is not None and interaction.draft.agent != event.agent:
        interaction.draft = None
    _count_answer(state, interaction, at)
    move(state, interaction, to, at, event.segment_id, event.agent, "accepted")
    take_up(state, interaction, at)


def _count_answer(state: DeskState, interaction: Interaction, at: int) -> None:
    if interaction.first_accepted_ms is None:
        interaction.first_accepted_ms = at
        queue = state.queues[interaction.queue]
        state.tallies[queue.id].answer(at, at - interaction.queued_ms, queue.service_level_s * 1000)


def offer_declined(state: DeskState, event: OfferDeclined, at: int, seq: int) -> None:
    """The agent gave it back."""
    _refused(state, event, at, seq)
    agent = state.agents[event.agent]
    agent.missed_in_a_row = 0
    note(state, agent, at, "declined")


def offer_missed(state: DeskState, event: OfferMissed, at: int, seq: int) -> None:
    """The agent let it run out."""
    _refused(state, event, at, seq)
    agent = state.agents[event.agent]
    agent.missed_in_a_row += 1
    note(state, agent, at, "missed")


def _refused(state: DeskState, event: OfferDeclined | OfferMissed, at: int, seq: int) -> None:
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, type(event))
    end_offer(state, interaction, at, seq)
    # Whoever was set aside is not asked again before they say that they are back, and then they may be.
    if isinstance(event, OfferDeclined) or not event.set_aside:
        interaction.refused_by = (*interaction.refused_by, event.agent)


def offer_rescinded(state: DeskState, event: OfferRescinded, at: int, seq: int) -> None:
    """The desk took it back."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, OfferRescinded)
    end_offer(state, interaction, at, seq)


def everyone_refused(state: DeskState, event: EveryoneRefused, at: int, seq: int) -> None:
    """Refusals are forgotten."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, EveryoneRefused)
    state.router.dequeue(interaction)
    interaction.refused_by = ()
    unrest(state, interaction)
    state.router.enqueue(interaction)
    state.changes.interactions[interaction.id] = interaction


def rested(state: DeskState, event: InteractionRested, at: int, seq: int) -> None:
    """It waits on, for somebody else or for the time."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, InteractionRested)
    state.router.dequeue(interaction)
    rest(state, interaction, event.until_ms)
    state.router.enqueue(interaction)
    state.timers.set(event.until_ms, Timer.REST, interaction.id)
    state.changes.interactions[interaction.id] = interaction


def held(state: DeskState, event: InteractionHeld, at: int, seq: int) -> None:
    """On hold."""
    interaction = state.interactions[event.interaction_id]
    to = after(interaction.state, InteractionHeld)
    move(state, interaction, to, at, event.segment_id, interaction.agent)


def snoozed(state: DeskState, event: InteractionSnoozed, at: int, seq: int) -> None:
    """Set aside; its weight is given back."""
    interaction = state.interactions[event.interaction_id]
    to = after(interaction.state, InteractionSnoozed)
    unweigh(state, state.agents[interaction.agent or ""], interaction, at, seq)
    interaction.snoozed_until_ms = event.until_ms
    move(state, interaction, to, at, event.segment_id, interaction.agent)
    state.timers.set(event.until_ms, Timer.SNOOZE, interaction.id)


def resumed(state: DeskState, event: InteractionResumed, at: int, seq: int) -> None:
    """Taken up again."""
    interaction = state.interactions[event.interaction_id]
    to = after(interaction.state, InteractionResumed)
    _wake(state, interaction, at, seq)
    move(state, interaction, to, at, event.segment_id, interaction.agent, event.reason)
    take_up(state, interaction, at)


def _wake(state: DeskState, interaction: Interaction, at: int, seq: int) -> None:
    if interaction.state is State.SNOOZED:
        interaction.snoozed_until_ms = None
        weigh(state, state.agents[interaction.agent or ""], interaction, at, seq)


def transferred(state: DeskState, event: InteractionTransferred, at: int, seq: int) -> None:
    """It leaves its holder and belongs to the other queue; `Queued` follows."""
    interaction = state.interactions[event.interaction_id]
    after(interaction.state, InteractionTransferred)
    if state.router.is_waiting(interaction.id):
        state.router.dequeue(interaction)
    let_go(state, interaction, at, seq)
    unrest(state, interaction)
    count_move(state, interaction, interaction.state, event.queue)
    interaction.queue = event.queue
    interaction.skills = state.queues[event.queue].skills
    interaction.refused_by = (event.from_agent,) if event.from_agent else ()
    state.dirty_queues.add(event.queue)


def conversation_ended(state: DeskState, event: ConversationEnded, at: int, seq: int) -> None:
    """Wrap-up begins, with what had been saved in an earlier one."""
    interaction = state.interactions[event.interaction_id]
    to = after(interaction.state, ConversationEnded)
    if interaction.state is State.QUEUED:
        state.router.dequeue(interaction)
    unrest(state, interaction)
    _wake(state, interaction, at, seq)
    interaction.ended_by = event.by
    interaction.ended_ms = at
    interaction.reply_due_since_ms = None
    saved = interaction.wrapup or Wrapup(at)
    interaction.wrapup = Wrapup(at, event.wrapup_due_ms, saved.disposition, saved.tags, saved.note)
    move(state, interaction, to, at, event.segment_id, interaction.agent, f"ended by {event.by}")
    if event.wrapup_due_ms is not None:
        state.timers.set(event.wrapup_due_ms, Timer.WRAPUP, interaction.id)


def reopened(state: DeskState, event: InteractionReopened, at: int, seq: int) -> None:
    """It goes on; what was saved of the wrap-up stays."""
    interaction = state.interactions[event.interaction_id]
    to = after(interaction.state, InteractionReopened)
    interaction.ended_by = ""
    interaction.ended_ms = None
    move(state, interaction, to, at, event.segment_id, interaction.agent, "reopened")
    take_up(state, interaction, at)


def closed(state: DeskState, event: InteractionClosed, at: int, seq: int) -> None:
    """Wrapped up; it leaves the desk."""
    interaction = state.interactions[event.interaction_id]
    if interaction.first_accepted_ms is not None:
        state.tallies[interaction.queue].handle(at - interaction.first_accepted_ms)
    interaction.disposition = event.disposition
    interaction.tags = event.tags
    wrapup = interaction.wrapup
    assert wrapup is not None, "wrap-up began when the conversation ended"
    interaction.wrapup = Wrapup(wrapup.since_ms, wrapup.due_ms, event.disposition, event.tags, event.note)
    _finish(state, interaction, after(interaction.state, InteractionClosed), at, seq)


def abandoned(state: DeskState, event: InteractionAbandoned, at: int, seq: int) -> None:
    """Nobody took it in time; it leaves the desk."""
    interaction = state.interactions[event.interaction_id]
    to = after(interaction.state, InteractionAbandoned)
    if interaction.state is State.QUEUED:
        state.router.dequeue(interaction)
    if interaction.first_accepted_ms is None:
        state.tallies[interaction.queue].abandon(at - interaction.queued_ms)
    unrest(state, interaction)
    if state.desk.return_s:
        state.leavers.add(interaction, at, state.desk.return_s * 1000)
    interaction.ended_by = "customer"
    interaction.ended_ms = at
    _finish(state, interaction, to, at, seq)


def _finish(state: DeskState, interaction: Interaction, to: State, at: int, seq: int) -> None:
    holder = interaction.agent
    if holder is not None:
        note(state, state.agents[holder], at, "handled")
    let_go(state, interaction, at, seq)
    interaction.agent = holder
    count_move(state, interaction, to)
    state.tallies[interaction.queue].states[to] -= 1
    interaction.state = to
    interaction.closed_ms = at
    interaction.segment = end(interaction.segment, at, to)
    state.changes.segments.append(interaction.segment)
    del state.interactions[interaction.id]
    live = state.by_customer[interaction.customer_id]
    live.discard(interaction.id)
    if not live:
        del state.by_customer[interaction.customer_id]
        state.forget_customer(interaction.customer_id)


WRITERS: dict[Any, Any] = {
    InteractionStarted: started,
    Queued: queued,
    Offered: offered,
    OfferAccepted: offer_accepted,
    OfferDeclined: offer_declined,
    OfferMissed: offer_missed,
    OfferRescinded: offer_rescinded,
    EveryoneRefused: everyone_refused,
    InteractionRested: rested,
    InteractionHeld: held,
    InteractionSnoozed: snoozed,
    InteractionResumed: resumed,
    InteractionTransferred: transferred,
    ConversationEnded: conversation_ended,
    InteractionReopened: reopened,
    InteractionClosed: closed,
    InteractionAbandoned: abandoned,
}
