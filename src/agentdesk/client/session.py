"""One client's side of the wire, without I/O: hello, resume, resending, keep-alive. The link moves the bytes.

The session outlives connections. Its owner calls

- `opened` when a connection is there, then sends what `take` gives, now and after every other call;
- `receive` for each text frame that comes, `lost` when the connection is gone (and opens another after a while);
- `tick` when `due` says so; `closing` is not empty when the connection has to be closed (then call `lost`).

Each returns notices: (topic, detail) as `agentdesk.client.port.Listener` describes them. `now` is the client's own
clock in milliseconds; `server_now` turns it into the server's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from agentdesk.client.fold import fold
from agentdesk.client.mirror import Mirror
from agentdesk.client.outbox import Outbox
from agentdesk.client.port import LinkState
from agentdesk.core.commands import Answer, ClientCommand, Refused
from agentdesk.core.events import AgentConnected, AgentDisconnected
from agentdesk.protocol import messages as wire
from agentdesk.protocol.codec import BadFrame, decode_server, encode

WELCOME_WAIT_MS = 10_000
SILENCE_MAX = 2.5
"""A server that says nothing for so many keep-alive intervals is taken for gone."""
FOR_GOOD = {"bad_token", "bad_version", "not_permitted", "signed_out", "too_many"}
"""Reasons after which connecting again would get the same, or would push out another screen of the same user.

