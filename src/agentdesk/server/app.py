"""The composition root: puts the server together from settings, a store and a clock, and runs it.

run(settings)      a process: logging, signals, uvloop
serve(app)         on a loop that is there
build(settings, …) the parts, not yet running
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from agentdesk.channels.base import Channel, ChannelContext
from agentdesk.config.server import ServerSettings
from agentdesk.core.commands import Answer, RemoveAgent, ServerStarted
from agentdesk.core.desk import Desk
from agentdesk.errors import DeskError
from agentdesk.protocol.messages import PATH
from agentdesk.server import log
from agentdesk.server.accounts import Accounts, epoch_of
from agentdesk.server.auth import Access
from agentdesk.server.catchup import CatchUp
from agentdesk.server.clock import Clock, SystemClock
from agentdesk.server.configuring.live import Configurations
from agentdesk.server.http.problems import on_http_exception
from agentdesk.server.http.routes import api_routes
from agentdesk.server.listen import DeskServer, open_port, url_of
from agentdesk.server.loop import DeskLoop
from agentdesk.server.opening import Opening
from agentdesk.server.parts import SYSTEM, Parts
from agentdesk.server.publish import Publisher
from agentdesk.server.readers import Readers
from agentdesk.server.subscriber import Subscriber
from agentdesk.server.websocket import Sessions, agents_endpoint
from agentdesk.server.window import WINDOW_MAX, RepeatWindow
from agentdesk.store.base import FileBlob, Store
from agentdesk.store.sqlite import open_store
from agentdesk.store.writer import Finished, Writer, tell_all

GC_THRESHOLDS = (50_000, 20, 1_000)
"""With thousands of sessions the default thresholds stop the loop for tens of milliseconds again and again."""
PRUNE_EVERY_S = 3_600.0
KEYS_KEPT_MS = 7 * 86_400_000
UNSENT_KEPT_MS = 86_400_000
"""Files that were uploaded and are in no message; `channels.webchat.files` takes them for a little less."""

logger = logging.getLogger("agentdesk.app")


@dataclass
class App:
    """The server, put together."""

    parts: Parts
    asgi: Starlette
    channels: Sequence[Channel]
    writer: Writer

    def close(self) -> None:
        """Write what waits and let go of threads; the store is its owner's to close."""
        self.writer.close()
        self.parts.readers.close()


def build(settings: ServerSettings, store: Store, clock: Clock | None = None, file: Path | None = None) -> App:
    """Put the server together on the running loop; nothing runs yet. `file` is where the settings were read."""
    clock = clock or SystemClock()
    readers = Readers()
    loop = asyncio.get_running_loop()

    def wake(group: list[Finished]) -> None:
        loop.call_soon_threadsafe(tell_all, group)

    writer = Writer(store, wake)
    repeats = store.repeats(WINDOW_MAX)

    async def look_back(keys: list[str]) -> dict[str, Answer]:
        return await readers.run(_first_answers, store, keys)

    desk_loop = DeskLoop(
        Desk(store.load()),
        writer,
        clock,
        RepeatWindow(repeats, complete=len(repeats) < WINDOW_MAX),
        look_back,
        inbox_max=settings.limits.inbox_max,
    )
    parts = Parts(
        settings=settings,
        store=store,
        clock=clock,
        loop=desk_loop,
        readers=readers,
        publisher=Publisher(desk_loop, clock),
        access=Access(store, readers, clock, settings.limits),
        accounts=Accounts(desk_loop, settings, SYSTEM, clock),
        sessions=Sessions(settings.limits.sessions_max),
        epoch=epoch_of(store.epoch(), settings),
    )
    opening = Opening(parts.loop, parts.accounts, readers, clock, SYSTEM)
    parts.configurations = Configurations(parts, opening, file)
    _connect(parts)
    channels = _channels(parts)
    return App(parts, _asgi(parts, channels), channels, writer)


def _first_answers(store: Store, keys: list[str]) -> dict[str, Answer]:
    return {key: answer for key in keys if (answer := store.repeat(key)) is not None}


def _connect(parts: Parts) -> None:
    """Who hears of whom."""

    def fall_behind(subscriber: Subscriber) -> None:
        parts.loop.spawn(CatchUp(parts, subscriber).again(), "catch up")

    parts.publisher.fall_behind = fall_behind
    parts.access.on_user = parts.accounts.configure_soon
    parts.access.on_principals = parts.sessions.check


