"""What the desk knows: customers, interactions, segments, queues, agents, offers, wrap-up.

Times are integer milliseconds since the Unix epoch (UTC); durations carry their unit in the name.
Mutable structs are written only by `agentdesk.core.apply`; frozen ones are values.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from agentdesk.core.mail import MailHead, Send
from agentdesk.core.settings import (
    CALL,
    CALLBACK,
    CHANNELS,
    CHAT,
    DEFAULT_WEIGHTS,
    EMAIL,
    MESSAGE,
    TASK,
    AgentConfig,
    DeskConfig,
    Disposition,
    Hours,
    Overflow,
    QueueConfig,
    Ring,
    Role,
    Route,
    Rule,
    Strategy,
    Then,
    When,
    WrapupMode,
)

__all__ = [
    "CALL", "CALLBACK", "CHANNELS", "CHAT", "DEFAULT_WEIGHTS", "EMAIL", "MESSAGE", "RECENT_MAX", "RIVALS_MAX",
    "TASK", "Agent", "AgentConfig", "Attachment", "Counters", "Customer", "DeskConfig", "Disposition", "Draft",
    "Hours", "Identity", "Interaction", "Ledger", "Message", "MessageKind", "Offer", "Overflow", "Presence",
    "QueueConfig", "Ring", "Rival", "Role", "Route", "Rule", "Said", "Segment", "State", "Strategy", "Then",
    "Trace", "When", "Wrapup", "WrapupMode",
]  # fmt: skip

RECENT_MAX = 50
"""How many of an interaction's newest messages its row remembers by id."""


class State(StrEnum):
    """Where an interaction is; `agentdesk.core.lifecycle` has the table of moves."""

    NEW = "new"
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    HELD = "held"
    SNOOZED = "snoozed"
    WRAPPING = "wrapping"
    CLOSED = "closed"
    ABANDONED = "abandoned"


class Presence(StrEnum):
    """What an agent says of themselves, or what the desk had to conclude (not responding)."""

    OFFLINE = "offline"
    AVAILABLE = "available"
    AWAY = "away"
    NOT_RESPONDING = "not_responding"


class MessageKind(StrEnum):
    """Who a message is from and for."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"
    SYSTEM = "system"


class Identity(msgspec.Struct, frozen=True):
    """One way to recognise a customer: kind is email, phone, visitor, handle …"""

    kind: str
    value: str


class Customer(msgspec.Struct, frozen=True):
    """A person who writes or calls."""

    id: int
    name: str
    created_ms: int
    identities: tuple[Identity, ...] = ()
    attributes: dict[str, str] = {}
    tags: tuple[str, ...] = ()
    language: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """A file said in a message; its bytes are the store's, found by id."""

    id: str
    name: str
    media_type: str
    size: int


class Message(msgspec.Struct, frozen=True):
    """One thing said in an interaction. `author` is a display name, `agent` the agent's id if one wrote it.

    `client_id` is the writer's own id for it, by which a resent message and a local echo are recognised. `mail` is what
    stands above it where it came or goes by mail.
    """

    id: int
    interaction_id: int
    customer_id: int
    kind: MessageKind
    author: str
    text: str
    at_ms: int
    agent: str | None = None
    client_id: str = ""
    attachments: tuple[Attachment, ...] = ()
    mail: MailHead | None = None


class Rival(msgspec.Struct, frozen=True, array_like=True):
    """An agent who could have been chosen, and the figure that the strategy compared."""

    agent: str
    key: int


