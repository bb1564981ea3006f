"""The server's side of one agent's session, without I/O: what came in and when -> what the caller must do next.

    hello -> SignIn                 the caller checks the token, then calls `opened` or ends the session
    do    -> Execute                the caller submits it; its answer goes out as a `reply`
    typing-> Relay, ping -> Send
    anything that doesn't fit -> Send(error), and End after it when the session can't go on

Time is an argument: seconds that only go forward.
"""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import ClientCommand
from agentdesk.protocol.codec import BadFrame, decode_client
from agentdesk.protocol.messages import (
    PROTOCOL_VERSION,
    Do,
    ErrorFrame,
    Hello,
    Ping,
    Pong,
    ServerFrame,
    Typing,
)

HELLO_TIMEOUT_S = 10.0
BAD_FRAMES_MAX = 20
"""Frames that don't fit before the session is ended: a client that is broken, not one that slipped."""

CLOSE_NORMAL = 1000
CLOSE_RESTART = 1012
CLOSE_REFUSED = 4001
CLOSE_BROKEN = 4002
CLOSE_SLOW = 4008


class SignIn(msgspec.Struct, frozen=True):
    """Check this token and open the session, or end it."""

    hello: Hello


class Execute(msgspec.Struct, frozen=True):
    """Submit this command under this key; the session gets its answer as a `reply`."""

    key: str
    command: ClientCommand
    again: bool


class Relay(msgspec.Struct, frozen=True):
    """Tell the other side of the interaction that someone types."""

    typing: Typing


class Send(msgspec.Struct, frozen=True):
    """Send this frame."""

    frame: ServerFrame


class Wait(msgspec.Struct, frozen=True):
    """Stop reading from this client for so many seconds: it asks faster than it may."""

    seconds: float


class End(msgspec.Struct, frozen=True):
    """Send this frame, if there is one, then close with this code."""

    frame: ServerFrame | None
    code: int


Action = SignIn | Execute | Relay | Send | Wait | End


class ServerSession:
    """Where one session is: it awaits hello, is being signed in, is open, or is over.

    `rate` commands a second are taken; `burst` at once. Faster than that the caller is told to `Wait`, which
    pushes back through TCP; what is already on its way is still taken, up to as much again.
    """

    def __init__(self, now_s: float, rate: float, burst: float | None = None) -> None:
        self._rate = rate
        self._burst = burst if burst is not None else rate * 2
        self._tokens = self._burst
        self._refilled_s = now_s
        self._bad = 0
        self._state = "hello"
        self.hello_by_s = now_s + HELLO_TIMEOUT_S

    @property
    def is_open(self) -> bool:
        """Whether hello was accepted and the session goes on."""
        return self._state == "open"

    @property
    def is_over(self) -> bool:
        """Whether the session has ended; nothing that still arrives counts."""
        return self._state == "over"

    def opened(self) -> None:
        """The token is good: from here on commands are taken."""
        assert self._state == "signing_in", self._state
        self._state = "open"

    def over(self) -> None:
        """The session ended, by whichever side."""
        self._state = "over"

    def late(self, now_s: float) -> list[Action]:
        """What to do at `hello_by_s`: end a session that has said nothing so far."""
        if self._state != "hello" or now_s < self.hello_by_s:
            return []
        return [self._end("bad_frame", f"No hello came within {HELLO_TIMEOUT_S:.0f} seconds.", CLOSE_BROKEN)]

    def receive(self, data: bytes, now_s: float) -> list[Action]:
        """What to do about one frame, in this order."""
        if self._state == "over":
            return []
        pause = self._take(now_s)
        if pause is not None and self._tokens < -self._burst:
            return [self._end("too_fast", f"At most {self._rate:g} frames a second are taken.", CLOSE_BROKEN)]
        try:
            actions = self._frame(decode_client(data))
        except BadFrame as bad:
            actions = self._refuse(bad)
        return actions if pause is None else [*actions, Wait(pause)]

    def _frame(self, frame: Hello | Do | Typing | Ping) -> list[Action]:
        if isinstance(frame, Ping):
            return [Send(Pong(frame.n))]
        if isinstance(frame, Hello):
            return self._hello(frame)
        if self._state != "open":
            raise BadFrame("bad_frame", "The first frame must be hello, and its answer awaited.")
        if isinstance(frame, Typing):
            return [Relay(frame)]
        return [Execute(frame.key, frame.command, frame.again)]

    def _hello(self, hello: Hello) -> list[Action]:
        if self._state != "hello":
            raise BadFrame("bad_frame", "This session has had its hello.")
        if hello.version != PROTOCOL_VERSION:
            text = (
                f"This server speaks version {PROTOCOL_VERSION} of the protocol, not {hello.version}. Update the older."
            )
            return [self._end("bad_version", text, CLOSE_REFUSED)]
        self._state = "signing_in"
        return [SignIn(hello)]

    def _refuse(self, bad: BadFrame) -> list[Action]:
        self._bad += 1
        if self._state == "hello" or self._bad > BAD_FRAMES_MAX:
            return [self._end(bad.code, bad.message, CLOSE_BROKEN)]
        return [Send(ErrorFrame(bad.code, bad.message, bad.key))]

    def _end(self, code: str, message: str, close: int) -> End:
        self._state = "over"
        return End(ErrorFrame(code, message), close)

    def _take(self, now_s: float) -> float | None:
        """Count one frame; how long to stop reading when that is too many."""
        self._tokens = min(self._burst, self._tokens + (now_s - self._refilled_s) * self._rate)
        self._refilled_s = now_s
        self._tokens -= 1
        return None if self._tokens >= 0 else -self._tokens / self._rate
