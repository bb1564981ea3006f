"""What became true, in the past tense, numbered and stored. The counterpart is `agentdesk.core.commands`.

`agentdesk.core.apply` is the only place that turns an event into a change of state.
"""

from __future__ import annotations

import msgspec

from agentdesk.core.agent_events import AgentConfigured as AgentConfigured
from agentdesk.core.agent_events import AgentConnected as AgentConnected
from agentdesk.core.agent_events import AgentDisconnected as AgentDisconnected
from agentdesk.core.agent_events import AgentLost as AgentLost
from agentdesk.core.agent_events import AgentRemoved as AgentRemoved
from agentdesk.core.agent_events import PresenceChanged as PresenceChanged
from agentdesk.core.event import Event as Event
from agentdesk.core.mail_events import DeliveryChanged as DeliveryChanged
from agentdesk.core.mail_events import InteractionReturned as InteractionReturned
from agentdesk.core.model import (
    Customer,
    DeskConfig,
    Draft,
    Hours,
    Message,
    Offer,
    QueueConfig,
    Trace,
)


class DeskConfigured(Event, frozen=True):
    """The desk's own settings are these."""

    desk: DeskConfig


class QueueConfigured(Event, frozen=True):
    """A queue exists with these settings."""

    queue: QueueConfig


class QueueRemoved(Event, frozen=True):
    """A queue is gone."""

    queue: str


class HoursChanged(Event, frozen=True):
    """The queue is open, closed or on holiday from now."""

    queue: str
    hours: Hours


class CustomerCreated(Event, frozen=True):
    """A new customer is known."""

    customer: Customer


class CustomerUpdated(Event, frozen=True):
    """The customer is now known like this. `interaction_id` is the one through which its holder hears of it."""

    customer: Customer
    interaction_id: int | None = None


class InteractionStarted(Event, frozen=True):
    """A customer began an interaction. `entry` is the queue they came to, where rules or hours chose another;
    `rules` are those that matched."""

    interaction_id: int
    channel: str
    queue: str
    customer_id: int
    customer_name: str
    segment_id: int
    priority: int = 0
    weight: int = 1
    skills: dict[str, int] = {}
    subject: str = ""
    language: str = ""
    attributes: dict[str, str] = {}
    tags: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    entry: str = ""


class Queued(Event, frozen=True):
    """The interaction waits. `queued_ms` and `place` are its place; a return keeps the old ones.

    `reason` is new, declined, missed, lost, transferred, reopened, rescinded, woken, overflowed or returned. Until
    `prefer_until_ms` it waits for `prefer` alone, as long as they are available. `entered_ms` is when it came into this
    queue, where that is not now.
    """

    interaction_id: int
    queue: str
    queued_ms: int
    place: int
    reason: str
    segment_id: int
    prefer: str | None = None
    prefer_until_ms: int | None = None
    entered_ms: int | None = None


class RingEntered(Event, frozen=True):
    """It may be taken by a wider circle; `skipped` when nobody of the narrower ones is signed in."""

    interaction_id: int
    ring: int
    skipped: bool = False


class AffinityEnded(Event, frozen=True):
    """It no longer waits for one agent alone. `reason` is time or unavailable."""

    interaction_id: int
    reason: str


class PrioritySet(Event, frozen=True):
    """Its priority is this."""

    interaction_id: int
    priority: int


class SkillsSet(Event, frozen=True):
    """It asks for these skills."""

    interaction_id: int
    skills: dict[str, int]


class WeightChanged(Event, frozen=True):
    """It costs this much of its holder's capacity. `reason` is silent or wrote."""

    interaction_id: int
    weight: int
    reason: str


class Overflowed(Event, frozen=True):
    """It leaves its queue, or goes on in another channel; `Queued` follows. `reason` is wait, length, estimate,
    closed or holiday."""

    interaction_id: int
    queue: str
    channel: str
    weight: int
    reason: str


class Offered(Event, frozen=True):
    """The interaction is reserved for one agent until the offer expires."""

    offer: Offer
    segment_id: int
    trace: Trace | None = None


class OfferAccepted(Event, frozen=True):
    """The agent took it and holds it now. `pulled` is next or picked where they asked for it themselves."""

    interaction_id: int
    offer_id: int
    agent: str
    segment_id: int
    automatic: bool = False
    pulled: str = ""


class OfferDeclined(Event, frozen=True):
    """The agent gave the offer back."""

    interaction_id: int
    offer_id: int
    agent: str
    reason: str = ""


