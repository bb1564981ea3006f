"""What an admin sets, as the desk knows it: channels, queues with their rings and routes, agents, rules, the desk."""

from __future__ import annotations

from enum import StrEnum

import msgspec

CHAT = "chat"
EMAIL = "email"
CALL = "call"
MESSAGE = "message"
CALLBACK = "callback"
TASK = "task"
CHANNELS = (CHAT, EMAIL, CALL, MESSAGE, CALLBACK, TASK)
"""The channels known by name; a channel is an open-ended string."""

DEFAULT_WEIGHTS = {CHAT: 1, EMAIL: 1, CALL: 6, MESSAGE: 1, CALLBACK: 6, TASK: 1}
"""What one interaction costs of an agent's capacity."""


class Role(StrEnum):
    """What a user may do; each role includes what is permitted to the ones before it."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class WrapupMode(StrEnum):
    """Whether work after the conversation is asked for."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Disposition(msgspec.Struct, frozen=True):
    """How an interaction can end: `code` is a path such as refund/late, `key` one key that picks it."""

    code: str
    label: str
    key: str = ""


class Strategy(StrEnum):
    """Which of the agents who could take an interaction gets it; ties go to the longest idle."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"
    MOST_SKILLED = "most_skilled"
    FEWEST_HANDLED = "fewest_handled"
    ROUND_ROBIN = "round_robin"


class Hours(StrEnum):
    """Whether a queue is open now; the server tells the desk when that changes."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"


class Ring(msgspec.Struct, frozen=True):
    """One step of widening, `after_s` from when the interaction came into the queue.

    `skills` replace the levels asked for before (0 asks for none). Agents of `queues`, these `agents`, or with
    `any_agent` everybody, come in beside the queue's own, with the skills as they are then. Who could take it in an
    earlier ring still can.
    """

    after_s: int
    skills: dict[str, int] = {}
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    any_agent: bool = False


class Route(msgspec.Struct, frozen=True):
    """Where an interaction goes instead: another queue, another channel (callback or message), or both."""

    queue: str = ""
    channel: str = ""


class Overflow(msgspec.Struct, frozen=True):
    """Leave the queue by `to` on one condition: after so long a wait in it, or on arrival behind more than
    `longer_than` others or at an estimated wait above `estimate_s`."""

    to: Route
    after_s: int | None = None
    longer_than: int | None = None
    estimate_s: int | None = None


class When(msgspec.Struct, frozen=True):
    """What a rule looks for; every part that is given has to hold, and one of several values is enough.

    `words` are whole words or phrases in subject or text, whatever their case and accents; `pattern` is a regular
    expression (RE2) over both. `page` and `address` are globs over the interaction's attributes of these names;
    `attributes` are globs by name over the interaction's and the customer's. `returning` is whether the customer has
    been here before.
    """

    channels: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    pattern: str = ""
    page: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    customer_tags: tuple[str, ...] = ()
    last_dispositions: tuple[str, ...] = ()
    returning: bool | None = None


class Then(msgspec.Struct, frozen=True):
    """What a rule does. Skills and tags come on top of those there are; the rest replaces. `prefer` names agents:
    the first who is available gets it first."""

    queue: str = ""
    skills: dict[str, int] = {}
    priority: int | None = None
    tags: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """One rule on what comes in. All that match take effect in order, up to one that says `stop`."""

    name: str
    when: When = When()
    then: Then = Then()
    stop: bool = False


class QueueConfig(msgspec.Struct, frozen=True):
    """A queue as the admin set it. `wrapup_s` 0 means no timer; `default_disposition` is used when it runs out.

    `rings` follow on the queue's own agents and skills. `offer_timeouts` are by channel, else `offer_timeout_s`.
    With `pull` nothing is offered: agents ask for the next. Who comes back to their last agent waits for them alone
    up to `affinity_s`. New ones go by `closed` or `holiday` when the queue isn't open; a route to nowhere stays.
    """

    id: str
    name: str
    channels: tuple[str, ...] = (CHAT,)
    priority: int = 0
    service_level_s: int = 60
    reply_target_s: int = 120
    offer_timeout_s: int = 30
    skills: dict[str, int] = {}
    auto_accept: bool = False
    wrapup: WrapupMode = WrapupMode.OPTIONAL
    wrapup_s: int = 0
    dispositions: tuple[Disposition, ...] = ()
    default_disposition: str = "none"
    strategy: Strategy = Strategy.LONGEST_IDLE
    rings: tuple[Ring, ...] = ()
    offer_timeouts: dict[str, int] = {}
    pull: bool = False
    affinity_s: int = 0
    overflow: tuple[Overflow, ...] = ()
    closed: Route = Route()
    holiday: Route = Route()


class AgentConfig(msgspec.Struct, frozen=True):
    """An agent as the admin set them up. Empty `queues` means every queue.

    With `may_pick` they may take what waits out of its order; that is logged and counted.
    """

    id: str
    name: str
    role: Role = Role.AGENT
    queues: tuple[str, ...] = ()
    skills: dict[str, int] = {}
    capacity: int = 6
    channel_max: dict[str, int] = {}
    may_pick: bool = False


class DeskConfig(msgspec.Struct, frozen=True):
    """Settings of the desk as a whole. `missed_offers_max` in a row put an agent on 'not responding' (0: never).

    One step of priority is worth `priority_s` of waiting. `waiting_max` bounds each queue. What everyone able has
    refused rests for `refused_pause_s` before they may be asked again.

    A queue's service level counts as `slack_percent` of its seconds against it in the line: the tighter target goes
    first. `interrupts` are, by channel that comes, the channels whose weight doesn't count against it. A customer who
    has been silent for `silent_after_s` (0: never) after a reply weighs `silent_weights` of their channel. Who left
    while waiting and returns within `return_s` gets the old place. With `trace` each offer keeps why it was made.
    Days, by which agents' ledgers count, begin `day_offset_ms` after midnight UTC. A mail goes out `mail_hold_s` after
    it was sent, so that it can be taken back.
    """

    weights: dict[str, int] = msgspec.field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    missed_offers_max: int = 1
    agent_grace_s: int = 60
    customer_grace_s: int = 120
    priority_s: int = 60
    waiting_max: int = 10_000
    live_per_customer_max: int = 10
    refused_pause_s: int = 15
    slack_percent: int = 0
    interrupts: dict[str, tuple[str, ...]] = {}
    silent_after_s: int = 0
    silent_weights: dict[str, int] = {}
    return_s: int = 300
    trace: bool = True
    day_offset_ms: int = 0
    mail_hold_s: int = 10
    rules: tuple[Rule, ...] = ()