class Trace(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why an offer was made, as of then: how it was chosen (`strategy`, preferred, affinity, next, picked,
    transferred), and how many agents were left after each filter.

    `score_s` is the place in the line in seconds of wait. `able` are signed in with queue and skills in this ring,
    `present` of them available, `free` of those with room and without refusing. `rivals` are the best placed of the
    free, the chosen one first, at most `RIVALS_MAX`.
    """

    how: str
    score_s: int = 0
    ring: int = 0
    able: int = 0
    present: int = 0
    free: int = 0
    refused: int = 0
    rivals: tuple[Rival, ...] = ()


RIVALS_MAX = 5


class Offer(msgspec.Struct, frozen=True):
    """One live reservation of one interaction for one agent."""

    id: int
    interaction_id: int
    agent: str
    at_ms: int
    expires_ms: int
    ring: int = 0


class Segment(msgspec.Struct, frozen=True):
    """A stretch of an interaction in one state with one holder; KPIs are sums over these."""

    id: int
    interaction_id: int
    state: State
    queue: str
    agent: str | None
    start_ms: int
    end_ms: int | None = None
    outcome: str = ""


class Draft(msgspec.Struct, frozen=True):
    """What the holder has typed and not sent. `version` counts up, so an old one never wins."""

    agent: str
    kind: MessageKind
    text: str
    version: int


class Wrapup(msgspec.Struct, frozen=True):
    """Wrap-up as far as it got; kept on the server so that a dead terminal loses nothing."""

    since_ms: int
    due_ms: int | None = None
    disposition: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


class Said(msgspec.Struct, frozen=True, array_like=True):
    """One of an interaction's newest messages: enough to recognise a resent one and to name what a writer missed.

    `seq` is the number of its event; `agent` is None for the customer's.
    """

    id: int
    seq: int
    agent: str | None
    client_id: str = ""


class Interaction(msgspec.Struct):
    """One chat, mail thread, call … in the unified queue, while it lives.

    `queued_ms` and `place` are its place in the queue and survive every return to it. `agent` is the holder
    from acceptance to the end of wrap-up. `refused_by` are agents who declined or missed it since it was
    last queued; `rests_until_ms`, there only after everyone able has, is when they may be asked again.
    `entered_ms` is when it came into this queue, from which rings and overflow count; `ring` is how far it has widened.
    Until `prefer_until_ms` it waits for `prefer` alone, as long as they are available.
    `quiet_since_ms` is since when the customer of an active one has neither written nor been owed a reply; one that
    gave back weight for that has its `full_weight` here.
    `reply_due_since_ms` is when the oldest unanswered inbound message came, or None.
    `delivered_upto` and `read_upto` are message ids the customer's side has received and read; `seen_upto` is
    what the holder has seen. `prefer` is the agent it goes to first if they are free. `recent` are its newest
    messages, at most `RECENT_MAX`.
    """

    id: int
    channel: str
    queue: str
    customer_id: int
    customer_name: str
    state: State
    created_ms: int
    queued_ms: int
    place: int
    segment: Segment
    priority: int = 0
    weight: int = 1
    skills: dict[str, int] = {}
    subject: str = ""
    language: str = ""
    attributes: dict[str, str] = {}
    tags: tuple[str, ...] = ()
    agent: str | None = None
    offer: Offer | None = None
    refused_by: tuple[str, ...] = ()
    message_count: int = 0
    last_message_id: int = 0
    last_inbound_id: int = 0
    last_inbound_ms: int | None = None
    reply_due_since_ms: int | None = None
    first_accepted_ms: int | None = None
    first_reply_ms: int | None = None
    delivered_upto: int = 0
    read_upto: int = 0
    seen_upto: int = 0
    prefer: str | None = None
    recent: tuple[Said, ...] = ()
    customer_away_since_ms: int | None = None
    snoozed_until_ms: int | None = None
    draft: Draft | None = None
    wrapup: Wrapup | None = None
    disposition: str = ""
    ended_by: str = ""
    ended_ms: int | None = None
    closed_ms: int | None = None
    rests_until_ms: int | msgspec.UnsetType = msgspec.UNSET
    entered_ms: int = 0
    ring: int = 0
    prefer_until_ms: int | None = None
    quiet_since_ms: int | None = None
    full_weight: int | None = None
    sends: tuple[Send, ...] = ()


class Ledger(msgspec.Struct, frozen=True):
    """What an agent was given on one day (a number that counts days) and what they did with it.

    What they took by `next` or `picked` counts as offered and accepted, too. `handled` is done, wrap-up included.
    """

    day: int = 0
    offered: int = 0
    accepted: int = 0
    declined: int = 0
    missed: int = 0
    next: int = 0
    picked: int = 0
    handled: int = 0


class Agent(msgspec.Struct):
    """An agent at work.

    `load` is the capacity used by what they hold (snoozed apart) or are offered. `idle_since_ms` is when they were
    last given work, freed or became available; `idle_seq`, the number of that event, orders 'longest idle'.
    `lost_since_ms` is when their last session closed, until the grace time has run out. `holding` are
    interactions, `offers` are offers, by id.
    """

    config: AgentConfig
    presence: Presence = Presence.OFFLINE
    reason: str = ""
    presence_since_ms: int = 0
    sessions: int = 0
    lost_since_ms: int | None = None
    load: int = 0
    missed_in_a_row: int = 0
    idle_since_ms: int = 0
    idle_seq: int = 0
    holding: tuple[int, ...] = ()
    offers: tuple[int, ...] = ()
    ledger: Ledger = Ledger()

    @property
    def id(self) -> str:
        """The agent's id (the user's sign-in name)."""
        return self.config.id


class Counters(msgspec.Struct):
    """The last number given out of each kind, and of the event log (`seq`)."""

    seq: int = 0
    interaction: int = 0
    customer: int = 0
    message: int = 0
    offer: int = 0
    segment: int = 0
