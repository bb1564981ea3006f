"""The connection under a session: connects, moves frames both ways, and connects again after a while.

The only place of the client that waits and reads a clock. Runs on one asyncio loop and owns its tasks.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from agentdesk.client.address import is_loopback, socket_url
from agentdesk.client.session import Notice, Session

CONNECT_WAIT_S = 10.0
SEND_WAIT_S = 10.0
CLOSE_WAIT_S = 1.0
FRAME_IN_MAX = 32 * 1024 * 1024
"""A snapshot of everything one agent holds is far smaller; a server that sends more is none of ours."""
FRAMES_WAITING_MAX = 64
DELAY_FIRST_S = 0.1
DELAY_MAX_S = 10.0

Tell = Callable[[list[Notice]], None]


def clock_ms() -> int:
    """The client's own clock: milliseconds that only go forward."""
    return time.monotonic_ns() // 1_000_000


def clock_us() -> int:
    """The same clock in microseconds, to measure with."""
    return time.monotonic_ns() // 1_000


async def sleep(seconds: float) -> None:
    """Wait, for scripts and bots of the client."""
    await asyncio.sleep(seconds)


class Link:
    """Keeps one session connected until it is cancelled or refused for good. `tell` hears every notice."""

    def __init__(self, url: str, session: Session, tell: Tell, *, pick: Callable[[], float] = random.random) -> None:
        self._url = url
        self._session = session
        self._tell = tell
        self._pick = pick
        self._kick = asyncio.Event()
        self._hurry = asyncio.Event()
        self._attempts = 0

    def kick(self) -> None:
        """The session has something to send."""
        self._kick.set()

    def hurry(self) -> None:
        """Don't wait out the pause before the next attempt to connect."""
        self._hurry.set()

    async def run(self) -> None:
        """Connect and stay connected; return when the server refuses this client for good."""
        try:
            while True:
                detail = await self._connect()
                if self._session.refused:
                    return
                delay = self._delay()
                self._tell(self._session.lost(clock_ms(), detail, delay))
                await self._pause(delay)
        finally:
            self._tell(self._session.lost(clock_ms(), "closed"))

    async def _connect(self) -> str:
        """Hold one connection as long as it lasts; why it ended."""
        try:
            socket = await connect(
                socket_url(self._url),
                open_timeout=CONNECT_WAIT_S,
                close_timeout=CLOSE_WAIT_S,
                compression=None,
                ping_interval=None,
                max_size=FRAME_IN_MAX,
                max_queue=FRAMES_WAITING_MAX,
                proxy=None if is_loopback(self._url) else True,
            )
        except InvalidStatus as error:
            return f"the server answered {error.response.status_code}; it may not be an agentdesk server"
        except (OSError, TimeoutError, WebSocketException) as error:
            return f"no connection to {self._url}: {error or 'no answer'}"
        try:
            return await self._converse(socket)
        finally:
            await socket.close()

    async def _converse(self, socket: ClientConnection) -> str:
        self._tell(self._session.opened(clock_ms()))
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self._write(socket))
            why = await self._read(socket)
            writing.cancel()
        return self._session.closing or why

    async def _read(self, socket: ClientConnection) -> str:
        try:
            while not self._session.closing:
                data = await socket.recv(decode=False)
                was_live = self._session.link.state == "live"
                self._tell(self._session.receive(data, clock_ms()))
                if not was_live and self._session.link.state == "live":
                    self._attempts = 0
                self._kick.set()
        except WebSocketException as error:
            return f"the connection ended: {error}"
        return ""

    async def _write(self, socket: ClientConnection) -> None:
        """Send what the session has to say, when it has, and let it notice that time has passed."""
        try:
            while not self._session.closing:
                for frame in self._session.take():
                    async with asyncio.timeout(SEND_WAIT_S):
                        await socket.send(frame, text=True)
                await self._until_due()
                self._tell(self._session.tick(clock_ms()))
        except (WebSocketException, TimeoutError):
            pass  # the reading side hears of it and says why
        await socket.close()

    async def _until_due(self) -> None:
        due = self._session.due()
        wait = None if due is None else max(0.0, (due - clock_ms()) / 1000)
        try:
            async with asyncio.timeout(wait):
                await self._kick.wait()
        except TimeoutError:
            return
        self._kick.clear()

    def _delay(self) -> float:
        """Longer with each failure, and never the same for two clients: a restarted server is not stormed."""
        longest = min(DELAY_MAX_S, DELAY_FIRST_S * 2**self._attempts)
        self._attempts = min(self._attempts + 1, 10)
        return float(longest * (0.5 + self._pick() / 2))

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return
        finally:
            self._hurry.clear()
