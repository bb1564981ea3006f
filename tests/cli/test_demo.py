"""The demo as a newcomer runs it: it works, accounts for every message, and leaves nothing behind however it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "agentdesk", "demo"]
WAIT_S = 30
LOOK_EVERY_S = 0.05
LEAVE_SCREEN = b"\x1b[?1049l"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(tmp_path), "TERM": "xterm-256color"}


def folders(tmp_path: Path) -> list[Path]:
    return list(tmp_path.glob("agentdesk-demo-*"))


def servers(tmp_path: Path) -> list[int]:
    """The demo servers that work in this folder, by process id."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"{tmp_path}/agentdesk-demo-".encode() in command.read_bytes():
                found.append(int(command.parent.name))
        except OSError:
            continue  # it ended while we looked
    return found


def wait_for(ready: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_S
    while not ready():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(LOOK_EVERY_S)


def running(tmp_path: Path) -> bool:
    return any((folder / "data" / "address").exists() for folder in folders(tmp_path))


@pytest.fixture
def headless(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    demo = subprocess.Popen([*COMMAND, "--headless", "--seconds", "300"], env=environment)
    yield demo
    demo.kill()
    demo.wait()


def test_headless_accounts_for_every_message(tmp_path: Path, environment: dict[str, str]) -> None:
    arguments = ["--headless", "--seconds", "5", "--json", "--seed", "7"]
    done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert (told["lost"], told["duplicated"]) == (0, 0)
    assert told["customers"] >= 3 and told["accepted"] >= 3 and told["wrapped_up"] >= 1
    assert told["messages_in"] >= 5 and told["messages_out"] >= 5
    assert 0 < told["latency_ms"]["p50"] <= told["latency_ms"]["p99"]
    assert folders(tmp_path) == [] and servers(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_leaves_nothing(tmp_path: Path, headless: subprocess.Popen[bytes], number: int) -> None:
    wait_for(lambda: running(tmp_path))
    headless.send_signal(number)
    assert headless.wait(WAIT_S) != 0
    assert folders(tmp_path) == [] and servers(tmp_path) == []


def test_killed_it_leaves_nothing(tmp_path: Path, headless: subprocess.Popen[bytes]) -> None:
    wait_for(lambda: running(tmp_path))
    headless.kill()
    wait_for(lambda: not folders(tmp_path) and not servers(tmp_path))


def test_on_a_terminal_chats_come_in_and_the_terminal_is_given_back(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    process, terminal = pty.fork()
    if process == 0:
        os.execve(sys.executable, [*COMMAND, "--seed", "3"], {**environment, "COLUMNS": "120", "LINES": "35"})
    shown = bytearray()

    def read() -> bool:
        """Take what is on its way; False at the end."""
        if not select.select([terminal], [], [], LOOK_EVERY_S)[0]:
            return True
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the other side is closed
            return False
        shown.extend(data)
        return bool(data)

    def shows(words: bytes) -> bool:
        read()
        return words in shown

    try:
        wait_for(lambda: shows(b"/demo"))
        wait_for(lambda: shows(b"Guide"))
        os.kill(process, signal.SIGTERM)
        wait_for(lambda: not read())
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
    assert LEAVE_SCREEN in shown
    assert re.search(rb"Be a customer yourself, in a browser: http://127\.0\.0\.1:\d+/demo", shown)
    assert folders(tmp_path) == [] and servers(tmp_path) == []


@pytest.mark.parametrize("arguments", [["--seconds", "5"], ["--headless", "--seconds", "0"], ["--json"]])
def test_what_makes_no_sense_is_refused(arguments: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, timeout=30)
    assert done.returncode == 1
    assert b"seconds" in done.stderr
