"""Commands on their way to the server: each under its key until its answer is here, in order, over reconnects.

Pure. Commands of one line (one interaction, one offer) go out one after the other's answer, so that one which has
to be asked again keeps its place; different lines don't wait for each other.
"""

from __future__ import annotations

from collections import deque

import msgspec

from agentdesk.client import echo
from agentdesk.client.mirror import Mirror
from agentdesk.core.commands import Answer, ClientCommand, MarkRead, SaveDraft, SaveWrapup, SendMessage
from agentdesk.protocol.messages import Do

ASKED_MAX = 1_000
"""Commands without an answer, kept over a lost connection; one more is refused as busy."""
IN_FLIGHT_MAX = 32
"""Commands sent and not answered at one time; the others wait their turn."""
BUSY_PAUSE_MS = 1_000

LATEST_ONLY = (SaveDraft, SaveWrapup, MarkRead)
"""Of these only the newest for an interaction has to arrive."""

Line = tuple[str, int]
Asked = tuple[str, ClientCommand]


class Outbox:
    """What was asked and has no answer. `mirror.asked` holds the commands; this holds how far each got."""

    def __init__(self, mirror: Mirror, client: str) -> None:
        self.paused_until_ms = 0
        self._mirror = mirror
        self._client = client
        self._count = 0
        self._unsent: deque[str] = deque()
        self._in_flight: dict[str, Line] = {}
        self._sent_before: set[str] = set()
        self._same_answer: dict[str, list[Asked]] = {}

    def __len__(self) -> int:
        return len(self._mirror.asked)

    @property
    def is_full(self) -> bool:
        """Whether one more would be too many."""
        return len(self._mirror.asked) >= ASKED_MAX

    @property
    def is_waiting(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._unsent)

    def name(self, command: ClientCommand) -> Asked:
        """Give a command its key; a message is recognised by it too."""
        self._count += 1
        key = f"{self._client}.{self._count}"
        if isinstance(command, SendMessage) and not command.client_id:
            command = msgspec.structs.replace(command, client_id=key)
        return key, command

    def add(self, key: str, command: ClientCommand, server_now: int) -> None:
        """Keep a command until it is answered."""
        if isinstance(command, LATEST_ONLY):
            self._supersede(key, command)
        echo.asked(self._mirror, key, command, server_now)
        self._unsent.append(key)

    def sendable(self, now: int) -> list[Do]:
        """What may go out now. It counts as sent."""
        if now < self.paused_until_ms or not self._unsent:
            return []
        self.paused_until_ms = 0
        taken = set(self._in_flight.values())
        frames: list[Do] = []
        later: list[str] = []
        while self._unsent and len(self._in_flight) < IN_FLIGHT_MAX:
            key = self._unsent.popleft()
            line = _line(self._mirror.asked[key])
            if line in taken:
                later.append(key)
            else:
                frames.append(self._send(key, line))
            taken.add(line)
        self._unsent.extendleft(reversed(later))
        return frames

    def busy(self, key: str, now: int) -> None:
        """The server has too much to do, or is stopping: ask the same again after a pause, or after the reconnect."""
        if self._in_flight.pop(key, None) is not None:
            self.paused_until_ms = now + BUSY_PAUSE_MS
            self._unsent.appendleft(key)

    def answered(self, key: str, answer: Answer) -> list[Asked]:
        """The answer is here: which commands it answers, in the order they were asked. None if it came before."""
        command = self._mirror.asked.get(key)
        if command is None:
            return []
        self._in_flight.pop(key, None)
        self._sent_before.discard(key)
        echo.answered(self._mirror, key, answer)
        return [*self._same_answer.pop(key, []), (key, command)]

    def lost(self) -> None:
        """The connection is gone: everything without an answer is sent again, in its order."""
        self._in_flight.clear()
        self.paused_until_ms = 0
        self._unsent = deque(self._mirror.asked)

    def _send(self, key: str, line: Line) -> Do:
        again = key in self._sent_before
        self._in_flight[key] = line
        self._sent_before.add(key)
        return Do(key, self._mirror.asked[key], again)

    def _supersede(self, key: str, command: SaveDraft | SaveWrapup | MarkRead) -> None:
        """An older draft that never went out need not: it gets the newer one's answer."""
        for old_key in self._unsent:
            old = self._mirror.asked[old_key]
            if type(old) is not type(command) or old.interaction_id != command.interaction_id:
                continue
            if old_key in self._sent_before:
                continue
            self._unsent.remove(old_key)
            del self._mirror.asked[old_key]
            self._same_answer[key] = [*self._same_answer.pop(old_key, []), (old_key, old)]
            return


def _line(command: ClientCommand) -> Line:
    if interaction_id := getattr(command, "interaction_id", 0):
        return "interaction", interaction_id
    return type(command).__name__, getattr(command, "offer_id", 0)
