"""Plain `agentdesk` on a real terminal: a frame at once, and a readable terminal when the desk doesn't open."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from agentdesk.tui import splash

WAIT_S = 20


def on_a_terminal(*arguments: str, **environment: str) -> tuple[str, int]:
    """Everything a command wrote to a terminal of its own, and its exit code."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with os.fdopen(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "agentdesk", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **environment},
            start_new_session=True,
        )
        os.close(theirs)
        written = b""
        with suppress(OSError):  # the terminal is gone when the last process leaves it
            while part := screen.read(65_536):
                written += part
        return written.decode(), process.wait(WAIT_S)


def test_the_frame_comes_first_and_goes_before_an_error() -> None:
    written, code = on_a_terminal(AGENTDESK_SERVER="no address")
    assert code == 1
    assert written.startswith("\x1b[?1049h") and "agentdesk" in written.split("\x1b[?1049l")[0]
    after = written.split("\x1b[?1049l")[1]
    assert "'no address' is not a server's address" in after
    assert "Traceback" not in written


@pytest.mark.parametrize("arguments", [["--version"], ["server", "check", "--config", "none.yaml"]])
def test_other_commands_draw_no_frame(arguments: list[str]) -> None:
    written, _ = on_a_terminal(*arguments)
    assert "\x1b[" not in written


def test_a_screen_needs_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "agentdesk"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 1
    assert "a screen needs a terminal" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_the_frame_is_drawn_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    script = tmp_path / "first.py"
    script.write_text(
        "import sys\n"
        "from agentdesk.tui import splash\n"
        "from agentdesk import __main__ as start\n"
        "def show():\n"
        "    print(sorted({'argparse', 'asyncio', 'typing', 'textual', 'yaml'} & sys.modules.keys()))\n"
        "    raise SystemExit\n"
        "splash.show = show\n"
        "sys.argv[1:] = []\n"
        "start.main()\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_frame_fits_any_terminal() -> None:
    for columns, rows in ((80, 24), (200, 60), (20, 5), (1, 1)):
        assert splash.frame(columns, rows, "agentdesk", "connecting")
