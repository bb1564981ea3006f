"""The desk: takes commands, answers with events. Decides, applies, then routes until nothing more can be offered."""

from __future__ import annotations

from copy import copy

from agentdesk.core import figures
from agentdesk.core.apply import apply
from agentdesk.core.audience import audience
from agentdesk.core.changes import Changes, Decision, Loaded
from agentdesk.core.commands import Actor, Answer, AnyCommand, Done, Refused
from agentdesk.core.decide import affinity, decide, rings
from agentdesk.core.decide.case import Case
from agentdesk.core.decide.offers import make, refused_by_all
from agentdesk.core.decide.timers import due
from agentdesk.core.events import AnyEvent, Recorded
from agentdesk.core.routing import Proposal, Step
from agentdesk.core.state import DeskState
from agentdesk.core.stats import HEAD_MAX, AgentStats, QueueStats, WaitingItem

__all__ = ["HEAD_MAX", "AgentStats", "Changes", "Decision", "Desk", "Loaded", "QueueStats", "WaitingItem"]

DESK = Actor("system", "desk")


class Desk:
    """The one deciding place. `state` is for reading; only events change it."""

    __slots__ = ("state",)

    def __init__(self, loaded: Loaded) -> None:
        self.state = DeskState(loaded)

    def handle(self, command: AnyCommand, now: int, actor: Actor) -> Decision:
        """Do what has become due, then what is asked. The events are part of the desk already: commit them in order."""
        now = max(now, self.state.now_ms)
        events: list[Recorded] = []
        self._do_what_is_due(now, events)
        return Decision(self._answer(command, now, actor, events), events)

    def tick(self, now: int) -> Decision:
        """Do what has become due by now."""
        now = max(now, self.state.now_ms)
        events: list[Recorded] = []
        self._do_what_is_due(now, events)
        return Decision(Done(self.state.counters.seq), events)

    def next_deadline(self) -> int | None:
        """When to call `tick`, if nothing else happens before."""
        entry = self.state.timers.next()
        return None if entry is None else entry[0]

    def take_changes(self) -> Changes:
        """The rows that changed since the last time, as they are now; later changes do not reach into them."""
        changes, self.state.changes = self.state.changes, Changes()
        changes.interactions = {i: copy(row) for i, row in changes.interactions.items()}
        changes.agents = {i: copy(row) for i, row in changes.agents.items()}
        return changes

    # --- figures ------------------------------------------------------------------------------------------------

    def queue_stats(self, queue_id: str) -> QueueStats:
        """One queue as it is now."""
        return figures.queue_stats(self.state, queue_id)

    def agent_stats(self, agent_id: str) -> AgentStats | None:
        """One agent as they are now; None when they were removed."""
        return figures.agent_stats(self.state, agent_id)

    def take_dirty_queues(self) -> set[str]:
        """The queues whose figures may have changed since the last time."""
        return figures.take_dirty_queues(self.state)

    def take_dirty_agents(self) -> set[str]:
        """The agents whose figures may have changed since the last time, with those removed."""
        return figures.take_dirty_agents(self.state)

    def waiting_order(self, queue_id: str) -> list[int]:
        """The interactions waiting in a queue, first in line first."""
        return self.state.router.line(queue_id)

    def estimate_ms(self, queue_id: str, position: int, now: int) -> int | None:
        """How long whoever is at this position (1 is next) may still wait; None when too little is known."""
        return figures.estimate_ms(self.state, queue_id, position, now)

    # --- inside -------------------------------------------------------------------------------------------------

    def _answer(self, command: AnyCommand, now: int, actor: Actor, events: list[Recorded]) -> Answer:
        verdict = decide(Case(self.state, now, actor), command)
        if isinstance(verdict, Refused):
            return verdict
        for event in verdict.events:
            self._record(event, now, events)
        seq = verdict.seq or self.state.counters.seq
        if verdict.events:
            self._route(now, events)
        return Done(seq, verdict.id, verdict.interaction_id, verdict.customer_id)

    def _do_what_is_due(self, now: int, events: list[Recorded]) -> None:
        timers = self.state.timers
        entry = timers.next()
        while entry is not None and entry[0] <= now:
            timers.pop()
            for event in due(Case(self.state, now, DESK), entry[1], entry[2]):
                self._record(event, now, events)
            self._route(now, events)
            entry = timers.next()

    def _route(self, now: int, events: list[Recorded]) -> None:
        state = self.state
        if state.router.can_be_stale:
            state.renew_router(now)
        proposal = state.router.next()
        while proposal is not None:
            case = Case(state, now, DESK)
            for event in self._step(case, proposal):
                self._record(event, now, events)
            proposal = state.router.next()

    def _step(self, case: Case, proposal: Proposal) -> list[AnyEvent]:
        state = self.state
        interaction = state.interactions[proposal.interaction_id]
        if proposal.step is Step.OFFER:
            trace = state.router.trace(proposal, case.now) if state.desk.trace else None
            return make(case, interaction, proposal.agent, trace)
        if proposal.step is Step.REST:
            return [refused_by_all(case, interaction)]
        if proposal.step is Step.WIDEN:
            return rings.skip(case, interaction, proposal.ring)
        return affinity.end(case, interaction, "unavailable")

    def _record(self, event: AnyEvent, now: int, events: list[Recorded]) -> None:
        state = self.state
        recorded = Recorded(state.counters.seq + 1, now, event, audience(state, event))
        apply(state, recorded)
        events.append(recorded)
