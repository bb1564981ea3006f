"""Plays a scenario through the real desk with a calendar in place of a clock; the same seed gives the same day."""

from __future__ import annotations

import random
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

from agentdesk.core.changes import Loaded
from agentdesk.core.commands import (
    AcceptOffer,
    Actor,
    AnyCommand,
    CompleteWrapup,
    ConfigureAgent,
    ConfigureDesk,
    CustomerEnds,
    Done,
    EndInteraction,
    SessionOpened,
    SetHours,
    SetPresence,
    StartInteraction,
)
from agentdesk.core.desk import Desk
from agentdesk.core.events import (
    ConversationEnded,
    InteractionAbandoned,
    InteractionClosed,
    OfferAccepted,
    Offered,
    Recorded,
)
from agentdesk.core.model import Counters, DeskConfig, Presence, State
from agentdesk.planning.scenario import (
    ENDLESS_MS,
    Arrival,
    Attendance,
    Opening,
    Outcome,
    Played,
    Scenario,
    Setting,
    Shift,
)

SERVER = Actor("system", "planning")
CUSTOMER = Actor("customer", "planning")
UNBOUNDED = 1 << 40
CLOSING_MS = 3_600_000
"""How long after the last arrival or shift the desk's own deadlines still count."""
CHANGES_EVERY = 1_000
"""Commands between two times of dropping what a store would have written."""

Told = Callable[[int, int], None]
"""Hears how many of the arrivals have come, and how many there are."""
Heard = Callable[[Recorded], None]
"""Hears every event."""


