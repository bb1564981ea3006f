"""The real thing on a real terminal: agentdesk in tmux, a server of its own, visitors on the public web chat."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agentdesk.client.desk import DeskClient
from agentdesk.client.visitor import Visitor
from agentdesk.client.visitor_memory import VisitorMemory
from agentdesk.core.commands import SetPresence
from agentdesk.core.model import Presence
from agentdesk.store.sqlite import open_store
from tests.conftest import RequireService
from tests.serving import (
    PASSWORD,
    ServerProcess,
    put_token,
    put_user,
    server_process,
    settings,
    start_server_process,
)

TIMEOUT_S = 30.0
LOOK_S = 0.05
COLUMNS, ROWS = 120, 32

pytestmark = pytest.mark.services


class Terminal:
    """A tmux server of its own with one window, in which agentdesk runs."""

    def __init__(self, tmux: str, folder: Path, env: dict[str, str]) -> None:
        self._tmux = [tmux, "-S", str(folder / "tmux.sock"), "-f", "/dev/null"]
        self._env = env

    def start(self, *arguments: str) -> None:
        """Run agentdesk in a new window."""
        settings = [part for name, value in self._env.items() for part in ("-e", f"{name}={value}")]
        command = [sys.executable, "-m", "agentdesk", *arguments]
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        self._run("new-session", "-d", *size, *settings, *command)
        self._run("set-option", "-g", "remain-on-exit", "on")

    def close(self) -> None:
        """End the window and tmux."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False, timeout=TIMEOUT_S)

    def keys(self, *names: str) -> None:
        """Keys by tmux's names."""
        self._run("send-keys", *names)

    def text(self, words: str) -> None:
        """Characters, as typed."""
        self._run("send-keys", "-l", words)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window this big."""
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def screen(self) -> str:
        """What one sees."""
        return self._run("capture-pane", "-p")

    async def see(self, *words: str) -> str:
        """Wait until all of these are on the screen."""
        until = time.monotonic() + TIMEOUT_S
        while missing := [word for word in words if word not in (screen := self.screen)]:
            assert time.monotonic() < until, f"never seen: {missing}\n{screen}"
            await asyncio.sleep(LOOK_S)
        return screen

    async def see_no_more(self, word: str) -> None:
        """Wait until this is gone."""
        until = time.monotonic() + TIMEOUT_S
        while word in (screen := self.screen):
            assert time.monotonic() < until, f"still there: {word}\n{screen}"
            await asyncio.sleep(LOOK_S)

    async def see_the_end(self) -> None:
        """Wait until agentdesk has gone by itself."""
        until = time.monotonic() + TIMEOUT_S
        while self._run("list-panes", "-F", "#{pane_dead}").strip() != "1":
            assert time.monotonic() < until, f"still running\n{self.screen}"
            await asyncio.sleep(LOOK_S)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], capture_output=True, text=True, check=True, timeout=TIMEOUT_S, env=self._env
        )
        return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server with one agent in its accounts."""
    data = tmp_path / "data"
    data.mkdir()
    config = settings(data)
    store = open_store(config.database)
    put_user(store, "ana", name="Ana")
    put_user(store, "sam", "supervisor", name="Sam")
    (data / "token").write_text(put_token(store, "ana"))
    store.close()
    with server_process(data, config) as running:
        yield running


@pytest.fixture
async def terminal(
    tmp_path: Path, server: ServerProcess, own_folders: Path, require_service: RequireService
) -> AsyncIterator[Terminal]:
    """A terminal with a person's own folders, pointed at the server."""
    env = {name: os.environ[name] for name in ("HOME", "PATH", "PYTHON_KEYRING_BACKEND")}
    env |= {name: value for name, value in os.environ.items() if name.startswith("AGENTDESK_")}
    env |= {"AGENTDESK_SERVER": server.url, "LANG": "C.UTF-8", "TZ": "UTC"}
    window = Terminal(require_service("tmux", "apt install tmux"), tmp_path, env)
    yield window
    window.close()


async def sign_in(terminal: Terminal, user: str) -> None:
    """Through the screen, as one without a token does."""
    await terminal.see("name", "password")
    terminal.text(user)
    await terminal.see(f"name      {user}")
    terminal.keys("Enter")
    await terminal.see(f"of {user}")
    terminal.text(PASSWORD)
    await terminal.see("•" * len(PASSWORD))
    terminal.keys("Enter")


def heard(memory: VisitorMemory, words: str) -> bool:
    """Whether the visitor has this on their page."""
    return any(words in message.text for message in memory.messages.values())


