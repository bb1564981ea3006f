"""What every decision works with: the state to read, the time, who asks, and fresh numbers."""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import Actor, Refused
from agentdesk.core.events import AnyEvent, Queued
from agentdesk.core.model import Interaction
from agentdesk.core.state import DeskState


class Granted(msgspec.Struct):
    """The command takes effect through these events. `id` and the others become part of the answer.

    No events means that it already had: `seq` is then the number of the event it had led to, if known.
    """

    events: list[AnyEvent]
    id: int = 0
    interaction_id: int = 0
    customer_id: int = 0
    seq: int = 0


Verdict = Granted | Refused


class Case:
    """One command in front of the desk. `new_…` count up from what the state has given out, without changing it."""

    __slots__ = ("_customer", "_interaction", "_message", "_offer", "_segment", "actor", "now", "state")

    def __init__(self, state: DeskState, now: int, actor: Actor) -> None:
        self.state = state
        self.now = now
        self.actor = actor
        counters = state.counters
        self._segment = counters.segment
        self._message = counters.message
        self._offer = counters.offer
        self._interaction = counters.interaction
        self._customer = counters.customer

    def new_segment(self) -> int:
        """The next segment's id."""
        self._segment += 1
        return self._segment

    def new_message(self) -> int:
        """The next message's id."""
        self._message += 1
        return self._message

    def new_offer(self) -> int:
        """The next offer's id."""
        self._offer += 1
        return self._offer

    def new_interaction(self) -> int:
        """The next interaction's id."""
        self._interaction += 1
        return self._interaction

    def new_customer(self) -> int:
        """The next customer's id."""
        self._customer += 1
        return self._customer

    def requeue(self, interaction: Interaction, reason: str, prefer: str | None = None, queue: str = "") -> Queued:
        """Back into the line at the place it has."""
        return Queued(
            interaction.id,
            queue or interaction.queue,
            interaction.queued_ms,
            interaction.place,
            reason,
            self.new_segment(),
            prefer,
        )
