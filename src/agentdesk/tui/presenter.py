"""From the mirror to what the widgets show: pure, every foreign text cleaned here, one `now` for all ages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from agentdesk.client.mirror import Conversation, Mirror, Pending
from agentdesk.client.port import LinkState
from agentdesk.core.commands import MailOut
from agentdesk.core.mail import LOST, MailHead
from agentdesk.core.model import Interaction, Message, MessageKind, Offer, State
from agentdesk.core.stats import QueueStats
from agentdesk.tui.bidi import BidiMode
from agentdesk.tui.dispositions import Choice, Filled
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.lines import name
from agentdesk.tui.slack import Slack, slack
from agentdesk.tui.text import clean, hidden
from agentdesk.tui.transcript_log import Delivery, Entry
from agentdesk.tui.widgets.inbox import InboxView, MineRow, OfferRow, QueueRow, WaitingRow
from agentdesk.tui.widgets.pane_head import HeadView
from agentdesk.tui.widgets.top_bar import TopView

SAID_MAX = 80
"""Characters of a customer's last words shown with an offer."""

SUBJECT_MAX = 80


@dataclass(frozen=True, slots=True)
class Look:
    """How things are drawn here."""

    glyphs: Glyphs = UNICODE
    bidi: BidiMode = "app"

    def name(self, text: str, limit: int = 200) -> str:
        """A foreign one-line text, ready to draw."""
        return name(text, self.bidi, limit)


PREVIEW_MAX = 80
"""Characters of what a customer is typing that are shown: the newest."""


def typing(conversation: Conversation, look: Look) -> str:
    """Who is typing, and what stands in their box so far where their side tells; empty when nobody is."""
    if not conversation.typing:
        return ""
    who = f"{look.name(conversation.interaction.customer_name, 40)} is typing"
    words = " ".join(conversation.preview.split())
    if not words:
        return who
    cut = words if len(words) <= PREVIEW_MAX else f"…{words[-PREVIEW_MAX:]}"
    return f"{who}: {look.name(cut)}"


# --- time that is left ----------------------------------------------------------------------------------------


def due(interaction: Interaction, mirror: Mirror) -> tuple[int | None, int]:
    """When something is due in this interaction and since when; None when it's the customer's turn."""
    if interaction.state is State.WRAPPING and interaction.wrapup is not None:
        return interaction.wrapup.due_ms, interaction.wrapup.since_ms
    since = interaction.reply_due_since_ms
    queue = mirror.queues.get(interaction.queue)
    if since is None or queue is None or interaction.state is not State.ACTIVE:
        return None, 0
    return since + queue.reply_target_s * 1000, since


def slack_of(interaction: Interaction, mirror: Mirror, now: int, look: Look) -> Slack:
    """The slack bar of one of my interactions."""
    due_ms, since_ms = due(interaction, mirror)
    return slack(due_ms, since_ms, now, look.glyphs)


def age_of(interaction: Interaction, now: int) -> int:
    """What the age beside a name counts: how long the customer waits, else how long since they last wrote."""
    since = interaction.reply_due_since_ms or interaction.last_inbound_ms or interaction.created_ms
    return now - since


def by_urgency(conversations: Iterable[Conversation], mirror: Mirror) -> list[int]:
    """Ids of interactions, the least slack first; those where nothing is due come last."""
    keyed = []
    for conversation in conversations:
        due_ms, _ = due(conversation.interaction, mirror)
        wrapping = conversation.interaction.state is State.WRAPPING
        keyed.append((due_ms is None, wrapping, due_ms or 0, conversation.interaction.id))
    return [entry[-1] for entry in sorted(keyed)]


# --- the top row ----------------------------------------------------------------------------------------------


def top(mirror: Mirror, link: LinkState, now: int, look: Look) -> TopView:
    """The agent's own top row."""
    agent = mirror.agent
    busiest = _oldest_queue(mirror.queue_stats)
    return TopView(
        name=look.name(mirror.name or mirror.user, 30),
        presence=agent.presence.value if agent else "offline",
        reason=look.name(agent.reason, 30) if agent else "",
        load=agent.load if agent else 0,
        capacity=agent.config.capacity if agent else 0,
        queue=look.name(busiest.name, 20) if busiest else "",
        waiting=busiest.waiting if busiest else 0,
        oldest_ms=now - busiest.oldest_ms if busiest and busiest.oldest_ms is not None else None,
        service_level=service_level(mirror.queue_stats.values()),
        link=link.state,
        round_trip_ms=link.round_trip_ms,
        clock=clock_text(now) if mirror.user else "",
    )


