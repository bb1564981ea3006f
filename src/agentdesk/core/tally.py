"""What is counted per queue as events happen: who is where, how many were answered in time, how fast the line moves."""

from __future__ import annotations

from collections import deque

from agentdesk.core.model import State

PACE_SAMPLES = 20
"""How many of the last answers the estimate of the wait looks at."""


class Tally:
    """One queue's counts. `states` are live; the rest counts since the process began."""

    __slots__ = ("abandoned", "answered", "answered_in_time", "answers", "states")

    def __init__(self) -> None:
        self.states: dict[State, int] = dict.fromkeys(State, 0)
        self.answered = 0
        self.answered_in_time = 0
        self.abandoned = 0
        self.answers: deque[int] = deque(maxlen=PACE_SAMPLES)

    def answer(self, at_ms: int, waited_ms: int, threshold_ms: int) -> None:
        """One was taken for the first time."""
        self.answered += 1
        if waited_ms <= threshold_ms:
            self.answered_in_time += 1
        self.answers.append(at_ms)

    def pace_ms(self, now: int) -> int | None:
        """The time from one answer to the next of late; it grows while nothing moves. None when too little is known."""
        if len(self.answers) < 2:
            return None
        return max(now - self.answers[0], 0) // len(self.answers)
