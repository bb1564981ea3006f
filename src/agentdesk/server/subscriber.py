"""The publishing side of one session: what goes out now, what waits until it has caught up, when it is cut.

A subscriber is not live at first: events gather in its backlog while its snapshot or its missed events are read
from the store. Then the backlog follows and it is live. When something can't be said at once (an offer whose
messages only the store has, a backlog that grew too long) it falls back to catching up: resume by number, in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from agentdesk.protocol.codec import encode
from agentdesk.protocol.messages import Bye, Live, ServerFrame
from agentdesk.protocol.session import CLOSE_SLOW
from agentdesk.server.hub import text_frame

BACKLOG_MAX = 1_000
"""Events kept for a session that is catching up; beyond that it reads them from the store."""


class Outlet(Protocol):
    """Where frames go: a WebSocket's hub, or a list in a test."""

    is_slow: bool
    raw: Callable[[bytes], None]
    """Sends bytes at once; raises RuntimeError when the connection is closed."""

    def write(self, frame: bytes) -> None:
        """Send bytes that are framed already."""

    def unsent(self) -> int:
        """Bytes that wait to be sent."""

    def finish(self, code: int, reason: str = "") -> None:
        """Close."""

    async def drained(self) -> None:
        """Wait until the client has read most of what was sent."""


class Subscriber:
    """One session's outbox. `queues` are those it may see, None for all; `agent` is '' for a monitor."""

    __slots__ = (
        "_backlog", "_gap", "_outbox_bytes", "agent", "client", "fast", "gone", "live", "outlet", "queues", "raw",
        "sees_agents", "seq",
    )  # fmt: skip

    def __init__(
        self,
        outlet: Outlet,
        *,
        agent: str,
        client: str,
        queues: tuple[str, ...] | None,
        sees_agents: bool,
        outbox_bytes: int,
    ) -> None:
        self.outlet = outlet
        self.raw = outlet.raw
        self.agent = agent
        self.client = client
        self.queues = queues
        self.sees_agents = sees_agents
        self.live = False
        self.gone = False
        self.fast = False
        self.seq = 0
        self._outbox_bytes = outbox_bytes
        self._backlog: list[tuple[int, bytes]] = []
        self._gap = 0

    def event(self, seq: int, frame: bytes | None) -> bool:
        """One event for this agent, framed; None when only the store can tell it.

        Returns whether the session has to catch up now: it was live and can't go on as it is.
        """
        if self.gone:
            return False
        if self.live and frame is not None:
            self.seq = seq
            self.write(frame)
            return False
        if frame is None or len(self._backlog) >= BACKLOG_MAX:
            self._gap = seq
            self._backlog.clear()
        elif seq > self._gap:
            self._backlog.append((seq, frame))
        was_live, self.live, self.fast = self.live, False, False
        return was_live

    def send(self, frame: ServerFrame) -> None:
        """Send one frame to this session alone."""
        self.write(text_frame(encode(frame)))

    def write(self, frame: bytes) -> None:
        """Send bytes that are framed already; a client that does not read is cut."""
        if self.gone:
            return
        try:
            self.raw(frame)
        except RuntimeError:
            self.end()  # uvloop: the transport is closed, and the protocol has yet to hear of it
            return
        if self.outlet.is_slow and self.outlet.unsent() > self._outbox_bytes:
            self.cut()

    def cut(self) -> None:
        """End the session of a client that does not read; it comes back and resumes by number."""
        if not self.gone:
            self.end()
            self.outlet.write(text_frame(encode(Bye("slow", "You were too far behind; connect again."))))
            self.outlet.finish(CLOSE_SLOW, "slow")

    def end(self) -> None:
        """Send nothing more: the connection is gone or going."""
        self.gone = True
        self.live = self.fast = False
        self._backlog.clear()

    def pace_changed(self) -> None:
        """Whether it is live and its client reads: then `raw` may be used, and what many get costs the least."""
        self.fast = self.live and not self.outlet.is_slow

    def caught_up(self, seq: int) -> bool:
        """All events up to `seq` were sent: send what came since and go live, unless there is a gap to read first."""
        if self._gap > seq:
            return False
        for number, frame in self._backlog:
            if number > seq:
                self.seq = number
                self.write(frame)
        self._backlog.clear()
        self.seq = max(self.seq, seq)
        self.live = not self.gone
        self.pace_changed()
        self.send(Live(self.seq))
        return True