def monitor_top(mirror: Mirror, link: LinkState, now: int, look: Look) -> TopView:
    """The supervisor's top row: the whole floor."""
    stats = list(mirror.queue_stats.values())
    waiting = sum(queue.waiting for queue in stats)
    oldest = min((queue.oldest_ms for queue in stats if queue.waiting and queue.oldest_ms is not None), default=None)
    return TopView(
        title="agentdesk monitor",
        queue="all queues",
        waiting=waiting,
        oldest_ms=now - oldest if oldest is not None else None,
        service_level=service_level(stats),
        link=link.state,
        round_trip_ms=link.round_trip_ms,
        clock=clock_text(now) if mirror.user else "",
    )


def _oldest_queue(stats: Mapping[str, QueueStats]) -> QueueStats | None:
    waiting = [queue for queue in stats.values() if queue.waiting]
    return min(waiting, key=lambda queue: (queue.oldest_ms or 0, queue.id), default=None)


def service_level(stats: Iterable[QueueStats]) -> int | None:
    """Percent answered in time of all that were answered or gave up; None before the first."""
    answered = in_time = abandoned = 0
    for queue in stats:
        answered += queue.answered
        in_time += queue.answered_in_time
        abandoned += queue.abandoned
    total = answered + abandoned
    return round(100 * in_time / total) if total else None


def local_time(ms: int) -> datetime:
    """An instant in the time zone of this terminal."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone()


def clock_text(ms: int) -> str:
    """Weekday and time."""
    return local_time(ms).strftime("%a %H:%M")


def day_and_time(ms: int) -> str:
    """A time that may be on another day."""
    return local_time(ms).strftime("%a %d %b %H:%M")


# --- the inbox ------------------------------------------------------------------------------------------------


def inbox(mirror: Mirror, slots: Mapping[int, int], current: int | None, now: int, look: Look, hint: str) -> InboxView:
    """Offers, mine, waiting. `slots` are the digits of the panes by interaction."""
    mine = sorted(
        (c for c in mirror.conversations.values() if c.interaction.id in slots),
        key=lambda c: slots[c.interaction.id],
    )
    return InboxView(
        offers=tuple(_offer(offer, mirror, now, look) for offer in sorted_offers(mirror)),
        mine=tuple(_mine(c, slots[c.interaction.id], current, mirror, now, look) for c in mine),
        queues=tuple(_queue(q, now, look) for q in sorted(mirror.queue_stats.values(), key=lambda q: q.id)),
        hint=hint,
    )


def sorted_offers(mirror: Mirror) -> list[Offer]:
    """What is offered to me, the one that runs out first on top."""
    return sorted(mirror.offers.values(), key=lambda offer: (offer.expires_ms, offer.id))


def _offer(offer: Offer, mirror: Mirror, now: int, look: Look) -> OfferRow:
    left = offer.expires_ms - now
    conversation = mirror.conversations.get(offer.interaction_id)
    if conversation is None:
        return OfferRow(f"interaction {offer.interaction_id}", "", "", left, now - offer.at_ms)
    it = conversation.interaction
    said = next((m.text for m in reversed(conversation.messages) if m.kind is MessageKind.INBOUND), it.subject)
    tags = conversation.customer.tags if conversation.customer else ()
    marks = tuple(look.name(mark, 20) for mark in (it.language, *tags) if mark)
    queue = look.name(queue_name(mirror, it.queue), 20)
    return OfferRow(
        look.name(it.customer_name, 60), it.channel, queue, left, now - it.queued_ms, look.name(said, SAID_MAX), marks
    )


def queue_name(mirror: Mirror, queue: str) -> str:
    """The name of a queue, or its id while its settings aren't known."""
    return mirror.queues[queue].name if queue in mirror.queues else queue


def _mine(conversation: Conversation, slot: int, current: int | None, mirror: Mirror, now: int, look: Look) -> MineRow:
    it = conversation.interaction
    return MineRow(
        slot,
        look.name(it.customer_name, 60),
        it.channel,
        age_of(it, now),
        slack_of(it, mirror, now, look),
        state=it.state.value,
        unread=conversation.unread,
        current=it.id == current,
        typing=conversation.typing,
        failed=any(p.failed for p in conversation.pending) or any(send.state in LOST for send in it.sends),
    )


def _queue(stats: QueueStats, now: int, look: Look) -> QueueRow:
    target = stats.service_level_s * 1000
    head = tuple(
        WaitingRow(
            look.name(item.customer_name, 40),
            item.channel,
            now - item.queued_ms,
            slack(item.queued_ms + target, item.queued_ms, now, look.glyphs),
        )
        for item in stats.head
    )
    oldest = now - stats.oldest_ms if stats.oldest_ms is not None else None
    return QueueRow(look.name(stats.name, 20), stats.waiting, oldest, head)


