"""The real server over a store in memory, a clock the simulation sets, and a disk that writes when it says so.

Everything inside is the server's own code: loop, window, publisher, sessions, catching up. Replaced are only the
seams to the outside: sockets (`Pipe`), the writer's thread (`Disk`), the readers' threads, and time.
"""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import Callable
from typing import Any

from agentdesk.core.commands import Answer, ServerStarted
from agentdesk.core.desk import Desk
from agentdesk.protocol.codec import decode_server
from agentdesk.protocol.messages import EventFrame, Live, Snapshot, Welcome
from agentdesk.server.accounts import Accounts, epoch_of
from agentdesk.server.auth import Access
from agentdesk.server.catchup import CatchUp
from agentdesk.server.loop import DeskLoop
from agentdesk.server.parts import SYSTEM, Parts
from agentdesk.server.publish import Publisher
from agentdesk.server.subscriber import Subscriber
from agentdesk.server.websocket import AgentSession, Sessions
from agentdesk.server.window import RepeatWindow
from agentdesk.store.base import Batch
from agentdesk.store.memory import MemoryStore
from agentdesk.store.merge import picture

WINDOW_MAX = 40
"""First answers in memory: few, so that older ones have to be looked up."""
CLOSED = b""
"""What a client reads at the end of its connection."""


class ManualClock:
    """Time stands until the simulation moves it."""

    def __init__(self, now_ms: int) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def steady_s(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class InlineReaders:
    """Reads at once; others get a turn before the result is used, as with a thread."""

    async def run(self, read: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(0)
        found = functools.partial(read, *args, **kwargs)()
        await asyncio.sleep(0)
        return found


class Disk:
    """What was handed over to be written. `write` makes the oldest group durable; `tell` says so to the desk."""

    def __init__(self, store: MemoryStore) -> None:
        self.waiting: deque[tuple[Batch, Callable[[BaseException | None], None]]] = deque()
        self.durable_seq = 0
        self._store = store

    def submit(self, batch: Batch, done: Callable[[BaseException | None], None]) -> None:
        self.waiting.append((picture(batch), done))

    def write(self) -> Callable[[BaseException | None], None]:
        batch, done = self.waiting.popleft()
        self._store.commit([batch])
        self.durable_seq = batch.counters.seq
        return done


class Pipe:
    """A connection as the server's session sees it: its hub, and what is on its way to either side."""

    def __init__(self, server: SimServer) -> None:
        self.is_slow = False
        self.to_client: deque[bytes] = deque()
        self.to_server: deque[bytes] = deque()
        self.open = True
        self._server = server
        self.session = AgentSession(server.parts, self)  # type: ignore[arg-type]
        server.parts.sessions.add(self.session)

    def write(self, frame: bytes) -> None:
        if not self.open:
            return
        payload = _payload(frame)
        self._server.check_durable(payload)
        self.to_client.append(payload)

    def raw(self, frame: bytes) -> None:
        if not self.open:
            raise RuntimeError("the connection is closed")
        self.write(frame)

    async def drained(self) -> None:
        await asyncio.sleep(0)

    def unsent(self) -> int:
        return sum(map(len, self.to_client))

    def pause(self) -> None:
        raise AssertionError("nobody is this fast here")

    def resume(self) -> None:
        pass

    def finish(self, code: int, reason: str = "") -> None:
        if self.open:
            self.to_client.append(CLOSED)
            self.close()

    def arrive(self) -> None:
        """The oldest frame on its way reaches the server."""
        data = self.to_server.popleft()
        if self.open:
            self.session.frame_received(data)

    def close(self) -> None:
        """The server notices that the connection is gone."""
        if self.open:
            self.open = False
            self.session.connection_closed()


def _payload(frame: bytes) -> bytes:
    assert frame[0] == 0x81
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]


class SimServer:
    """One life of the server process, from `start` to `die`."""

    def __init__(self, settings: Any, store: MemoryStore, clock: ManualClock) -> None:
        self.disk = Disk(store)
        self.ready = False
        self.pipes: list[Pipe] = []
        self._clock = clock
        self._stopped = asyncio.Event()
        self._figures_wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.disk.durable_seq = store.load().counters.seq
        self.parts = _parts(settings, store, clock, self.disk)

    def start(self) -> None:
        self._task = asyncio.ensure_future(self.parts.loop.run(self._main))

    async def _main(self) -> None:
        parts = self.parts
        await parts.loop.submit(ServerStarted(), SYSTEM)
        await parts.accounts.configure_desk()
        await parts.access.look()
        parts.loop.spawn(self._figures(), "figures")
        self.ready = True
        await self._stopped.wait()

    def send_figures(self) -> None:
        """It is time to send what changed."""
        self._figures_wanted.set()

    async def _figures(self) -> None:
        while True:
            await self._figures_wanted.wait()
            self._figures_wanted.clear()
            await self.parts.publisher.send_figures()

    def check_alive(self) -> None:
        """Fail when the server has ended by itself."""
        assert self._task is not None
        if self._task.done():
            self._task.result()
            raise AssertionError("the server ended by itself")

    async def die(self) -> None:
        """SIGKILL: nothing more is written, told or heard."""
        self.ready = False
        for pipe in self.pipes:
            pipe.open = False
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self.disk.waiting.clear()

    def accept(self) -> Pipe:
        """A client connects."""
        pipe = Pipe(self)
        self.pipes.append(pipe)
        return pipe

    def check_durable(self, payload: bytes) -> None:
        """Nothing of an event may leave before it is durable."""
        frame = decode_server(payload)
        if isinstance(frame, EventFrame | Live | Snapshot | Welcome):
            assert frame.seq <= self.disk.durable_seq, f"{frame} went out before its commit"


def _parts(settings: Any, store: MemoryStore, clock: ManualClock, disk: Disk) -> Parts:
    readers: Any = InlineReaders()

    async def look_back(keys: list[str]) -> dict[str, Answer]:
        return await readers.run(lambda: {key: found for key in keys if (found := store.repeat(key)) is not None})

    repeats = store.repeats(WINDOW_MAX)
    window = RepeatWindow(repeats, complete=len(repeats) < WINDOW_MAX, limit=WINDOW_MAX)
    loop = DeskLoop(Desk(store.load()), disk, clock, window, look_back)
    parts = Parts(
        settings=settings,
        store=store,
        clock=clock,
        loop=loop,
        readers=readers,
        publisher=Publisher(loop, clock),
        access=Access(store, readers, clock, settings.limits),
        accounts=Accounts(loop, settings, SYSTEM, clock),
        sessions=Sessions(settings.limits.sessions_max),
        epoch=epoch_of(store.epoch(), settings),
    )

    def fall_behind(subscriber: Subscriber) -> None:
        loop.spawn(CatchUp(parts, subscriber).again(), "catch up")

    parts.publisher.fall_behind = fall_behind
    parts.access.on_user = parts.accounts.configure_soon
    parts.access.on_principals = parts.sessions.check
    return parts
