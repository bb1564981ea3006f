"""What one event does to the client's copy of one interaction, as `agentdesk.core.apply` does it to the desk's.

Setting a thing twice changes nothing: a description (`about`) may be newer than the event it came with, so events
that it already holds are applied again. That is why this is not the desk's own writer, which refuses to; the
simulation (`tests/sim`) holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from agentdesk.core import events as e
from agentdesk.core.mail import moved, sent_off
from agentdesk.core.model import RECENT_MAX, Draft, Interaction, Message, MessageKind, Said, Segment, State, Wrapup
from agentdesk.protocol.messages import EventFrame


def apply(interaction: Interaction, frame: EventFrame) -> None:
    """Change the interaction as the event says."""
    event = frame.event
    if isinstance(event, e.MessageAdded):
        _said(interaction, event.message, frame.seq)
    elif change := _CHANGES.get(type(event)):
        change(interaction, event, frame.at_ms)


def _enter(interaction: Interaction, state: State, agent: str | None, segment_id: int, now: int) -> None:
    interaction.state = state
    interaction.segment = Segment(segment_id, interaction.id, state, interaction.queue, agent, now)


def _take_up(i: Interaction, agent: str | None, segment_id: int, now: int) -> None:
    if i.reply_due_since_ms is None:
        i.quiet_since_ms = now
    _enter(i, State.ACTIVE, agent, segment_id, now)


def _queued(i: Interaction, event: e.Queued, now: int) -> None:
    i.queue, i.queued_ms, i.place, i.prefer = event.queue, event.queued_ms, event.place, event.prefer
    i.prefer_until_ms = event.prefer_until_ms
    i.agent = i.offer = i.snoozed_until_ms = i.quiet_since_ms = None
    if i.full_weight is not None:
        i.weight, i.full_weight = i.full_weight, None
    if event.entered_ms is None:
        i.entered_ms, i.ring = now, 0
    else:
        i.entered_ms = event.entered_ms
    _enter(i, State.QUEUED, None, event.segment_id, now)


def _offered(i: Interaction, event: e.Offered, now: int) -> None:
    i.offer, i.rests_until_ms = event.offer, UNSET
    _enter(i, State.OFFERED, event.offer.agent, event.segment_id, now)


def _accepted(i: Interaction, event: e.OfferAccepted, now: int) -> None:
    i.offer, i.agent, i.refused_by, i.prefer, i.prefer_until_ms = None, event.agent, (), None, None
    if i.draft is not None and i.draft.agent != event.agent:
        i.draft = None
    i.first_accepted_ms = now if i.first_accepted_ms is None else i.first_accepted_ms
    _take_up(i, event.agent, event.segment_id, now)


def _refused(i: Interaction, event: e.OfferDeclined | e.OfferMissed, now: int) -> None:
    i.offer = None
    set_aside = isinstance(event, e.OfferMissed) and event.set_aside
    if not set_aside and event.agent not in i.refused_by:
        i.refused_by = (*i.refused_by, event.agent)


def _rescinded(i: Interaction, event: e.OfferRescinded, now: int) -> None:
    i.offer = None


def _everyone_refused(i: Interaction, event: e.EveryoneRefused, now: int) -> None:
    i.refused_by, i.rests_until_ms = (), UNSET


def _rested(i: Interaction, event: e.InteractionRested, now: int) -> None:
    i.rests_until_ms = event.until_ms


def _said(i: Interaction, message: Message, seq: int) -> None:
    if message.id <= i.last_message_id:
        return
    i.last_message_id = message.id
    if message.mail is not None:
        i.sends = sent_off(i.sends, message.id, message.mail)
    i.message_count += 1
    i.recent = (*i.recent[1 - RECENT_MAX :], Said(message.id, seq, message.agent, message.client_id))
    if message.kind is MessageKind.INBOUND:
        i.last_inbound_id, i.last_inbound_ms, i.quiet_since_ms = message.id, message.at_ms, None
        i.reply_due_since_ms = message.at_ms if i.reply_due_since_ms is None else i.reply_due_since_ms
    elif message.kind is MessageKind.OUTBOUND:
        _answered(i, message)


def _answered(i: Interaction, message: Message) -> None:
    if i.reply_due_since_ms is not None:
        i.reply_due_since_ms, i.quiet_since_ms = None, message.at_ms
    i.first_reply_ms = message.at_ms if i.first_reply_ms is None else i.first_reply_ms
    draft = i.draft
    if draft is not None and draft.agent == message.agent and draft.kind is message.kind:
        i.draft = Draft(draft.agent, draft.kind, "", draft.version)


def _delivered(i: Interaction, event: e.DeliveryConfirmed, now: int) -> None:
    i.delivered_upto, i.read_upto = event.delivered_upto, event.read_upto


def _seen(i: Interaction, event: e.MessagesSeen, now: int) -> None:
    i.seen_upto = event.upto


def _draft(i: Interaction, event: e.DraftSaved, now: int) -> None:
    i.draft = event.draft


def _held(i: Interaction, event: e.InteractionHeld, now: int) -> None:
    _enter(i, State.HELD, i.agent, event.segment_id, now)


def _snoozed(i: Interaction, event: e.InteractionSnoozed, now: int) -> None:
    i.snoozed_until_ms = event.until_ms
    _enter(i, State.SNOOZED, i.agent, event.segment_id, now)


def _resumed(i: Interaction, event: e.InteractionResumed, now: int) -> None:
    i.snoozed_until_ms = None
    _take_up(i, i.agent, event.segment_id, now)


def _transferred(i: Interaction, event: e.InteractionTransferred, now: int) -> None:
    i.queue, i.agent, i.rests_until_ms = event.queue, None, UNSET


def _left(i: Interaction, event: e.CustomerLeft, now: int) -> None:
    i.customer_away_since_ms = now


def _returned(i: Interaction, event: e.CustomerReturned, now: int) -> None:
    i.customer_away_since_ms = None


def _abandoned(i: Interaction, event: e.InteractionAbandoned, now: int) -> None:
    i.state, i.offer, i.agent, i.closed_ms = State.ABANDONED, None, None, now


def _ended(i: Interaction, event: e.ConversationEnded, now: int) -> None:
    i.ended_by, i.ended_ms, i.reply_due_since_ms, i.snoozed_until_ms = event.by, now, None, None
    saved = i.wrapup or Wrapup(now)
    i.wrapup = Wrapup(now, event.wrapup_due_ms, saved.disposition, saved.tags, saved.note)
    _enter(i, State.WRAPPING, i.agent, event.segment_id, now)


def _reopened(i: Interaction, event: e.InteractionReopened, now: int) -> None:
    i.ended_by, i.ended_ms = "", None
    _take_up(i, i.agent, event.segment_id, now)


def _wrapup(i: Interaction, event: e.WrapupSaved, now: int) -> None:
    before = i.wrapup or Wrapup(now)
    i.wrapup = Wrapup(before.since_ms, before.due_ms, event.disposition, event.tags, event.note)


def _closed(i: Interaction, event: e.InteractionClosed, now: int) -> None:
    i.state, i.closed_ms, i.disposition, i.tags = State.CLOSED, now, event.disposition, event.tags


def _ring(i: Interaction, event: e.RingEntered, now: int) -> None:
    i.ring = event.ring


def _affinity_ended(i: Interaction, event: e.AffinityEnded, now: int) -> None:
    i.prefer_until_ms = None


def _priority(i: Interaction, event: e.PrioritySet, now: int) -> None:
    i.priority = event.priority


def _skills(i: Interaction, event: e.SkillsSet, now: int) -> None:
    i.skills = event.skills


def _weight(i: Interaction, event: e.WeightChanged, now: int) -> None:
    if event.reason != "silent":
        i.full_weight = None
    elif i.full_weight is None:
        i.full_weight = i.weight
    i.weight = event.weight


def _delivery(i: Interaction, event: e.DeliveryChanged, now: int) -> None:
    i.sends = moved(i.sends, event.message_id, event.state, event.words, event.due_ms)


def _tags(i: Interaction, event: e.TagsSet, now: int) -> None:
    i.tags = event.tags


_CHANGES: dict[type, Callable[[Interaction, Any, int], None]] = {
    e.Queued: _queued,
    e.Offered: _offered,
    e.OfferAccepted: _accepted,
    e.OfferDeclined: _refused,
    e.OfferMissed: _refused,
    e.OfferRescinded: _rescinded,
    e.EveryoneRefused: _everyone_refused,
    e.InteractionRested: _rested,
    e.DeliveryConfirmed: _delivered,
    e.DeliveryChanged: _delivery,
    e.MessagesSeen: _seen,
    e.DraftSaved: _draft,
    e.InteractionHeld: _held,
    e.InteractionSnoozed: _snoozed,
    e.InteractionResumed: _resumed,
    e.InteractionTransferred: _transferred,
    e.CustomerLeft: _left,
    e.CustomerReturned: _returned,
    e.InteractionAbandoned: _abandoned,
    e.ConversationEnded: _ended,
    e.InteractionReopened: _reopened,
    e.WrapupSaved: _wrapup,
    e.InteractionClosed: _closed,
    e.TagsSet: _tags,
    e.RingEntered: _ring,
    e.AffinityEnded: _affinity_ended,
    e.PrioritySet: _priority,
    e.SkillsSet: _skills,
    e.WeightChanged: _weight,
}
