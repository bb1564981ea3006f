"""What is counted per queue as events happen: who is where, how many were answered in time, how fast the line moves."""

from __future__ import annotations

from collections import deque

from agentdesk.core.model import State

PACE_SAMPLES = 20
"""How many of the last answers the estimate of the wait looks at."""
HANDLING_SAMPLES = 100
"""How many of the last handling times it looks at."""
PATIENCE_SAMPLES = 400
"""After how many who have left the line the older half of what is known of their patience fades."""


class Tally:
    """One queue's counts since the process began; `states` and `resting` (what everyone has refused) are live."""

    __slots__ = (
        "_handled", "_handled_ms", "_left", "_out", "_waited_ms", "abandoned", "answered", "answered_in_time",
        "answers", "resting", "states",
    )  # fmt: skip

    def __init__(self) -> None:
        self.states: dict[State, int] = dict.fromkeys(State, 0)
        self.answered = 0
        self.answered_in_time = 0
        self.abandoned = 0
        self.resting = 0
        self.answers: deque[int] = deque(maxlen=PACE_SAMPLES)
        self._handled: deque[int] = deque()
        self._handled_ms = 0
        self._out = 0.0
        self._left = 0.0
        self._waited_ms = 0.0

    def answer(self, at_ms: int, waited_ms: int, threshold_ms: int) -> None:
        """One was taken for the first time."""
        self.answered += 1
        if waited_ms <= threshold_ms:
            self.answered_in_time += 1
        self.answers.append(at_ms)
        self._leaves_the_line(waited_ms)

    def abandon(self, waited_ms: int) -> None:
        """One left before anybody took it."""
        self.abandoned += 1
        self._left += 1
        self._leaves_the_line(waited_ms)

    def handle(self, took_ms: int) -> None:
        """One that was taken is done, wrap-up included."""
        self._handled.append(took_ms)
        self._handled_ms += took_ms
        if len(self._handled) > HANDLING_SAMPLES:
            self._handled_ms -= self._handled.popleft()

    def handling_ms(self) -> float | None:
        """How long one takes of late, from being taken to the end of wrap-up. None when none has been done."""
        return self._handled_ms / len(self._handled) if self._handled else None

    def leaving_rate(self) -> float:
        """How many of those who wait leave per millisecond of waiting, of late."""
        return self._left / self._waited_ms if self._waited_ms else 0.0

    def _leaves_the_line(self, waited_ms: int) -> None:
        self._out += 1
        self._waited_ms += waited_ms
        if self._out > PATIENCE_SAMPLES:
            self._out, self._left, self._waited_ms = self._out / 2, self._left / 2, self._waited_ms / 2

    def pace_ms(self, now: int) -> int | None:
        """The time from one answer to the next of late; it grows while nothing moves. None when too little is known."""
        if len(self.answers) < 2:
            return None
        return max(now - self.answers[0], 0) // len(self.answers)
