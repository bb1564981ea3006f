"""What every decision works with: the state to read, the time, who asks, and fresh numbers."""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import Actor, Refused
from agentdesk.core.events import AnyEvent, Queued, RingEntered
from agentdesk.core.model import Interaction, QueueConfig
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

    def requeue(self, interaction: Interaction, reason: str, prefer: str | None = None, to: str = "") -> list[AnyEvent]:
        """Back into the line at the place it has, in the rings whose time has come; or into that of another queue."""
        same = to in ("", interaction.queue)
        queue = self.state.queues[to or interaction.queue]
        entered, ring = (interaction.entered_ms, interaction.ring) if same else (self.now, 0)
        queued = Queued(
            interaction.id,
            queue.id,
            interaction.queued_ms,
            interaction.place,
            reason,
            self.new_segment(),
            prefer,
            interaction.prefer_until_ms if prefer is not None and prefer == interaction.prefer else None,
            entered if same else None,
        )
        return [queued, *due_rings(self.now, interaction.id, queue, entered, ring)] if queue.rings else [queued]


def due_rings(now: int, interaction_id: int, queue: QueueConfig, entered_ms: int, ring: int) -> list[AnyEvent]:
    """The widest of the queue's rings whose time has come, beyond the one it is in."""
    rings, due = queue.rings, ring
    while due < len(rings) and entered_ms + rings[due].after_s * 1000 <= now:
        due += 1
    return [RingEntered(interaction_id, due)] if due > ring else []
