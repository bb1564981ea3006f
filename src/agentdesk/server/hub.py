"""uvicorn's WebSocket protocol, opened up: frames go straight to the transport and come straight from the parser.

An event that many clients get is framed once and written to each transport as it is; what a client sends reaches
its session without a queue or a task in between. That goes round flow control, so whoever writes watches
`unsent` and `is_slow`.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "agentdesk.hub"
ABORT_S = 2.0
"""How long a client has to answer a close before its connection is dropped."""


def text_frame(payload: bytes) -> bytes:
    """One unmasked text frame, as a server sends it (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


class Sink(Protocol):
    """Who gets what one client sends."""

    def frame_received(self, data: bytes) -> None:
        """A whole text message came; binary ones are refused before this."""

    def pace_changed(self) -> None:
        """The client began or ceased to read too slowly."""

    def connection_closed(self) -> None:
        """The connection is gone or going, by whichever side; called once."""

    def server_stops(self) -> None:
        """The server stops; the last chance to say something."""


class HubProtocol(WebSocketsSansIOProtocol):
    """The protocol with a `Sink` of ours in place of the ASGI receive queue."""

    sink: Sink | None = None
    raw: Callable[[bytes], None]
    """The transport's own write: what many clients get goes out without a call more."""
    is_slow = False
    """Whether more waits to be sent than the transport's high-water mark."""

    async def run_asgi(self) -> None:
        """Hand this protocol to the application."""
        cast(dict[str, object], self.scope["extensions"])[EXTENSION] = self
        await super().run_asgi()

    def take_over(self, sink: Sink) -> None:
        """From now on the sink gets every message, beginning with those that wait."""
        self.sink = sink
        self.raw = self.transport.write
        self.ended = asyncio.Event()
        while not self.queue.empty():
            event = self.queue.get_nowait()
            if event["type"] == "websocket.receive":
                sink.frame_received((event.get("text") or "").encode())
            elif event["type"] == "websocket.disconnect":
                self._closed()
        self.resume()

    def write(self, frame: bytes) -> None:
        """Send bytes that are framed already."""
        if not self.transport.is_closing():
            self.transport.write(frame)

    async def drained(self) -> None:
        """Wait until the client has read most of what was sent."""
        await self.writable.wait()

    def unsent(self) -> int:
        """Bytes that wait to be sent."""
        return self.transport.get_write_buffer_size()

    def pause(self) -> None:
        """Stop reading, so that the client is held back by TCP."""
        if not self.read_paused and not self.transport.is_closing():
            self.read_paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self.read_paused and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()

    def finish(self, code: int, reason: str = "") -> None:
        """Close in an orderly way; a client that does not answer is dropped."""
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        self.resume()
        self.close_timer = self.loop.call_later(ABORT_S, self.transport.abort)
        self._closed()

    # --- what uvicorn calls -----------------------------------------------------------------------------------

    def send_receive_event_to_app(self) -> None:
        """A whole message is here."""
        if self.sink is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type != "text":
            self.finish(1003, "text frames only")
            return
        self.sink.frame_received(data)

    def pause_writing(self) -> None:
        """The transport's buffer is above its high-water mark."""
        self.is_slow = True
        super().pause_writing()
        if self.sink is not None:
            self.sink.pace_changed()

    def resume_writing(self) -> None:
        """The transport's buffer is low again."""
        self.is_slow = False
        super().resume_writing()
        if self.sink is not None:
            self.sink.pace_changed()

    def handle_close(self, event: object) -> None:
        """The client closes, or answers our close."""
        super().handle_close(event)  # type: ignore[arg-type]
        self._closed()

    def handle_parser_exception(self) -> None:
        """The client broke the WebSocket protocol, or its message is larger than any may be."""
        super().handle_parser_exception()
        self._closed()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        self._closed()

    def shutdown(self) -> None:
        """The server stops: the sink says so before the close frame."""
        if self.sink is not None and not self.close_sent:
            self.sink.server_stops()
        if self.transport.get_write_buffer_size() > 0:
            self.loop.call_later(ABORT_S, self.transport.abort)
        super().shutdown()
        self._closed()

    def _closed(self) -> None:
        if self.sink is not None and not self.ended.is_set():
            self.ended.set()
            self.sink.connection_closed()