# --- a pane ---------------------------------------------------------------------------------------------------


def head(conversation: Conversation, slot: int, mirror: Mirror, now: int, look: Look, **now_shown: object) -> HeadView:
    """The upper edge of a pane. `now_shown` are `current` and `below`, which the screen knows."""
    it = conversation.interaction
    wrapup = it.wrapup if it.state is State.WRAPPING else None
    return HeadView(
        slot,
        look.name(it.customer_name, 60),
        it.channel,
        look.name(queue_name(mirror, it.queue), 20),
        age_of(it, now),
        slack_of(it, mirror, now, look),
        state=it.state.value,
        subject=look.name(it.subject, SUBJECT_MAX),
        customer_away=it.customer_away_since_ms is not None,
        typing=conversation.typing,
        hidden=", ".join(hidden(it.customer_name)),
        until=day_and_time(it.snoozed_until_ms) if it.snoozed_until_ms is not None else "",
        wrapup_ms=now - wrapup.since_ms if wrapup else None,
        wrapup_of_ms=wrapup.due_ms - wrapup.since_ms if wrapup and wrapup.due_ms is not None else None,
        **now_shown,  # type: ignore[arg-type]
    )


def entries(conversation: Conversation, me: str, now: int = 0) -> list[Entry]:
    """All of a conversation: what the server has, then what `me` has still under way."""
    it = conversation.interaction
    said = [entry_of(message, it, now) for message in conversation.messages]
    return said + [pending_entry(pending, me) for pending in conversation.pending]


def entry_of(message: Message, interaction: Interaction | None = None, now: int = 0) -> Entry:
    """One message of the server. What came with it is said below it, and how far a mail got by `now`."""
    state, fate = None, ""
    if message.kind is MessageKind.OUTBOUND and message.mail is not None:
        state, fate = _sent(message.id, interaction, now)
    elif message.kind is MessageKind.OUTBOUND:
        state = delivery(message.id, interaction) if interaction else Delivery.SENT
    files = ", ".join(f"{clean(f.name, newlines=False, limit=60)} ({size(f.size)})" for f in message.attachments)
    return Entry(
        message.id,
        message.at_ms,
        message.kind,
        message.author,
        message.text or (f"[{len(message.attachments)} file(s)]" if message.attachments else ""),
        state,
        f"attached: {files}" if files else "",
        message.mail,
        fate,
    )


def _sent(message_id: int, interaction: Interaction | None, now: int) -> tuple[Delivery, str]:
    from agentdesk.tui import mail_words  # nothing that a chat needs

    send = mail_words.send_of(message_id, interaction) if interaction else None
    return (mail_words.mark(send), mail_words.fate(send, now)) if send else (Delivery.SENT, "")


def delivery(message_id: int, interaction: Interaction) -> Delivery:
    """How far a message of ours got."""
    if message_id <= interaction.read_upto:
        return Delivery.READ
    return Delivery.DELIVERED if message_id <= interaction.delivered_upto else Delivery.SENT


def pending_entry(pending: Pending, who: str) -> Entry:
    """What the agent sent and the server hasn't said yet that it has."""
    command = pending.command
    state = Delivery.FAILED if pending.failed else Delivery.PENDING
    out, head = command.mail, None
    if isinstance(out, MailOut):
        head = MailHead(subject=out.subject, to=out.to, cc=out.cc, bcc=out.bcc)
    return Entry(command.client_id, pending.at_ms, command.kind, who, command.text, state, pending.failed, head)


def size(octets: int) -> str:
    """A file's size for a person."""
    if octets < 1_000:
        return f"{octets} B"
    return f"{octets / 1_000:.0f} kB" if octets < 1_000_000 else f"{octets / 1_000_000:.1f} MB"


# --- wrap-up --------------------------------------------------------------------------------------------------


def choices(mirror: Mirror, queue: str, fallback: Iterable[Choice] = ()) -> list[Choice]:
    """How an interaction of this queue can end."""
    config = mirror.queues.get(queue)
    own = [Choice(d.code, d.label, d.key) for d in config.dispositions] if config else []
    return own or list(fallback)


def filled(interaction: Interaction) -> Filled:
    """Wrap-up as far as the server has it."""
    kept = interaction.wrapup
    return Filled(kept.disposition, kept.tags, kept.note) if kept else Filled()
