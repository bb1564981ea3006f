"""WebSocket clients that cost next to nothing, so that a measurement is of the server: parse frames, call back."""

from __future__ import annotations

import asyncio
import os
import struct
from base64 import b64encode
from collections.abc import Callable
from typing import cast

OnText = Callable[[bytes], None]
MASKED = 0x80


class WebSocketClient(asyncio.Protocol):
    """One connection. Frames are sent with a mask of zeros, which is valid and needs no work."""

    def __init__(self, path: str, on_text: OnText) -> None:
        self.on_text = on_text
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()
        self._path = path
        self._data = b""
        self._upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = cast(asyncio.Transport, transport)
        key = b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self.closed.set()
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Take whole frames out of what came."""
        self._data += data
        if not self._upgraded:
            head, found, self._data = self._data.partition(b"\r\n\r\n")
            if not found:
                self._data = head
                return
            assert b" 101 " in head.split(b"\r\n")[0], head
            self._upgraded = True
            self.opened.set_result(None)
        self._frames()

    def _frames(self) -> None:
        data, at = self._data, 0
        while len(data) - at >= 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                if len(data) - at < 4:
                    break
                size, start = struct.unpack_from("!H", data, at + 2)[0], at + 4
            elif size == 127:
                if len(data) - at < 10:
                    break
                size, start = struct.unpack_from("!Q", data, at + 2)[0], at + 10
            if len(data) - start < size:
                break
            self._frame(data[at] & 0x0F, data[start : start + size])
            at = start + size
        self._data = data[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == 1:
            self.on_text(payload)
        elif opcode == 9:
            self._write(0x8A, payload)

    def send(self, text: bytes) -> None:
        """Send a text frame."""
        self._write(0x81, text)

    def _write(self, first: int, payload: bytes) -> None:
        size = len(payload)
        if size < 126:
            head = bytes((first, MASKED | size))
        elif size < 65_536:
            head = struct.pack("!BBH", first, MASKED | 126, size)
        else:
            head = struct.pack("!BBQ", first, MASKED | 127, size)
        self.transport.write(head + b"\0\0\0\0" + payload)


async def open_socket(port: int, path: str, on_text: OnText) -> WebSocketClient:
    """A connection to this machine's port, upgraded."""
    _, client = await asyncio.get_running_loop().create_connection(
        lambda: WebSocketClient(path, on_text), "127.0.0.1", port
    )
    await client.opened
    return client
