"""From recorded events to a scenario: who came when, how long each took, who was there, how patient customers were.

What did not happen is drawn (`agentdesk.planning.chance`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from agentdesk.core.commands import CustomerRef
from agentdesk.core.events import (
    AgentConnected,
    AgentDisconnected,
    AgentLost,
    AgentRemoved,
    ConversationEnded,
    CustomerCreated,
    CustomerUpdated,
    HoursChanged,
    InteractionAbandoned,
    InteractionClosed,
    InteractionReopened,
    InteractionSnoozed,
    InteractionStarted,
    MessageAdded,
    OfferAccepted,
    Offered,
    Queued,
    Recorded,
)
from agentdesk.core.events import InteractionResumed as Resumed
from agentdesk.core.events import PresenceChanged as Presented
from agentdesk.core.model import Customer, MessageKind, Presence
from agentdesk.planning.chance import Chance, Stay
from agentdesk.planning.scenario import Opening, Scenario, Shift

REACTIONS_MAX = 10_000
"""How many of the last times from an offer to its acceptance are kept."""


class _Past(msgspec.Struct, frozen=True):
    """What the desk would know of a customer who comes again."""

    interactions: int = 0
    last_agent: str = ""
    last_disposition: str = ""


class History:
    """Folds events in their order; `scenario` is what they say."""

    def __init__(self) -> None:
        self.stays: dict[int, Stay] = {}
        self.reactions: list[int] = []
        self.first_ms: int | None = None
        self.last_ms = 0
        self._customers: dict[int, Customer] = {}
        self._pasts: dict[int, _Past] = {}
        self._offers: dict[int, int] = {}
        self._sessions: dict[str, int] = {}
        self._presence: dict[str, Presence] = {}
        self._shown: dict[str, Presence] = {}
        self._shifts: list[Shift] = []
        self._openings: list[Opening] = []

    def add(self, recorded: Recorded) -> None:
        """Take one event more."""
        if self.first_ms is None:
            self.first_ms = recorded.at_ms
        self.last_ms = recorded.at_ms
        fold = _FOLDS.get(type(recorded.event))
        if fold is not None:
            fold(self, recorded.event, recorded.at_ms)

    def scenario(self, from_ms: int, to_ms: int, seed: int) -> Scenario:
        """Everything that came from then until then (excluded), and who was there at the time."""
        chance = Chance(list(self.stays.values()), seed)
        stays = [stay for stay in self.stays.values() if from_ms <= stay.at_ms < to_ms]
        return Scenario(
            tuple(chance.arrival(stay) for stay in stays),
            tuple(msgspec.structs.replace(s, at_ms=max(s.at_ms, from_ms)) for s in self._shifts if s.at_ms < to_ms),
            tuple(msgspec.structs.replace(o, at_ms=max(o.at_ms, from_ms)) for o in self._openings if o.at_ms < to_ms),
            tuple(self.reactions),
        )

    # --- interactions -------------------------------------------------------------------------------------------

    def _started(self, event: InteractionStarted, at: int) -> None:
        known = self._customers.get(event.customer_id)
        past = self._pasts.get(event.customer_id, _Past())
        who = CustomerRef(
            known=known,
            name=event.customer_name,
            last_agent=past.last_agent,
            last_disposition=past.last_disposition,
            interactions=past.interactions,
        )
        self.stays[event.interaction_id] = Stay(event.interaction_id, event, at, who)
        self._pasts[event.customer_id] = msgspec.structs.replace(past, interactions=past.interactions + 1)

    def _said(self, event: MessageAdded, at: int) -> None:
        stay = self.stays.get(event.message.interaction_id)
        if stay is not None and not stay.text and event.message.kind is MessageKind.INBOUND and stay.at_ms == at:
            stay.text = event.message.text

    def _offered(self, event: Offered, at: int) -> None:
        self._offers[event.offer.id] = at
        agent = event.offer.agent
        if agent not in self._shown:
            self._presence[agent] = Presence.AVAILABLE
            self._show(agent, self.first_ms or at)

    def _accepted(self, event: OfferAccepted, at: int) -> None:
        offered = self._offers.pop(event.offer_id, None)
        if offered is not None and not event.automatic and not event.pulled:
            self.reactions.append(at - offered)
            del self.reactions[:-REACTIONS_MAX]
        stay = self.stays.get(event.interaction_id)
        if stay is not None:
            stay.agent = event.agent
            stay.since_ms = at
            stay.answered_ms = at if stay.answered_ms is None else stay.answered_ms

    def _work_begins(self, event: Any, at: int) -> None:
        stay = self.stays.get(event.interaction_id)
        if stay is not None and stay.since_ms is None:
            stay.since_ms = at
            stay.ended_ms = None

    def _work_stops(self, event: Any, at: int) -> None:
        stay = self.stays.get(event.interaction_id)
        if stay is not None and stay.since_ms is not None:
            stay.working_ms += at - stay.since_ms
            stay.since_ms = None

    def _ended(self, event: ConversationEnded, at: int) -> None:
        self._work_stops(event, at)
        stay = self.stays.get(event.interaction_id)
        if stay is not None:
            stay.ended_ms = at

    def _closed(self, event: InteractionClosed, at: int) -> None:
        stay = self.stays.get(event.interaction_id)
        if stay is None:
            return
        stay.wrapped_ms = at
        past = self._pasts[stay.started.customer_id]
        self._pasts[stay.started.customer_id] = _Past(past.interactions, stay.agent, event.disposition)

    def _abandoned(self, event: InteractionAbandoned, at: int) -> None:
        stay = self.stays.get(event.interaction_id)
        if stay is not None and stay.answered_ms is None:
            stay.left_ms = at

    def _known(self, event: CustomerCreated | CustomerUpdated, at: int) -> None:
        self._customers[event.customer.id] = event.customer

    # --- who is there -------------------------------------------------------------------------------------------

    def _connected(self, event: AgentConnected | AgentDisconnected, at: int) -> None:
        self._sessions[event.agent] = event.sessions
        self._show(event.agent, at)

    def _presented(self, event: Presented, at: int) -> None:
        self._presence[event.agent] = event.presence
        self._show(event.agent, at)

    def _lost(self, event: AgentLost | AgentRemoved, at: int) -> None:
        self._presence[event.agent] = Presence.OFFLINE
        self._show(event.agent, at)

    def _show(self, agent: str, at: int) -> None:
        presence = self._presence.get(agent, Presence.OFFLINE)
        # Who was connected before the log that was read begins is known by what they do.
        if not self._sessions.get(agent, 1):
            presence = Presence.OFFLINE
        elif presence is Presence.NOT_RESPONDING:
            presence = Presence.AWAY
        if self._shown.get(agent, Presence.OFFLINE) is not presence:
            self._shown[agent] = presence
            self._shifts.append(Shift(at, agent, presence))

    def _opened(self, event: HoursChanged, at: int) -> None:
        self._openings.append(Opening(at, event.queue, event.hours))


_FOLDS: dict[type, Callable[[History, Any, int], None]] = {
    InteractionStarted: History._started,
    MessageAdded: History._said,
    Offered: History._offered,
    OfferAccepted: History._accepted,
    Queued: History._work_stops,
    InteractionSnoozed: History._work_stops,
    Resumed: History._work_begins,
    InteractionReopened: History._work_begins,
    ConversationEnded: History._ended,
    InteractionClosed: History._closed,
    InteractionAbandoned: History._abandoned,
    CustomerCreated: History._known,
    CustomerUpdated: History._known,
    AgentConnected: History._connected,
    AgentDisconnected: History._connected,
    Presented: History._presented,
    AgentLost: History._lost,
    AgentRemoved: History._lost,
    HoursChanged: History._opened,
}
