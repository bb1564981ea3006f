"""What the terminal is asked around a run, and that it is taken back whatever happens."""

from __future__ import annotations

import sys

import pytest

from agentdesk.tui.terminal_modes import explicit_direction
from bench.pty_session import PtySession

RUN = """
from agentdesk.tui.terminal_modes import explicit_direction
try:
    with explicit_direction({wanted}):
        print("INSIDE", flush=True)
        raise KeyError
except KeyError:
    print("OUTSIDE", flush=True)
"""


def output(wanted: bool, env: dict[str, str] | None = None) -> bytes:
    with PtySession([sys.executable, "-c", RUN.format(wanted=wanted)], env=env) as session:
        assert session.wait_for(b"OUTSIDE", 10) is not None
        return session.output


def test_the_terminal_leaves_the_order_to_us_and_gets_it_back() -> None:
    before, _, after = output(True).partition(b"INSIDE")
    assert before == b"\x1b[8l" and after.strip().startswith(b"\x1b[8h")


def test_in_tmux_it_goes_through() -> None:
    before, _, _ = output(True, {"TMUX": "/tmp/x,1,0"}).partition(b"INSIDE")
    assert before == b"\x1bPtmux;\x1b\x1b[8l\x1b\\"


def test_it_is_not_asked_when_not_wanted() -> None:
    assert b"\x1b" not in output(False)


def test_nothing_is_written_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with explicit_direction(True):
        pass
    assert capsys.readouterr().out == ""