def _channels(parts: Parts) -> list[Channel]:
    """The channels that are switched on."""
    from agentdesk.channels.webchat.channel import Webchat

    settings = parts.settings
    context = ChannelContext(
        commands=parts.loop.submit,
        clock=parts.clock,
        desk=parts.loop.view,
        store=parts.store,
        keep_file=lambda *kept: parts.store.put_file(FileBlob(*kept)),
        read=parts.readers.run,
        to_agent=parts.publisher.to_agent,
        listen=settings.server,
        limits=settings.limits,
        settings=lambda: parts.settings,
        epoch=parts.store.epoch(),
    )
    channels: list[Channel] = [Webchat(context)] if settings.webchat.enabled else []
    if settings.email.mailboxes:
        from agentdesk.channels.email.channel import Email

        channels.append(Email(context))
    for channel in channels:
        parts.loop.on_committed(channel.committed)
        parts.on_typing.append(channel.agent_typing)
    return channels


def _asgi(parts: Parts, channels: Sequence[Channel]) -> Starlette:
    async def agents(websocket: WebSocket) -> None:
        await agents_endpoint(websocket, parts)

    routes = [WebSocketRoute(PATH, agents), *api_routes(parts)]
    for channel in channels:
        routes += channel.routes()
    return Starlette(routes=routes, exception_handlers={HTTPException: on_http_exception})


# --- running ----------------------------------------------------------------------------------------------------

Ready = Callable[[str, Callable[[], None]], None]
"""Called once the server takes requests, with its address and how to stop it."""


async def serve(app: App, ready: Ready, opened: socket.socket | None = None) -> None:
    """Run until stopped; raises `CommitFailed` when the desk can't go on."""
    parts = app.parts
    listen = parts.settings.server
    opened = opened or open_port(listen)
    address = url_of(listen, opened)

    def started() -> None:
        logger.info("listening on %s", address)
        ready(address, server.stop)

    async def before_stop() -> None:
        await parts.loop.drain()
        for channel in app.channels:
            await channel.stop()

    server = DeskServer(app.asgi, listen, started, before_stop)
    parts.loop.tasks.on_failure = server.stop

    async def work() -> None:
        await _start(app)
        await server.serve([opened])

    try:
        await parts.loop.run(work)
    finally:
        opened.close()
        app.close()


async def _start(app: App) -> None:
    """Bring the desk in line with the settings and the accounts, then begin what goes on all the time."""
    parts = app.parts
    await parts.loop.submit(ServerStarted(), SYSTEM)
    await parts.accounts.configure_desk()
    await parts.configurations.begin()
    await parts.configurations.opening.look()
    users = {user.id for user in await parts.readers.run(parts.store.users)}
    for agent in [agent.id for agent in parts.loop.view.agents() if agent.id not in users]:
        await parts.loop.submit(RemoveAgent(agent), SYSTEM)
    await parts.access.look()
    parts.loop.spawn(parts.access.watch(), "watch accounts", vital=True)
    parts.loop.spawn(parts.configurations.opening.run(), "opening hours", vital=True)
    parts.loop.spawn(parts.publisher.run(), "figures", vital=True)
    parts.loop.spawn(_prune(parts), "prune")
    for channel in app.channels:
        parts.loop.spawn(channel.run(), type(channel).__name__, vital=True)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


async def _prune(parts: Parts) -> None:
    """Drop what is kept only for a while."""
    while True:
        try:
            now_ms = parts.clock.now_ms()
            gone = await parts.readers.run(parts.store.prune, now_ms - KEYS_KEPT_MS, now_ms - UNSENT_KEPT_MS)
            logger.debug("pruned %d rows", gone)
        except DeskError as problem:
            logger.warning("old rows can't be dropped: %s", problem)
        await parts.clock.sleep(PRUNE_EVERY_S)


def run(settings: ServerSettings, ready: Callable[[str], None] = lambda url: None, file: Path | None = None) -> None:
    """A server process, until SIGTERM or SIGINT; raises `DeskError` when it can't run or can't go on."""
    log.configure(settings.server.log)
    opened = open_port(settings.server)
    try:
        store = open_store(settings.database)
    except BaseException:
        opened.close()
        raise
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_process(settings, store, opened, ready, file))
    except BaseExceptionGroup as group:
        told, _ = group.split(DeskError)
        if told is None:
            raise
        raise _first(told) from group
    finally:
        store.close()


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # Windows has none
        return None
    return uvloop.new_event_loop


async def _process(
    settings: ServerSettings, store: Store, opened: socket.socket, ready: Callable[[str], None], file: Path | None
) -> None:
    def is_ready(url: str, stop: Callable[[], None]) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        ready(url)

    await serve(build(settings, store, file=file), is_ready, opened)
    logger.info("stopped")
