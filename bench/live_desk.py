"""A real server with one agent and chatting visitors, for benches that time the whole desk on a terminal."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agentdesk.client.visitor import Visitor
from bench.pty_session import PtySession

START_TIMEOUT_S = 30.0
AGENT = "ana"
PASSWORD = "correct horse battery"
COMMAND = [sys.executable, "-m", "agentdesk"]
READY = b"Ana"
"""Shown once the desk is connected and knows who works at it."""

TAKE, AVAILABLE = "\x1bOR", "\x1b[17~"
"""F3 and F6 as terminals send them."""


@dataclass(frozen=True)
class LiveDesk:
    """A running server. `env` makes `agentdesk` open the agent's desk on it."""

    url: str
    env: dict[str, str]


@contextmanager
def live_desk() -> Iterator[LiveDesk]:
    """A server in a folder of its own, ended and removed afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config, port = folder / "config.yaml", _free_port()
        _run("server", "init", "--config", str(config), "--data-dir", str(folder / "data"), "--port", str(port))
        settings = ("--config", str(config))
        _run("server", "user", "add", AGENT, "--name", "Ana", "--password-stdin", *settings, given=PASSWORD + "\n")
        token = _run("server", "token", "create", AGENT, *settings).strip()
        url = f"http://127.0.0.1:{port}"
        env = {
            "AGENTDESK_SERVER": url,
            "AGENTDESK_TOKEN": token,
            "AGENTDESK_CONFIG_DIR": str(folder / "person"),
            "AGENTDESK_STATE_DIR": str(folder / "person"),
        }
        log = (folder / "log").open("w")
        server = subprocess.Popen([*COMMAND, "server", "run", *settings], stderr=log, stdout=log)
        try:
            _wait_for_port(port)
            yield LiveDesk(url, env)
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            log.close()


class Visitors:
    """Visitors who each said something and stay; on a loop of their own in a thread."""

    def __init__(self, url: str, count: int) -> None:
        self._url, self._count = url, count
        self._done = threading.Event()
        self._said = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._stay()), daemon=True)

    def __enter__(self) -> Visitors:
        self._thread.start()
        if not self._said.wait(START_TIMEOUT_S):
            raise SystemExit("the visitors could not say anything")
        return self

    def __exit__(self, *problem: object) -> None:
        self._done.set()
        self._thread.join(START_TIMEOUT_S)

    async def _stay(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for number in range(1, self._count + 1):
                tasks.create_task(self._one(number))

    async def _one(self, number: int) -> None:
        async with Visitor(self._url, name=f"Visitor {number}") as visitor:
            for n in range(8):
                await visitor.say(f"message {n} of visitor {number}, who would like to know where the parcel is")
            self._said.set()
            await asyncio.to_thread(self._done.wait)


@contextmanager
def open_desk(live: LiveDesk, chats: int, *, columns: int, rows: int) -> Iterator[PtySession]:
    """The agent's desk on a terminal, with that many conversations open and a reply begun in one."""
    with PtySession(COMMAND, columns=columns, rows=rows, env={**live.env, "TEXTUAL_FPS": "240"}) as session:
        _see(session, READY)
        session.wait_quiet(0.5, 5)
        session.send(AVAILABLE)
        _see(session, b"Nobody needs you")
        with Visitors(live.url, chats):
            for _ in range(chats):
                _see(session, b"OFFER")
                session.output = b""
                session.send(TAKE)
                _see(session, b"Visitor")
                session.wait_quiet(0.7, 5)
            session.send("\x1b")
            session.wait_quiet(0.5, 5)
            session.send("r")
            _see(session, b"REPLY")
            session.wait_quiet(1.0, 5)
            yield session


def _see(session: PtySession, words: bytes) -> None:
    if session.wait_for(words, START_TIMEOUT_S) is None:
        raise SystemExit(f"never seen: {words!r} in {session.output[-1500:]!r}")


def _run(*arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [*COMMAND, *arguments], input=given, capture_output=True, text=True, timeout=START_TIMEOUT_S, check=False
    )
    if done.returncode:
        raise SystemExit(f"agentdesk {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for_port(port: int) -> None:
    until = time.perf_counter() + START_TIMEOUT_S
    while time.perf_counter() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not start")
