"""The visitors' WebSocket: who is let in, the hello, what they missed, then frame by frame."""

from __future__ import annotations

import asyncio
import secrets

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.webchat.conversations import CHANNELS
from agentdesk.channels.webchat.estimate import chosen_queue
from agentdesk.channels.webchat.hub import Hub
from agentdesk.channels.webchat.origins import Origins
from agentdesk.channels.webchat.session import CLOSE_LATER, Refusal, Session
from agentdesk.channels.webchat.shown import IDENTITY, newest, token_hash
from agentdesk.channels.webchat.talk import Talk
from agentdesk.channels.webchat.visitors import Visitor
from agentdesk.config.server import QueueSettings
from agentdesk.core.model import Message
from agentdesk.errors import StoreBusy
from agentdesk.limits import RateLimit, address_name
from agentdesk.protocol.webchat import (
    VERSION,
    ChatConfig,
    ChatMessage,
    Error,
    Hello,
    VisitorFrame,
    Welcome,
    decode_visitor_frame,
)

HELLO_TIMEOUT_S = 10.0
HISTORY_MAX = 100
"""Messages a visitor without any is shown."""
RESUME_MAX = 400
"""Messages a visitor who was away is caught up with."""
INTERACTIONS_MAX = 5
"""Interactions, newest first, whose messages a visitor is shown."""
TABS_MAX = 10
SOCKETS_MAX = 20_000
CONNECTS_PER_MINUTE = 120
"""Of one address."""
BEYOND = 1 << 62
TOKEN_BYTES = 32


class Door:
    """Lets visitors in over WebSocket and serves each socket to its end."""

    def __init__(self, hub: Hub, talk: Talk, origins: Origins) -> None:
        self._hub = hub
        self._talk = talk
        self._origins = origins
        self._context: ChannelContext = hub.context
        connects = max(CONNECTS_PER_MINUTE, self._context.webchat.chats_per_hour)
        self._connects = RateLimit(connects, connects / 60)

    async def serve(self, socket: WebSocket) -> None:
        """One socket, from the handshake to its end."""
        await socket.accept()
        session = Session(socket, self._context.limits.outbox_bytes)
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(session.write_all())
            try:
                await self._converse(socket, session)
            except WebSocketDisconnect:
                writer.cancel()
            except Refusal as refusal:
                session.send(refusal.error)
                session.close(refusal.code)
            except StoreBusy:
                session.send(Error("busy", "The server has much to do. Try again.", retry_ms=2_000))
                session.close(CLOSE_LATER)

    async def _converse(self, socket: WebSocket, session: Session) -> None:
        if not self._origins.allow(socket.headers.get("origin"), socket.headers.get("host")):
            raise Refusal(Error("bad_origin", "Pages of this origin may not show the chat."))
        address = address_name(socket.client.host if socket.client else "")
        hello = await self._hello(session, address)
        queue = self.queue(hello.queue)
        token = hello.token or secrets.token_urlsafe(TOKEN_BYTES)
        visitor = self._hub.visitors.connect(token_hash(token), hello, queue, session)
        visitor.address = address
        try:
            if len(visitor.sessions) > TABS_MAX or self._hub.visitors.sockets > SOCKETS_MAX:
                raise Refusal(Error("too_many", "Too many windows are open.", retry_ms=10_000), CLOSE_LATER)
            await self._welcome(visitor, session, token, hello)
            while not session.is_closing:
                await self._talk.handle(visitor, session, _decoded(await session.receive()))
        finally:
            if self._hub.visitors.disconnect(visitor, session):
                self._talk.gone(visitor)

    def queue(self, asked: str) -> QueueSettings:
        """Where chats go that a page asks for; `Refusal` if there is no such queue."""
        queue = chosen_queue(self._context.queues, asked, self._context.webchat.queue)
        if queue is None:
            raise Refusal(Error("unknown_queue", "There is no such queue for chats."))
        return queue

    def config(self, queue: QueueSettings) -> ChatConfig:
        """What the widget needs to know of this desk."""
        settings = self._context.webchat
        return ChatConfig(
            title=settings.title,
            greeting=settings.greeting,
            languages=settings.languages,
            offline_form=self._talk.leaves_to(queue) is not None,
            file_types=settings.attachment_types,
            file_bytes_max=settings.attachment_bytes,
        )

    def wait_ms(self, address: str) -> int:
        """Count one visit of an address: 0, or how long it has to wait before the next."""
        return self._connects.take(address, self._context.clock.steady_s())

    async def _hello(self, session: Session, address: str) -> Hello:
        wait_ms = self.wait_ms(address)
        if wait_ms:
            raise Refusal(Error("too_fast", "Too many connections from this address.", retry_ms=wait_ms), CLOSE_LATER)
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                frame = _decoded(await session.receive())
        except TimeoutError:
            raise Refusal(Error("hello_first", "No hello came.")) from None
        if not isinstance(frame, Hello):
            raise Refusal(Error("hello_first", "The first frame has to be hello."))
        if frame.version != VERSION:
            raise Refusal(Error("bad_version", f"This server speaks version {VERSION}."))
        return frame

    async def _welcome(self, visitor: Visitor, session: Session, token: str, hello: Hello) -> None:
        """Tell what was missed. Messages committed while it is read gather in the session and follow."""
        await self._recognise(visitor)
        epoch = self._context.epoch
        after = hello.after if hello.epoch == epoch else 0
        messages, more = await self._missed(visitor, after)
        status, receipts = self._hub.status(visitor), self._hub.receipts(visitor)
        config, now_ms = self.config(visitor.queue), self._context.clock.now_ms()
        session.send(Welcome(VERSION, token, status, receipts, config, messages, more, now_ms, epoch))
        session.begin(status, receipts, messages[-1].id if messages else after)
        await self._talk.returned(visitor)
        self._hub.tell(visitor)

    async def _recognise(self, visitor: Visitor) -> None:
        if visitor.customer_id is None and not visitor.is_known:
            store = self._context.store
            customer = await self._context.read(store.customer_by_identity, IDENTITY, visitor.digest)
            visitor.is_known = True
            if customer is not None:
                self._hub.visitors.know(visitor, customer.id)
        current = self._hub.current(visitor)
        if current is not None:
            visitor.read = max(visitor.read, current.read)

    async def _missed(self, visitor: Visitor, after: int) -> tuple[tuple[ChatMessage, ...], bool]:
        if visitor.customer_id is None:
            return (), False
        limit = RESUME_MAX if after else HISTORY_MAX
        read, store = self._context.read, self._context.store
        messages: list[Message] = []
        for item in await read(store.timeline, visitor.customer_id, limit=INTERACTIONS_MAX):
            if item.channel not in CHANNELS:
                continue
            page = await read(store.messages, item.interaction_id, before=BEYOND, limit=limit)
            messages += page
            if len(messages) > limit or (page and page[0].id <= after):
                break
        return newest(messages, after, limit)


def _decoded(text: str) -> VisitorFrame:
    try:
        return decode_visitor_frame(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
        raise Refusal(Error("bad_frame", _why(problem))) from None


def _why(problem: Exception) -> str:
    return str(problem)[:200] if isinstance(problem, msgspec.DecodeError) else "The frame is not JSON."