class Play:
    """One day. `run` plays it to its end."""

    def __init__(self, setting: Setting, scenario: Scenario, seed: int = 0, heard: Heard | None = None) -> None:
        self.scenario = scenario
        self.seed = seed
        self._heard = heard
        self.outcomes = [Outcome(arrival.queue, arrival.at_ms) for arrival in scenario.arrivals]
        self.attendance = {agent.id: Attendance() for agent in setting.agents}
        self.desk = Desk(Loaded(Counters(), DeskConfig(), [], [], [], []))
        self.commands = 0
        self.events = 0
        self._number: dict[int, int] = {}
        self._since: dict[str, tuple[int, bool, bool]] = {}
        self._order = 0
        self._calendar: list[tuple[int, int, Callable[[int, Any], None], Any]] = []
        self._set_up(setting)
        self._plan()

    def run(self, told: Told | None = None) -> Played:
        """Play until nothing is left to happen."""
        calendar, total, step = self._calendar, len(self.outcomes), max(1, len(self.outcomes) // 100)
        now, latest = 0, self._last_ms + CLOSING_MS
        while calendar:
            now, _, action, what = heappop(calendar)
            self._let_time_pass(now)
            action(now, what)
            if told is not None and action == self._arrive and what % step == 0:
                told(what, total)
            if not calendar:
                self._let_time_pass(latest, until_planned=True)
        for agent in self._since:
            self._attend(agent, now)
        return Played(self.outcomes, self.attendance, self.commands, self.events, now)

    # --- the calendar -------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        entries: list[tuple[int, Callable[[int, Any], None], Any]] = []
        entries += [(shift.at_ms, self._come_or_go, shift) for shift in self.scenario.shifts]
        entries += [(opening.at_ms, self._open, opening) for opening in self.scenario.openings]
        entries += [(arrival.at_ms, self._arrive, number) for number, arrival in enumerate(self.scenario.arrivals)]
        self._calendar += [(at, order, action, what) for order, (at, action, what) in enumerate(entries)]
        self._order = len(entries)
        self._last_ms = max((at for at, _, _ in entries), default=0)
        heapify(self._calendar)

    def _at(self, at_ms: int, action: Callable[[int, Any], None], what: Any) -> None:
        self._order += 1
        heappush(self._calendar, (at_ms, self._order, action, what))

    def _let_time_pass(self, upto: int, *, until_planned: bool = False) -> None:
        """Whatever is due in the desk; with `until_planned` no further than to the next thing in the calendar."""
        deadline = self.desk.next_deadline()
        while deadline is not None and deadline <= upto and not (until_planned and self._calendar):
            self._note(self.desk.tick(deadline).events)
            deadline = self.desk.next_deadline()

    # --- what the world does ------------------------------------------------------------------------------------

    def _set_up(self, setting: Setting) -> None:
        free = {"waiting_max": UNBOUNDED, "live_per_customer_max": UNBOUNDED, "trace": False}
        desk = DeskConfig(**{name: getattr(setting.desk, name) for name in DeskConfig.__struct_fields__} | free)
        self._do(ConfigureDesk(desk, setting.queues), 0, SERVER)
        for agent in setting.agents:
            self._do(ConfigureAgent(agent), 0, SERVER)
            self._do(SessionOpened(agent.id), 0, SERVER)

    def _come_or_go(self, now: int, shift: Shift) -> None:
        self._do(SetPresence(shift.presence), now, Actor("agent", shift.agent))
        self._attend(shift.agent, now)

    def _open(self, now: int, opening: Opening) -> None:
        self._do(SetHours(opening.queue, opening.hours), now, SERVER)

    def _arrive(self, now: int, number: int) -> None:
        arrival = self.scenario.arrivals[number]
        answer = self._do(_beginning(arrival), now, CUSTOMER, number)
        if not isinstance(answer, Done):
            self.outcomes[number].refused = True
        elif arrival.patience_ms != ENDLESS_MS:
            self._at(now + arrival.patience_ms, self._leave, answer.id)

    def _leave(self, now: int, interaction_id: int) -> None:
        interaction = self.desk.state.interactions.get(interaction_id)
        if interaction is not None and interaction.first_accepted_ms is None:
            self._do(CustomerEnds(interaction_id), now, CUSTOMER)

    def _take(self, now: int, offer: tuple[int, str]) -> None:
        if offer[0] in self.desk.state.offers:
            self._do(AcceptOffer(offer[0]), now, Actor("agent", offer[1]))

    def _end(self, now: int, interaction_id: int) -> None:
        interaction = self.desk.state.interactions.get(interaction_id)
        if interaction is not None and interaction.state is State.ACTIVE and interaction.agent is not None:
            self._do(EndInteraction(interaction_id), now, Actor("agent", interaction.agent))

    def _wrap_up(self, now: int, interaction_id: int) -> None:
        interaction = self.desk.state.interactions.get(interaction_id)
        if interaction is None or interaction.state is not State.WRAPPING or interaction.agent is None:
            return
        choices = self.desk.state.queues[interaction.queue].dispositions
        disposition = choices[0].code if choices else ""
        self._do(CompleteWrapup(interaction_id, disposition), now, Actor("agent", interaction.agent))

    # --- what the desk answers ----------------------------------------------------------------------------------

    def _do(self, command: AnyCommand, now: int, actor: Actor, number: int | None = None) -> Any:
        decision = self.desk.handle(command, now, actor)
        if number is not None and isinstance(decision.answer, Done):
            self._number[decision.answer.id] = number
        self.commands += 1
        if self.commands % CHANGES_EVERY == 0:
            self.desk.take_changes()
        self._note(decision.events)
        return decision.answer

    def _note(self, events: list[Recorded]) -> None:
        self.events += len(events)
        for recorded in events:
            if self._heard is not None:
                self._heard(recorded)
            follow = _FOLLOWS.get(type(recorded.event))
            if follow is not None:
                follow(self, recorded.event, recorded.at_ms)
            if recorded.agent in self._since:
                self._attend(recorded.agent, recorded.at_ms)

    def _offered(self, event: Offered, at: int) -> None:
        offer = event.offer
        number = self._number[offer.interaction_id]
        outcome = self.outcomes[number]
        outcome.offers += 1
        if not self.desk.state.queues[self.desk.state.interactions[offer.interaction_id].queue].auto_accept:
            self._at(at + self._reaction(number, outcome.offers), self._take, (offer.id, offer.agent))

    def _reaction(self, number: int, offers: int) -> int:
        times = self.scenario.react_ms
        return random.Random(f"{self.seed} {number} {offers}").choice(times) if times else 0

    def _accepted(self, event: OfferAccepted, at: int) -> None:
        number = self._number[event.interaction_id]
        outcome, arrival = self.outcomes[number], self.scenario.arrivals[number]
        if outcome.answered_ms is None:
            outcome.answered_ms, outcome.agent = at, event.agent
            outcome.queue = self.desk.state.interactions[event.interaction_id].queue
        self._at(at + arrival.handle_ms, self._end, event.interaction_id)

    def _ended(self, event: ConversationEnded, at: int) -> None:
        wrapup_ms = self.scenario.arrivals[self._number[event.interaction_id]].wrapup_ms
        self._at(at + wrapup_ms, self._wrap_up, event.interaction_id)

    def _closed(self, event: InteractionClosed, at: int) -> None:
        self.outcomes[self._number.pop(event.interaction_id)].closed_ms = at

    def _abandoned(self, event: InteractionAbandoned, at: int) -> None:
        self.outcomes[self._number.pop(event.interaction_id)].left_ms = at

    def _attend(self, agent_id: str, now: int) -> None:
        """Count the time since this agent was last looked at, by how they were then."""
        agent = self.desk.state.agents[agent_id]
        since, available, busy = self._since.get(agent_id, (now, False, False))
        attendance = self.attendance[agent_id]
        if available:
            attendance.available_ms += now - since
            attendance.busy_ms += (now - since) * busy
        self._since[agent_id] = (now, agent.presence is Presence.AVAILABLE, bool(agent.holding))


def _beginning(arrival: Arrival) -> StartInteraction:
    return StartInteraction(
        channel=arrival.channel,
        queue=arrival.queue,
        customer=arrival.customer,
        text=arrival.text,
        subject=arrival.subject,
        language=arrival.language,
        priority=arrival.priority,
        attributes=arrival.attributes,
    )


_FOLLOWS: dict[type, Callable[[Play, Any, int], None]] = {
    Offered: Play._offered,
    OfferAccepted: Play._accepted,
    ConversationEnded: Play._ended,
    InteractionClosed: Play._closed,
    InteractionAbandoned: Play._abandoned,
}
