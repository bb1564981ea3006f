"""The demo's own server: a temporary folder, a settings file, users, and a child process on a free loopback port.

Nothing is left behind: the child stops and removes the folder when its standard input closes, so also when this
process is killed and can do nothing more.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random

import msgspec

from agentdesk.cli.demo.past import write_past
from agentdesk.cli.server.accounts import accounts
from agentdesk.cli.server.run import address_file
from agentdesk.config import ServerSettings, read_server
from agentdesk.errors import DeskError
from agentdesk.server.clock import SystemClock
from agentdesk.store import base
from agentdesk.store.sqlite import open_store

READY_WAIT_S = 30.0
STOP_WAIT_S = 15.0
LOOK_EVERY_S = 0.05
LOG = "server.log"
LOG_LINES_SHOWN = 15

SETTINGS = Path(__file__).with_name("settings.yaml")
ADDRESS = "toko@demo.test"
MAIL = """
email:
  hold_s: 3
  smtp: {{host: 127.0.0.1, port: {ports.relay}, tls: none}}
  listen: {{host: 127.0.0.1, port: {ports.lmtp}}}
  mailboxes: [{{id: toko, address: {address}, name: Toko Demo, queue: support, signature: "Toko Demo"}}]
"""


class Account(msgspec.Struct, frozen=True):
    """A user of the demo, signed in."""

    id: str
    name: str
    token: str


class Ports(msgspec.Struct, frozen=True):
    """Where mail goes in by LMTP, where the relay is that takes what agents send, and the page that shows it."""

    lmtp: int
    relay: int
    page: int


class Place(msgspec.Struct, frozen=True):
    """A running demo server. `tokens` are what the browsers of known customers keep, by name."""

    url: str
    folder: Path
    database: Path
    accounts: dict[str, Account]
    tokens: dict[str, str]
    mail: Ports

    @property
    def page(self) -> str:
        """The web page on which one can be a customer."""
        return f"{self.url}/demo"


class User(msgspec.Struct, frozen=True):
    """Somebody to sign in. No queues means all of them."""

    id: str
    name: str
    role: str = "agent"
    capacity: int | None = None
    queues: tuple[str, ...] = ()


@contextmanager
def open_place(users: list[User], random: Random) -> Iterator[Place]:
    """Run a server with these users and some customers' past; afterwards stop it and remove everything."""
    folder = Path(tempfile.mkdtemp(prefix="agentdesk-demo-"))
    try:
        ports = Ports(*_free_ports(3))
        mail = MAIL.format(address=ADDRESS, ports=ports)
        (folder / "config.yaml").write_text(SETTINGS.read_text(encoding="utf-8") + mail, encoding="utf-8")
        settings = read_server(folder / "config.yaml")
        Path(settings.server.data_dir).mkdir(mode=0o700)
        accounts = _sign_up(settings, users)
        with closing(open_store(settings.database)) as store:
            tokens = write_past(store, settings, SystemClock().now_ms(), random)
        child = _start(folder)
        try:
            yield Place(_wait_for(child, folder, settings), folder, settings.database, accounts, tokens, ports)
        finally:
            _stop(child)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now."""
    with ExitStack() as stack:
        opened = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in opened]


def _sign_up(settings: ServerSettings, users: list[User]) -> dict[str, Account]:
    """Put the users in the database and sign each in. Passwords are random and forgotten."""
    signed: dict[str, Account] = {}
    with accounts(settings, make=True) as desk:
        for user in users:
            made = base.User(user.id, user.name, user.role, "", capacity=user.capacity, queues=user.queues)
            desk.create(made, secrets.token_urlsafe(16))
            signed[user.id] = Account(user.id, user.name, desk.create_token(made, "demo", 1))
    return signed


def _start(folder: Path) -> subprocess.Popen[bytes]:
    """Start the server; it lives until its standard input closes."""
    with (folder / LOG).open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "agentdesk.cli.demo.child", str(folder), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C on the terminal is ours to handle
        )


def _wait_for(child: subprocess.Popen[bytes], folder: Path, settings: ServerSettings) -> str:
    """The server's address, once it takes requests."""
    address = address_file(settings)
    until = time.monotonic() + READY_WAIT_S
    while time.monotonic() < until and child.poll() is None:
        if address.exists() and (url := address.read_text(encoding="utf-8")):
            return url
        time.sleep(LOOK_EVERY_S)
    lines = (folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    raise DeskError("\n".join(lines[-LOG_LINES_SHOWN:]) or "it said nothing", title="The demo's server did not start")


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Let it stop in order; when it doesn't, end it."""
    assert child.stdin is not None
    child.stdin.close()
    try:
        child.wait(STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
