"""What really reaches a terminal when hostile text is drawn: nothing that it would obey."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from rich.segment import ControlType, Segment
from textual.color import Color

from agentdesk.tui.filter import ControlFilter
from bench.pty_session import PtySession

APP = Path(__file__).with_name("hostile_app.py")
LEAKS = {
    "title": b"]0;PWNTITLE",
    "clipboard": b"\x1b]52;",
    "clear": b"\x1b[HZZ",
    "link": b"\x1b]8;;http://evil",
    "colour": b"\x1b[31mRED",
    "device": b"\x1bP$q",
    "c1 colour": "\x9b31m".encode(),
    "c1 title": "\x9d0;".encode(),
    "null": b"\x00",
    "delete": b"\x7f",
    "override": "\u202e".encode(),
    "isolate": "\u2066".encode(),
}
"""What must not be in the output; `title` counts only with a control code before it, so it is looked for raw below."""


def drawn(how: str) -> bytes:
    with PtySession([sys.executable, str(APP), how], columns=300, rows=60) as session:
        assert session.wait_for(b"ALL-DRAWN", 30) is not None, session.output[-2000:]
        session.wait_quiet(0.3, 5)
        return session.output


def found(output: bytes) -> set[str]:
    raw = dict(LEAKS, title=b"\x1b]0;PWNTITLE")
    return {name for name, leak in raw.items() if leak in output}


def test_nothing_leaks_from_any_widget() -> None:
    output = drawn("safe")
    assert found(output) == set()
    assert "␛]0;PWNTITLE␇".encode() in output


def test_without_the_filter_it_would() -> None:
    assert {"title", "clipboard", "colour", "c1 colour", "override"} <= found(drawn("bare"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1bb", "a␛b"),
        ("a\x9bb", "a\ufffdb"),
        ("\x00\x7f\n", "␀␡␊"),
        ("\u202e\u2066", "\ufffd\ufffd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_controls_become_pictures(text: str, shown: str) -> None:
    segments = ControlFilter().apply([Segment(text)], Color(0, 0, 0))
    assert [segment.text for segment in segments] == [shown]


def test_textuals_own_control_segments_pass() -> None:
    segments = [Segment("\x1b[1;1H", None, [(ControlType.CURSOR_MOVE_TO, 0, 0)]), Segment("a\x1b")]
    assert [s.text for s in ControlFilter().apply(segments, Color(0, 0, 0))] == ["\x1b[1;1H", "a␛"]


def test_clean_segments_are_not_copied() -> None:
    segments = [Segment("a"), Segment("b")]
    assert ControlFilter().apply(segments, Color(0, 0, 0)) is segments


def test_no_color_is_honoured_to_the_letter() -> None:
    env = {"NO_COLOR": "1"}
    with PtySession([sys.executable, str(APP), "safe"], columns=120, rows=40, env=env) as session:
        assert session.wait_for(b"ALL-DRAWN", 30) is not None
        sequences = re.findall(rb"\x1b\[([\d;:]*)m", session.output)
    assert sequences
    codes = {code for sequence in sequences for code in re.split(rb"[;:]", sequence)}
    assert not codes & {str(n).encode() for n in (*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108))}