`replaced` is none of them: it says that the server took an older connection of ours, late to arrive, for the newer.
"""

UNREMARKABLE = (AgentConnected, AgentDisconnected)
"""What our own coming and going causes is not something that arrived while we were away."""

Notice = tuple[str, object]


class Session:
    """Hello, resume, commands and their answers, keep-alive: everything but the socket and the clock."""

    def __init__(self, token: str, client: str, mirror: Mirror, *, mode: str = "desk") -> None:
        self.mirror = mirror
        self.link = LinkState("connecting")
        self.closing = ""
        """Why the connection has to be closed, if it has to."""
        self.refused = ""
        """The server's reason when connecting again makes no sense."""
        self._token = token
        self._client = client
        self._mode = mode
        self._outbox = Outbox(mirror, client)
        self._out: deque[wire.ClientFrame] = deque()
        self._offset_ms = 0
        self._before: dict[int, int] = {}
        self._missed = 0
        self._been_live = False
        self._keepalive_ms = 15_000
        self._heard_ms = 0
        self._ping_at_ms: int | None = None
        self._pinged: tuple[int, int] | None = None
        self._opened = False

    # --- what the client asks -----------------------------------------------------------------------------------

    def submit(self, command: ClientCommand, now: int) -> tuple[str, list[Notice]]:
        """Queue a command; it goes out when the session is live. Its key and what followed at once."""
        key, command = self._outbox.name(command)
        if self._outbox.is_full:
            return key, [("answer", (key, command, Refused("busy", "Too much waits for the server to answer.")))]
        self._outbox.add(key, command, self.server_now(now))
        self._flush(now)
        return key, []

    def typing(self, interaction_id: int, active: bool) -> None:
        """Tell the server that the agent types; nothing when not live."""
        if self.link.state == "live":
            self._out.append(wire.Typing(interaction_id, active))

    def server_now(self, now: int) -> int:
        """The server's clock, as far as the last welcome told."""
        return now + self._offset_ms

    def take(self) -> list[bytes]:
        """The frames to send now, in order."""
        frames = [encode(frame) for frame in self._out]
        self._out.clear()
        return frames

    def _flush(self, now: int) -> None:
        if self.link.state == "live":
            self._out.extend(self._outbox.sendable(now))

    # --- the connection -----------------------------------------------------------------------------------------

    def opened(self, now: int) -> list[Notice]:
        """A connection is there: say hello with the last number folded."""
        self._opened = True
        self.closing = ""
        self._out.clear()
        self._heard_ms = now
        self._before = {i: c.interaction.last_message_id for i, c in self.mirror.conversations.items()}
        self._missed = 0
        hello = wire.Hello(
            self._token, self._client, last_seq=self.mirror.seq, epoch=self.mirror.epoch, mode=self._mode
        )
        self._out.append(hello)
        return self._become(LinkState("connecting"))

    def lost(self, now: int, detail: str = "", retry_in_s: float | None = None) -> list[Notice]:
        """The connection is gone: what has no answer waits to be sent again, in its order."""
        self._opened = False
        self._out.clear()
        self._outbox.lost()
        self._ping_at_ms = self._pinged = None
        state = "refused" if self.refused else "offline"
        retry = None if self.refused else retry_in_s
        return self._become(LinkState(state, self.closing or detail, retry_in_s=retry, code=self.refused))

    def renew(self, token: str) -> list[Notice]:
        """Another token for the same user: what was asked and folded stays, and connecting makes sense again."""
        self._token, self.refused, self.closing = token, "", ""
        return self._become(LinkState("connecting"))

    def receive(self, data: str | bytes, now: int) -> list[Notice]:
        """One frame came. What is not a frame of this protocol closes the connection."""
        self._heard_ms = now
        try:
            frame = decode_server(data)
        except BadFrame as bad:
            return self._close(f"the server sent what this client doesn't understand: {bad.message}")
        notices = _HANDLERS[type(frame)](self, frame, now)
        self._flush(now)
        return notices

    def due(self) -> int | None:
        """When to call `tick` at the latest."""
        if not self._opened:
            return None
        times = [self._heard_ms + self._silence_ms()]
        if self._ping_at_ms is not None:
            times.append(self._ping_at_ms)
        if self._outbox.paused_until_ms and self._outbox.is_waiting:
            times.append(self._outbox.paused_until_ms)
        return min(times)

    def tick(self, now: int) -> list[Notice]:
        """Time has passed: ask whether the server is there, or conclude that it is not."""
        if not self._opened:
            return []
        if now - self._heard_ms >= self._silence_ms():
            return self._close("the server is silent")
        if self._ping_at_ms is not None and now >= self._ping_at_ms:
            self._ping(now)
        self._flush(now)
        return []

    def _silence_ms(self) -> int:
        return WELCOME_WAIT_MS if self.link.state != "live" else int(self._keepalive_ms * SILENCE_MAX)

    def _ping(self, now: int) -> None:
        number = 1 if self._pinged is None else self._pinged[0] + 1
        self._pinged = (number, now)
        self._ping_at_ms = now + self._keepalive_ms
        self._out.append(wire.Ping(number))

    def _close(self, why: str) -> list[Notice]:
        self.closing = why
        return []

    def _become(self, link: LinkState) -> list[Notice]:
        if link == self.link:
            return []
        self.link = link
        return [("link", link)]

    # --- frames -------------------------------------------------------------------------------------------------

    def _welcome(self, frame: wire.Welcome, now: int) -> list[Notice]:
        if self.mirror.user not in ("", frame.user):
            self.refused = "other_user"
            return self._close(f"This screen is {self.mirror.user}'s and the sign-in is {frame.user}'s.")
        self._offset_ms = frame.now_ms - now
        self._keepalive_ms = max(frame.keepalive_s, 1) * 1000
        fold(self.mirror, frame)
        return []

    def _snapshot(self, frame: wire.Snapshot, now: int) -> list[Notice]:
        fold(self.mirror, frame)
        if self._been_live:
            for number, conversation in self.mirror.conversations.items():
                before = self._before.get(number, 0)
                self._missed += sum(1 for m in conversation.messages if m.id > before)
        return [("snapshot", None)]

    def _event(self, frame: wire.EventFrame, now: int) -> list[Notice]:
        if not fold(self.mirror, frame):
            return []
        if self.link.state != "live" and not isinstance(frame.event, UNREMARKABLE):
            self._missed += 1
        return [("event", frame)]

    def _live(self, frame: wire.Live, now: int) -> list[Notice]:
        fold(self.mirror, frame)
        if self.link.state == "live":
            return []
        missed = self._missed if self._been_live else 0
        self._been_live = True
        notices = self._become(LinkState("live", missed=missed))
        self._ping(now)
        return notices

    def _reply(self, frame: wire.Reply, now: int) -> list[Notice]:
        if isinstance(frame.answer, Refused) and frame.answer.code == "busy":
            self._outbox.busy(frame.key, now)
            return []
        return self._answer(frame.key, frame.answer)

    def _answer(self, key: str, answer: Answer) -> list[Notice]:
        return [("answer", (each, asked, answer)) for each, asked in self._outbox.answered(key, answer)]

    def _queue(self, frame: wire.QueueFrame, now: int) -> list[Notice]:
        fold(self.mirror, frame)
        return [("queues", frame.queues)]

    def _agents(self, frame: wire.AgentsFrame, now: int) -> list[Notice]:
        fold(self.mirror, frame)
        return [("agents", frame.agents)]

    def _typing(self, frame: wire.Typing, now: int) -> list[Notice]:
        fold(self.mirror, frame)
        return [("typing", frame)]

    def _settings(self, frame: wire.SettingsChanged, now: int) -> list[Notice]:
        return [("settings", None)]

    def _pong(self, frame: wire.Pong, now: int) -> list[Notice]:
        if self._pinged is None or frame.n != self._pinged[0] or self.link.state != "live":
            return []
        return self._become(msgspec.structs.replace(self.link, round_trip_ms=now - self._pinged[1]))

    def _bye(self, frame: wire.Bye, now: int) -> list[Notice]:
        self.refused = frame.reason if frame.reason in FOR_GOOD else ""
        return self._close(frame.message or frame.reason)

    def _error(self, frame: wire.ErrorFrame, now: int) -> list[Notice]:
        """An error that names a command is its answer. One before we are live says why we never will be."""
        if frame.key:
            return self._answer(frame.key, Refused(frame.code, frame.message))
        if self.link.state == "live":
            return []
        self.refused = frame.code if frame.code in FOR_GOOD else ""
        return self._close(frame.message or frame.code)


_HANDLERS: dict[type, Callable[[Session, Any, int], list[Notice]]] = {
    wire.Welcome: Session._welcome,
    wire.Snapshot: Session._snapshot,
    wire.EventFrame: Session._event,
    wire.Live: Session._live,
    wire.Reply: Session._reply,
    wire.QueueFrame: Session._queue,
    wire.AgentsFrame: Session._agents,
    wire.Typing: Session._typing,
    wire.SettingsChanged: Session._settings,
    wire.Pong: Session._pong,
    wire.Bye: Session._bye,
    wire.ErrorFrame: Session._error,
}
