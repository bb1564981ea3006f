"""A visitor of the web chat without a browser: bots, the demo, tests and measurements talk as the widget does.

    async with Visitor("http://127.0.0.1:8420", name="Ana") as ana:
        await ana.say("Hello?")                 # returns when it is committed, whatever the network does meanwhile
        answer = await ana.wait_for(lambda memory: memory.status.agent)

It reconnects by itself, resumes where it was, and sends again what was not acknowledged.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from agentdesk.client.visitor_memory import VisitorMemory
from agentdesk.errors import Failed
from agentdesk.protocol.webchat import (
    FILES_PATH,
    SOCKET_PATH,
    Ack,
    Bye,
    End,
    Error,
    FileInfo,
    Hello,
    Leave,
    Message,
    Problem,
    Read,
    Say,
    ServerFrame,
    Typing,
    VisitorFrame,
    Welcome,
    decode_server_frame,
    encode_frame,
)

BACKOFF_FIRST_S = 0.1
BACKOFF_MAX_S = 5.0
RETRY_MAX_S = 30.0
OPEN_TIMEOUT_S = 10.0
SAY_TIMEOUT_S = 60.0
FILE_TIMEOUT_S = 30.0
FRAME_MAX = 4 * 1024 * 1024
"""A welcome carries many messages."""

Listener = Callable[[ServerFrame], None]
T = TypeVar("T")


class ChatRefused(Exception):
    """The server refused what was said; `code` is one of `agentdesk.protocol.webchat.ERRORS`."""

    def __init__(self, error: Error) -> None:
        super().__init__(f"{error.code}: {error.message}")
        self.code = error.code
        self.message = error.message


class Visitor:
    """One visitor. Use it as an async context manager, or `run()` it as a task of your own.

    `listener` is called with every frame of the server right after `memory` took it in. With `receipts` it
    confirms what arrives as read at once, as an open widget does. To go on where another one was, pass its
    memory's `token`, `last_id` (as `after`) and `epoch`.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        after: int = 0,
        epoch: str = "",
        name: str = "",
        language: str = "",
        page: str = "",
        queue: str = "",
        attributes: Mapping[str, str] | None = None,
        listener: Listener | None = None,
        receipts: bool = True,
        origin: str | None = None,
    ) -> None:
        hello = Hello(
            token=token,
            after=after,
            epoch=epoch,
            page=page,
            language=language,
            name=name,
            queue=queue,
            attributes=dict(attributes or {}),
        )
        self.memory = VisitorMemory(hello)
        self.url = url.rstrip("/")
        self._listener = listener
        self._receipts = receipts
        self._origin = origin
        self._socket: ClientConnection | None = None
        self._welcomed = False
        self._closed = asyncio.Event()
        self._changed = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._running: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[int]] = {}
        self._retries: dict[str, asyncio.TimerHandle] = {}

    @property
    def connected(self) -> bool:
        """Whether the server has welcomed this visitor on the connection there is now."""
        return self._welcomed

    async def __aenter__(self) -> Self:
        """Connect in the background."""
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        self._running = self._group.create_task(self.run(), name="visitor")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, as a closed browser window does: the conversation stays."""
        assert self._group is not None
        self.close()
        await self._group.__aexit__(kind, error, trace)

    # --- what a visitor does ------------------------------------------------------------------------------------

    async def say(
        self, text: str, files: tuple[str, ...] = (), *, cid: str = "", timeout_s: float = SAY_TIMEOUT_S
    ) -> int:
        """Say something; returns its message id once it is committed. `ChatRefused` when the server will not."""
        return await self._send_surely(Say(cid or new_cid(), text, files), timeout_s)

    async def leave(self, text: str, *, name: str = "", email: str = "", timeout_s: float = SAY_TIMEOUT_S) -> int:
        """Leave a message for when somebody is there; returns its message id once it is committed."""
        return await self._send_surely(Leave(new_cid(), text, name, email), timeout_s)

    async def type(self, text: str = "", active: bool = True) -> None:
        """Show that the visitor types; lost while not connected."""
        await self.send(Typing(active, text))

    async def end(self) -> None:
        """End the conversation; lost while not connected."""
        await self.send(End())

    async def send(self, frame: VisitorFrame) -> None:
        """Send a frame if connected; it is not kept otherwise."""
        if self._socket is not None and self._welcomed:
            with suppress(WebSocketException):  # the reader sees the end of the connection and makes another
                await self._socket.send(encode_frame(frame), text=True)

    async def upload(self, name: str, data: bytes) -> FileInfo:
        """Upload a file; say its id in a message. Needs the token of a first welcome."""
        async with self._http() as http:
            answer = await http.post(FILES_PATH, params={"name": name}, content=data)
        if answer.status_code != 201:
            raise ChatRefused(_problem(answer))
        return msgspec.json.decode(answer.content, type=FileInfo)

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file in this visitor's conversations."""
        async with self._http() as http:
            answer = await http.get(f"{FILES_PATH}/{file_id}")
        if answer.status_code != 200:
            raise ChatRefused(_problem(answer))
        return answer.content

    async def wait_for(self, ready: Callable[[VisitorMemory], T], timeout_s: float = 10.0) -> T:
        """Wait until `ready(memory)` is true, and return it."""
        async with asyncio.timeout(timeout_s):
            while not (result := ready(self.memory)):
                self._changed.clear()
                await self._changed.wait()
        return result

    def close(self) -> None:
        """Stop for good. Those who wait in `say` are told by cancellation."""
        self._closed.set()
        if self._running is not None:
            self._running.cancel()
        for retry in self._retries.values():
            retry.cancel()
        for answer in self._answers.values():
            answer.cancel()

    # --- the connection -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect and stay connected until `close`."""
        async with asyncio.TaskGroup() as self._tasks:
            delay_s = BACKOFF_FIRST_S
            while not self._closed.is_set():
                with suppress(OSError, WebSocketException, TimeoutError):  # what reconnecting is for
                    await self._converse()
                delay_s = BACKOFF_FIRST_S if self._welcomed else min(delay_s * 2, BACKOFF_MAX_S)
                self._welcomed, self._socket = False, None
                self._changed.set()
                await self._pause(delay_s * random.uniform(0.5, 1.0))

    async def _converse(self) -> None:
        """One connection, from hello to its end."""
        address = f"ws{self.url.removeprefix('http')}{SOCKET_PATH}"
        opening = connect(
            address,
            origin=self._origin,  # type: ignore[arg-type]  # a NewType of str
            compression=None,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=1,
            max_size=FRAME_MAX,
            proxy=None,
        )
        async with opening as socket:
            self._socket = socket
            await socket.send(encode_frame(self.memory.resume()[0]), text=True)
            async for data in socket:
                frame = _decoded(data)
                if frame is None:
                    continue
                before = self.memory.last_id
                self._take(frame)
                if isinstance(frame, Welcome):
                    await self._send_unsent(socket)
                if self._receipts and self.memory.last_id not in (0, before):
                    await self.send(Read(self.memory.last_id))
                if isinstance(frame, Bye):
                    return

    async def _send_unsent(self, socket: ClientConnection) -> None:
        """Send what is unacknowledged, also what is said meanwhile, in order; from then on `send` sends at once."""
        sent: set[str] = set()
        while left := [frame for frame in self.memory.resume()[1:] if _cid(frame) not in sent]:
            for frame in left:
                sent.add(_cid(frame))
                await socket.send(encode_frame(frame), text=True)
        self._welcomed = True

    def _take(self, frame: ServerFrame) -> None:
        self.memory.receive(frame)
        if isinstance(frame, Ack):
            self._answer(frame.cid, frame.id)
        elif isinstance(frame, Message):
            self._answer(frame.message.cid, frame.message.id)
        elif isinstance(frame, Welcome):
            for message in frame.messages:
                self._answer(message.cid, message.id)
        elif isinstance(frame, Error) and frame.cid:
            self._refused(frame)
        if self._listener is not None:
            self._listener(frame)
        self._changed.set()

    async def _send_surely(self, frame: Say | Leave, timeout_s: float) -> int:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._answers[frame.cid] = answer
        self.memory.hold(frame)
        try:
            async with asyncio.timeout(timeout_s):
                await self.send(frame)
                return await answer
        finally:
            self._answers.pop(frame.cid, None)

    def _answer(self, cid: str, message_id: int) -> None:
        answer = self._answers.get(cid)
        if answer is not None and not answer.done():
            answer.set_result(message_id)

    def _refused(self, error: Error) -> None:
        """Try again later what only came too early; end the waiting for what the server will not take."""
        if error.cid not in self.memory.unsent:
            answer = self._answers.get(error.cid)
            if answer is not None and not answer.done():
                answer.set_exception(ChatRefused(error))
            return
        delay_s = min((error.retry_ms or 1_000) / 1000, RETRY_MAX_S)
        self._retries[error.cid] = asyncio.get_running_loop().call_later(delay_s, self._again, error.cid)

    def _again(self, cid: str) -> None:
        """Send one unacknowledged message again, if it still is one and somebody runs this visitor."""
        self._retries.pop(cid, None)
        frames = [frame for frame in self.memory.resume()[1:] if _cid(frame) == cid]
        if frames and self._tasks is not None:
            self._tasks.create_task(self.send(frames[0]))

    async def _pause(self, seconds: float) -> None:
        """Wait before the next try, no longer than until `close`."""
        try:
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        except TimeoutError:
            pass

    def _http(self) -> httpx.AsyncClient:
        if not self.memory.token:
            raise ChatRefused(Error("bad_token", "The server has not welcomed this visitor yet."))
        headers = {"Authorization": f"Bearer {self.memory.token}"}
        if self._origin is not None:
            headers["Origin"] = self._origin
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=FILE_TIMEOUT_S, trust_env=False)


def new_cid() -> str:
    """A message's own id: random, so that no two visitors' or tabs' ever meet."""
    return secrets.token_urlsafe(12)


def _decoded(data: str | bytes) -> ServerFrame | None:
    """The frame, or None for a kind of a newer server's that this visitor doesn't know."""
    try:
        return decode_server_frame(data)
    except msgspec.DecodeError:
        return None


def _cid(frame: Hello | Say | Leave) -> str:
    return "" if isinstance(frame, Hello) else frame.cid


def _problem(answer: httpx.Response) -> Error:
    try:
        problem = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:
        raise Failed(
            f"The server answered {answer.status_code} with something that is no error of the web chat."
        ) from None
    return Error(problem.code, problem.message, retry_ms=problem.retry_ms)
