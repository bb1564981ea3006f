"""What a history cannot say: how long those would have waited who were answered, and how long those would have taken
who left.

Both are drawn from what was recorded of the same queue, by a seed and the interaction's number, so that two plays of
one history meet the same customers.
"""

from __future__ import annotations

import random

import msgspec

from agentdesk.core.commands import CustomerRef
from agentdesk.core.events import InteractionStarted
from agentdesk.planning.scenario import ENDLESS_MS, Arrival

HANDLE_MS = 300_000
"""How long an interaction takes where nothing at all was recorded."""


class Stay(msgspec.Struct):
    """One recorded interaction. `working_ms` is the time it was in somebody's hands, `since_ms` since when it is."""

    number: int
    started: InteractionStarted
    at_ms: int
    customer: CustomerRef
    text: str = ""
    agent: str = ""
    since_ms: int | None = None
    working_ms: int = 0
    answered_ms: int | None = None
    left_ms: int | None = None
    ended_ms: int | None = None
    wrapped_ms: int | None = None

    @property
    def queue(self) -> str:
        """The queue it came to."""
        return self.started.entry or self.started.queue


class Chance:
    """What is drawn: handling times from those recorded of the queue, patience from an exponential fitted to it."""

    def __init__(self, stays: list[Stay], seed: int) -> None:
        self._seed = seed
        self._handled: dict[str, list[tuple[int, int]]] = {}
        self._waited: dict[str, int] = {}
        self._left: dict[str, int] = {}
        for stay in stays:
            self._learn(stay)
        self._all = [times for of in self._handled.values() for times in of]

    def _learn(self, stay: Stay) -> None:
        until = stay.answered_ms if stay.left_ms is None else stay.left_ms
        if until is not None:
            self._waited[stay.queue] = self._waited.get(stay.queue, 0) + until - stay.at_ms
            self._left[stay.queue] = self._left.get(stay.queue, 0) + (stay.left_ms is not None)
        if stay.answered_ms is not None and stay.ended_ms is not None:
            self._handled.setdefault(stay.queue, []).append(times_of(stay))

    def arrival(self, stay: Stay) -> Arrival:
        """The customer of a recorded interaction, as they come again."""
        draw = random.Random(f"{self._seed} {stay.number}")
        started = stay.started
        handle_ms, wrapup_ms = (
            times_of(stay) if stay.ended_ms is not None and stay.answered_ms else self._drawn(stay, draw)
        )
        return Arrival(
            at_ms=stay.at_ms,
            queue=stay.queue,
            handle_ms=handle_ms,
            channel=started.channel,
            wrapup_ms=wrapup_ms,
            patience_ms=self._patience(stay, draw),
            customer=stay.customer,
            subject=started.subject,
            text=stay.text,
            language=started.language,
            attributes=started.attributes,
        )

    def _drawn(self, stay: Stay, draw: random.Random) -> tuple[int, int]:
        recorded = self._handled.get(stay.queue) or self._all
        return draw.choice(recorded) if recorded else (HANDLE_MS, 0)

    def _patience(self, stay: Stay, draw: random.Random) -> int:
        if stay.left_ms is not None:
            return stay.left_ms - stay.at_ms
        left, waited = self._left.get(stay.queue, 0), self._waited.get(stay.queue, 0)
        if not left or not waited:
            return ENDLESS_MS
        # Exponential patience forgets: whoever waited so long would have waited on by the same law.
        so_far = 0 if stay.answered_ms is None else stay.answered_ms - stay.at_ms
        return so_far + round(draw.expovariate(left / waited))


def times_of(stay: Stay) -> tuple[int, int]:
    """How long it was in hand, and how long its wrap-up took."""
    ended = stay.ended_ms or 0
    return stay.working_ms, 0 if stay.wrapped_ms is None else stay.wrapped_ms - ended