class OfferMissed(Event, frozen=True):
    """The offer ran out. With `set_aside` the agent is not responding from now: it may be theirs when they are back."""

    interaction_id: int
    offer_id: int
    agent: str
    set_aside: bool = False


class OfferRescinded(Event, frozen=True):
    """The desk took the offer back: the customer left, the agent went away …"""

    interaction_id: int
    offer_id: int
    agent: str
    reason: str


class EveryoneRefused(Event, frozen=True):
    """Everyone able who is there has declined or missed it: it may be offered to them again. Someone should look."""

    interaction_id: int


class InteractionRested(Event, frozen=True):
    """Everyone able who is there has declined or missed it: it goes only to somebody else until `until_ms`."""

    interaction_id: int
    until_ms: int


class MessageAdded(Event, frozen=True):
    """Something was said."""

    message: Message


class DeliveryConfirmed(Event, frozen=True):
    """The customer's side has messages up to here, and has read up to there."""

    interaction_id: int
    delivered_upto: int
    read_upto: int


class MessagesSeen(Event, frozen=True):
    """The holder has seen the messages up to here."""

    interaction_id: int
    upto: int


class DraftSaved(Event, frozen=True):
    """What the holder has typed is kept. An empty text drops it."""

    interaction_id: int
    draft: Draft


class InteractionHeld(Event, frozen=True):
    """On hold."""

    interaction_id: int
    segment_id: int


class InteractionSnoozed(Event, frozen=True):
    """Set aside until a time."""

    interaction_id: int
    until_ms: int
    segment_id: int


class InteractionResumed(Event, frozen=True):
    """Active again after hold or snooze. `reason` is agent, customer or time."""

    interaction_id: int
    reason: str
    segment_id: int


class InteractionTransferred(Event, frozen=True):
    """The holder let go of it for another queue or agent; `Queued` follows."""

    interaction_id: int
    from_agent: str
    queue: str
    to_agent: str | None = None


class CustomerLeft(Event, frozen=True):
    """The customer's side went away without ending."""

    interaction_id: int


class CustomerReturned(Event, frozen=True):
    """The customer's side is back."""

    interaction_id: int


class InteractionAbandoned(Event, frozen=True):
    """The customer left before anyone took it."""

    interaction_id: int


class ConversationEnded(Event, frozen=True):
    """The conversation is over. `by` is agent, customer or desk. Wrap-up begins unless the queue has none."""

    interaction_id: int
    by: str
    segment_id: int
    wrapup_due_ms: int | None = None


class InteractionReopened(Event, frozen=True):
    """The customer wrote during wrap-up: the conversation goes on with the same agent; wrap-up so far is kept."""

    interaction_id: int
    segment_id: int


class WrapupSaved(Event, frozen=True):
    """Wrap-up as far as it got."""

    interaction_id: int
    disposition: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


class InteractionClosed(Event, frozen=True):
    """All done; `automatic` when the wrap-up timer ran out."""

    interaction_id: int
    disposition: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    automatic: bool = False


class TagsSet(Event, frozen=True):
    """The interaction's tags are these."""

    interaction_id: int
    tags: tuple[str, ...]


AnyEvent = (
    DeskConfigured | QueueConfigured | QueueRemoved | HoursChanged | AgentConfigured | AgentRemoved | AgentConnected
    | AgentDisconnected | AgentLost | PresenceChanged | CustomerCreated | CustomerUpdated | InteractionStarted
    | Queued | RingEntered | AffinityEnded | PrioritySet | SkillsSet | WeightChanged | Overflowed | Offered
    | OfferAccepted | OfferDeclined | OfferMissed | OfferRescinded | EveryoneRefused | InteractionRested
    | InteractionReturned | MessageAdded | DeliveryChanged | DeliveryConfirmed | MessagesSeen | DraftSaved
    | InteractionHeld | InteractionSnoozed | InteractionResumed | InteractionTransferred | CustomerLeft
    | CustomerReturned | InteractionAbandoned | ConversationEnded | InteractionReopened | WrapupSaved
    | InteractionClosed | TagsSet
)  # fmt: skip


class Recorded(msgspec.Struct, frozen=True):
    """An event with its number and time. `agent` is the one agent it is addressed to, if any."""

    seq: int
    at_ms: int
    event: AnyEvent
    agent: str | None = None


def interaction_of(event: AnyEvent) -> int | None:
    """The interaction an event is about, if it is about one."""
    if isinstance(event, MessageAdded):
        return event.message.interaction_id
    if isinstance(event, Offered):
        return event.offer.interaction_id
    return getattr(event, "interaction_id", None)
