"""One visitor's socket: what goes out, in order and bounded, and what has been told already."""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from agentdesk.protocol.webchat import (
    FRAME_MAX,
    Bye,
    ChatMessage,
    ChatStatus,
    Error,
    Receipts,
    ServerFrame,
    encode_frame,
)

CLOSE_NORMAL = 1000
CLOSE_POLICY = 1008
CLOSE_TOO_BIG = 1009
CLOSE_RESTART = 1012
CLOSE_LATER = 1013
BACKLOG_MAX = 1_000
"""Messages kept for a socket whose history is being read."""


class Refusal(Exception):
    """The socket can't go on: `error` is said, then it is closed with `code`."""

    def __init__(self, error: Error, code: int = CLOSE_POLICY) -> None:
        super().__init__(error.code)
        self.error = error
        self.code = code


class Session:
    """One socket of a visitor (each tab has its own). `sent` is the last message id that went out on it."""

    def __init__(self, socket: WebSocket, outbox_bytes: int) -> None:
        self.sent = 0
        self.welcomed = False
        self.closed = asyncio.Event()
        self._socket = socket
        self._outbox_bytes = outbox_bytes
        self._outbox: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._closing: int | None = None
        self._backlog: list[tuple[ChatMessage, bytes]] = []
        self._status: ChatStatus | None = None
        self._receipts: Receipts | None = None

    @property
    def is_closing(self) -> bool:
        """Whether the server has given this socket up."""
        return self._closing is not None

    # --- telling ------------------------------------------------------------------------------------------------

    def message(self, message: ChatMessage, frame: bytes) -> None:
        """Tell a message (its `frame` encoded once for all), unless it was told before or history is being read."""
        if not self.welcomed:
            self._backlog.append((message, frame))
            if len(self._backlog) > BACKLOG_MAX:
                self.close(CLOSE_LATER)
        elif message.id > self.sent:
            self.sent = message.id
            self.write(frame)

    def status(self, status: ChatStatus) -> None:
        """Tell where the conversation is, if that is news."""
        if self.welcomed and status != self._status:
            self._status = status
            self.send(status)

    def receipts(self, receipts: Receipts) -> None:
        """Tell what has been read, if that is news."""
        if self.welcomed and receipts != self._receipts:
            self._receipts = receipts
            self.send(receipts)

    def begin(self, status: ChatStatus, receipts: Receipts, sent: int) -> None:
        """The welcome went out with these and messages up to `sent`: tell what came meanwhile, then all as it comes."""
        self.welcomed = True
        self.sent = sent
        self._status, self._receipts = status, receipts
        for message, frame in self._backlog:
            self.message(message, frame)
        self._backlog = []

    def send(self, frame: ServerFrame) -> None:
        """Put a frame in the outbox."""
        self.write(encode_frame(frame))

    def write(self, frame: bytes) -> None:
        """Put an encoded frame in the outbox; a visitor who does not read is cut and resumes by id."""
        if self.is_closing:
            return
        if self._waiting_bytes > self._outbox_bytes:
            self._outbox.clear()
            self._outbox.append(encode_frame(Bye("slow")))
            self.close(CLOSE_LATER)
            return
        self._waiting_bytes += len(frame)
        self._outbox.append(frame)
        self._wake.set()

    def close(self, code: int) -> None:
        """Close once the outbox is empty."""
        if self._closing is None:
            self._closing = code
            self._wake.set()

    # --- the socket ---------------------------------------------------------------------------------------------

    async def receive(self) -> str:
        """The next frame's text. `WebSocketDisconnect` at the end, `Refusal` for what is no text or too big."""
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", CLOSE_NORMAL), event.get("reason"))
        text = event.get("text")
        if text is None:
            raise Refusal(Error("bad_frame", "Frames are text."))
        if len(text) > FRAME_MAX or len(text.encode()) > FRAME_MAX:
            raise Refusal(Error("too_big", f"A frame may hold {FRAME_MAX} bytes."), CLOSE_TOO_BIG)
        return str(text)

    async def write_all(self) -> None:
        """Send what is in the outbox, as it comes, until the socket is gone or closed."""
        try:
            while True:
                while self._outbox:
                    frame = self._outbox.popleft()
                    self._waiting_bytes -= len(frame)
                    await self._socket.send_text(frame.decode())
                if self._closing is not None:
                    await self._close_socket(self._closing)
                    return
                self._wake.clear()
                await self._wake.wait()
        except WebSocketDisconnect:
            return  # the reader hears of it too
        finally:
            self.closed.set()

    async def _close_socket(self, code: int) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.close(code)
