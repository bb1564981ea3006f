"""A real server for tests: in this process (`running_server`) or as a process of its own (`start_server_process`).

async with running_server(tmp_path) as server:
    token = await server.token("ana")              # makes the user as well
    ...  server.url, server.ws_url, server.store, server.parts
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from agentdesk.config.server import (
    DeskSettings,
    LimitSettings,
    ListenSettings,
    QueueSettings,
    ServerSettings,
    WebchatSettings,
    WrapupSettings,
)
from agentdesk.protocol.messages import PATH
from agentdesk.server.app import App, build, serve
from agentdesk.server.clock import SystemClock
from agentdesk.server.passwords import hash_password, new_token, token_hash
from agentdesk.store.base import Store, Token, User
from agentdesk.store.sqlite import open_store

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
PASSWORD = "correct horse battery"
_hashed: list[str] = []

QUEUES = (
    QueueSettings(id="support", name="Support", channels=("chat", "email", "task"), offer_timeout_s=30),
    QueueSettings(id="sales", name="Sales", channels=("chat",), offer_timeout_s=30),
)


def settings(data_dir: Path, **changes: Any) -> ServerSettings:
    """Settings for a test: a free loopback port, two queues, generous limits. Name whole sections to change them."""
    sections: dict[str, Any] = {
        "server": ListenSettings(port=0, data_dir=str(data_dir)),
        "limits": LimitSettings(commands_per_s=5_000, requests_per_s=5_000),
        "desk": DeskSettings(agent_grace_s=30, customer_grace_s=30),
        "webchat": WebchatSettings(origins=("*",), queue="support", messages_per_minute=6_000, chats_per_hour=100_000),
        "queues": QUEUES,
        **changes,
    }
    return ServerSettings(**sections)


def quick_queue(queue_id: str = "support", **changes: Any) -> QueueSettings:
    """A queue that asks for no wrap-up."""
    return QueueSettings(**{"id": queue_id, "name": queue_id.title(), "wrapup": WrapupSettings(mode="none"), **changes})


def password_hash() -> str:
    """The hash of `PASSWORD`, made once: hashing is slow on purpose."""
    if not _hashed:
        _hashed.append(hash_password(PASSWORD))
    return _hashed[0]


def put_user(store: Store, user: str, role: str = "agent", **fields: Any) -> User:
    """Make a user whose password is `PASSWORD`."""
    made = User(id=user, name=fields.pop("name", user.title()), role=role, password=password_hash(), **fields)
    store.put_user(made)
    return made


def put_token(store: Store, user: str, **fields: Any) -> str:
    """Make a token for a user; its secret."""
    secret = new_token()
    store.put_token(Token(token_hash(secret), user, "test", SystemClock().now_ms(), **fields))
    return secret


def ws_of(url: str) -> str:
    """The agents' WebSocket of a server."""
    return url.replace("http", "ws", 1) + PATH


@dataclass
class RunningServer:
    """A server that runs on this loop."""

    url: str
    app: App
    store: Store
    stop: Callable[[], None]
    _roles: dict[str, str] = field(default_factory=dict)

    @property
    def ws_url(self) -> str:
        """Where agents connect."""
        return ws_of(self.url)

    @property
    def parts(self) -> Any:
        """What the server is made of."""
        return self.app.parts

    async def token(self, user: str, role: str = "agent", **fields: Any) -> str:
        """A token for a user, who is made first unless there is one already."""
        if await asyncio.to_thread(self.store.user, user) is None:
            await asyncio.to_thread(lambda: put_user(self.store, user, role, **fields))
        return await asyncio.to_thread(put_token, self.store, user)


@contextlib.asynccontextmanager
async def running_server(
    data_dir: Path, config: ServerSettings | None = None, *, store: Store | None = None
) -> AsyncIterator[RunningServer]:
    """A server on this loop until the block ends; it fails the test when it stops by itself."""
    config = config or settings(data_dir)
    owned = store is None
    kept = store if store is not None else open_store(config.database)
    app = build(config, kept)
    ready: asyncio.Future[tuple[str, Callable[[], None]]] = asyncio.get_running_loop().create_future()

    def on_ready(url: str, stop: Callable[[], None]) -> None:
        ready.set_result((url, stop))

    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(serve(app, on_ready))
        try:
            await asyncio.wait((ready, work), return_when=asyncio.FIRST_COMPLETED, timeout=START_TIMEOUT_S)
            if work.done():
                work.result()
            url, stop = ready.result()
            yield RunningServer(url, app, kept, stop)
            stop()
            await asyncio.wait_for(work, STOP_TIMEOUT_S)
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait((work,))
            if owned:
                kept.close()


# --- a process of its own ---------------------------------------------------------------------------------------


def write_config(config: ServerSettings, path: Path) -> Path:
    """The settings as a file that `agentdesk server run --config` reads."""
    path.write_text(yaml.safe_dump(_plain(msgspec.to_builtins(config)), sort_keys=False), encoding="utf-8")
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if one is not None}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


@dataclass
class ServerProcess:
    """`python -m agentdesk server run` as a process. Its log is in `log`."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    config: ServerSettings

    @property
    def ws_url(self) -> str:
        """Where agents connect."""
        return ws_of(self.url)

    def kill(self) -> None:
        """SIGKILL, at once."""
        self.process.kill()
        self.process.wait(STOP_TIMEOUT_S)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_TIMEOUT_S)


def start_server_process(data_dir: Path, config: ServerSettings | None = None, *, port: int = 0) -> ServerProcess:
    """Start a server on `data_dir` and wait until it takes requests. End it with `stop` or `kill`.

    To start it again at the same address pass the first one's port.
    """
    config = config or settings(data_dir)
    config = msgspec.structs.replace(config, server=msgspec.structs.replace(config.server, port=port))
    path = write_config(config, data_dir / "config.yaml")
    log = data_dir / "server.log"
    command = [sys.executable, "-m", "agentdesk", "server", "run", "--config", str(path)]
    with log.open("ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=os.environ.copy())
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    if "ready at" not in line:
        process.kill()
        process.wait(STOP_TIMEOUT_S)
        raise RuntimeError(f"the server did not start: {line}\n{log.read_text()}")
    return ServerProcess(line.rsplit(" ", 1)[1].strip(), process, log, config)


@contextlib.contextmanager
def server_process(data_dir: Path, config: ServerSettings | None = None) -> Iterator[ServerProcess]:
    """The same as a block."""
    server = start_server_process(data_dir, config)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait(STOP_TIMEOUT_S)
        assert server.process.stdout is not None
        server.process.stdout.close()


@contextlib.contextmanager
def no_tracebacks() -> Iterator[None]:
    """Fail when anything is logged with a traceback, or as an error, in the block."""
    seen: list[str] = []

    class _Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info or record.levelno >= logging.ERROR:
                seen.append(f"{record.name}: {record.getMessage()}\n{self.format(record)}")

    watch = _Watch()
    root = logging.getLogger()
    root.addHandler(watch)
    try:
        yield
    finally:
        root.removeHandler(watch)
    assert not seen, "\n".join(seen)