async def test_an_agent_takes_two_chats_answers_both_searches_and_wraps_up(
    terminal: Terminal, server: ServerProcess
) -> None:
    terminal.start()
    await sign_in(terminal, "ana")
    await terminal.see("Ana", "Ready when you are")
    terminal.keys("F6")
    await terminal.see("available", "Nobody needs you yet")
    async with Visitor(server.url, name="Budi") as budi, Visitor(server.url, name="Lan") as lan:
        await budi.say("where is my green parcel?")
        await terminal.see("OFFER", "Budi", "F3 take")
        terminal.keys("F3")
        await terminal.see("where is my green parcel?", "▸1 Budi")
        await lan.say("xin chào")
        await terminal.see("OFFER", "Lan")
        terminal.keys("F3")
        await terminal.see("▸2 Lan", "xin chào")

        terminal.keys("1", "r")
        await terminal.see("REPLY")
        terminal.text("It left this morning")
        terminal.keys("Enter")
        await budi.wait_for(lambda memory: heard(memory, "It left this morning"))
        await terminal.see("It left this morning", "✓")

        terminal.keys("Escape")
        await terminal.see("COMMAND")
        terminal.keys("2", "r")
        await terminal.see("REPLY")
        terminal.text("Chào Lan")
        terminal.keys("Enter")
        await lan.wait_for(lambda memory: heard(memory, "Chào Lan"))

        terminal.keys("Escape")
        await terminal.see("COMMAND")
        terminal.keys("f")
        await terminal.see("Search everything")
        terminal.text("green parcel")
        await terminal.see("where is my green parcel?")
        terminal.keys("Escape")
        await terminal.see_no_more("Search everything")

        terminal.resize(80, 24)
        await terminal.see("COMMAND", "Budi", "Lan")
        terminal.resize(COLUMNS, ROWS)
        for number in ("1", "2"):
            terminal.keys(number)
            await terminal.see(f"▸{number} ")
            terminal.keys("F8")
            await terminal.see("WRAP-UP")
            terminal.keys("Tab", "Tab")
            terminal.text("all fine")
            await terminal.see("all fine")
            terminal.keys("Enter")
            await terminal.see_no_more("WRAP-UP")
        await terminal.see("Nobody needs you yet")
    terminal.keys("Q")
    await terminal.see_the_end()


async def test_a_killed_server_loses_nothing_that_was_typed(terminal: Terminal, server: ServerProcess) -> None:
    terminal.start()
    await sign_in(terminal, "ana")
    await terminal.see("Ready when you are")
    terminal.keys("F6")
    await terminal.see("Nobody needs you yet")
    async with Visitor(server.url, name="Budi") as budi:
        await budi.say("halo")
        await terminal.see("OFFER")
        terminal.keys("F3")
        await terminal.see("▸1 Budi")
        server.kill()
        await terminal.see("Offline")
        terminal.keys("r")
        terminal.text("written while it was down")
        terminal.keys("Enter")
        await terminal.see("1 message will go out")
        port = int(server.url.rsplit(":", 1)[1])
        again = start_server_process(server.log.parent, server.config, port=port)
        try:
            await budi.wait_for(lambda memory: heard(memory, "written while it was down"), TIMEOUT_S)
            await terminal.see("available")
        finally:
            again.stop()
            assert again.process.stdout is not None
            again.process.stdout.close()


async def test_a_new_password_at_work_is_asked_for_in_place_and_nothing_is_lost(
    terminal: Terminal, server: ServerProcess
) -> None:
    terminal.start()
    await sign_in(terminal, "ana")
    await terminal.see("Ready when you are")
    terminal.keys("F6")
    await terminal.see("Nobody needs you yet")
    async with Visitor(server.url, name="Budi") as budi:
        await budi.say("halo")
        await terminal.see("OFFER")
        terminal.keys("F3")
        await terminal.see("▸1 Budi")
        terminal.keys("r")
        await terminal.see("REPLY")
        config = str(server.log.parent / "config.yaml")
        passwd = [sys.executable, "-m", "agentdesk", "server", "user", "passwd", "ana", "--password-stdin"]
        given = {"input": b"another good one", "check": True, "timeout": TIMEOUT_S}
        await asyncio.to_thread(subprocess.run, [*passwd, "--config", config], **given)
        await terminal.see("Signed out", "^L signs in again")
        terminal.text("written while signed out")
        terminal.keys("Enter")
        await terminal.see("1 message waits")
        await budi.say("are you there?")
        terminal.keys("C-l")
        await terminal.see("Sign in again", "name      ana")
        terminal.text("another good one")
        terminal.keys("Enter")
        await terminal.see("Not sent: this came while you wrote", "are you there?", "available")
        terminal.keys("C-r")
        await budi.wait_for(lambda memory: heard(memory, "written while signed out"), TIMEOUT_S)
        said = [message.text for message in budi.memory.messages.values()]
        assert said.count("written while signed out") == 1
    terminal.keys("Escape")
    await terminal.see("COMMAND")
    terminal.keys("Q")
    await terminal.see_the_end()


async def test_a_supervisor_sees_queues_and_agents_live(terminal: Terminal, server: ServerProcess) -> None:
    terminal.start("monitor")
    await sign_in(terminal, "sam")
    await terminal.see("agentdesk monitor", "QUEUES", "Support", "AGENTS", "offline")
    client = DeskClient(server.url, (server.log.parent / "token").read_text())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(client.run())
        client.submit(SetPresence(Presence.AVAILABLE))
        await terminal.see("1 available", "free")
        async with Visitor(server.url, name="Budi") as budi:
            await budi.say("halo")
            await terminal.see_no_more("free")
        running.cancel()
    terminal.keys("q")
    await terminal.see_the_end()
