"""A client of the agents' wire without any cleverness: sends frames, reads frames, waits for the one it wants."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agentdesk.core.commands import (
    Actor,
    Answer,
    ClientCommand,
    CustomerRef,
    Done,
    ReceiveMessage,
    SetPresence,
    StartInteraction,
)
from agentdesk.core.model import Identity, Presence
from agentdesk.protocol.codec import decode_server, encode
from agentdesk.protocol.messages import EventFrame, Hello, Live, Reply, ServerFrame, Welcome
from tests.serving import RunningServer

WAIT_S = 10.0
CHANNEL = Actor("customer", "test")

F = TypeVar("F")


class Wire:
    """One connection and everything that came over it, in order."""

    def __init__(self, socket: ClientConnection, token: str) -> None:
        self.socket = socket
        self.token = token
        self.seen: list[ServerFrame] = []
        self._keys = 0

    async def send(self, frame: object) -> None:
        await self.socket.send(frame if isinstance(frame, str | bytes) else encode(frame).decode())

    async def recv(self) -> ServerFrame:
        frame = decode_server(await asyncio.wait_for(self.socket.recv(), WAIT_S))
        self.seen.append(frame)
        return frame

    async def until(self, kind: type[F], condition: Callable[[F], object] = lambda frame: True) -> F:
        """Read on until such a frame comes."""
        async with asyncio.timeout(WAIT_S):
            while True:
                frame = await self.recv()
                if isinstance(frame, kind) and condition(frame):
                    return frame

    async def hello(self, *, client: str = "c-1", last_seq: int = 0, epoch: str = "", mode: str = "desk") -> Welcome:
        """Say hello and read until live."""
        await self.send(Hello(self.token, client, last_seq=last_seq, epoch=epoch, mode=mode))
        welcome = await self.until(Welcome)
        await self.until(Live)
        return welcome

    async def do(self, command: ClientCommand, key: str = "", *, again: bool = False) -> Answer:
        """Ask, and read until the reply."""
        from agentdesk.protocol.messages import Do

        self._keys += 1
        key = key or f"{id(self)}:{self._keys}"
        await self.send(Do(key, command, again))
        return (await self.until(Reply, lambda reply: reply.key == key)).answer

    async def event(self, kind: type[F]) -> F:
        """Read until an event of this kind; the event."""
        frame = await self.until(EventFrame, lambda one: isinstance(one.event, kind))
        assert isinstance(frame.event, kind)
        return frame.event

    @property
    def events(self) -> list[EventFrame]:
        """The event frames so far."""
        return [one for one in self.seen if isinstance(one, EventFrame)]

    async def closed(self) -> int:
        """Read to the end; the close code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.recv()
        return self.socket.close_code or 0


@contextlib.asynccontextmanager
async def wire(server: RunningServer, token: str, **options: object) -> AsyncIterator[Wire]:
    """A connection that has not said hello yet."""
    async with connect(server.ws_url, compression=None, max_size=None, max_queue=None, **options) as socket:  # type: ignore[arg-type]
        yield Wire(socket, token)


@contextlib.asynccontextmanager
async def agent(server: RunningServer, user: str = "ana", *, available: bool = True) -> AsyncIterator[Wire]:
    """An agent who is signed in, live and available."""
    token = await server.token(user)
    async with wire(server, token) as connection:
        await connection.hello(client=f"c-{user}")
        if available:
            assert isinstance(await connection.do(SetPresence(Presence.AVAILABLE)), Done)
        yield connection


async def start_chat(
    server: RunningServer, text: str = "hello", *, visitor: str = "v1", queue: str = "support"
) -> Done:
    """A customer begins a chat."""
    customer = CustomerRef(identities=(Identity("visitor", visitor),), name="Mai")
    command = StartInteraction("chat", queue, customer, text=text, client_id="first")
    answer = await server.parts.loop.submit(command, CHANNEL)
    assert isinstance(answer, Done), answer
    return answer


async def write(server: RunningServer, interaction_id: int, text: str) -> Done:
    """The customer writes."""
    answer = await server.parts.loop.submit(ReceiveMessage(interaction_id, text, client_id=text), CHANNEL)
    assert isinstance(answer, Done), answer
    return answer
