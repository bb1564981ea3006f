"""The first frame: what it draws, what it costs, and that it gives the terminal back."""

from __future__ import annotations

import re
import sys

import pytest

from agentdesk.tui import splash
from bench.pty_session import PtySession

DRAW = "import sys\nfrom agentdesk.tui import splash\nsplash.show('agentdesk', 'connecting')\n"


def placed(frame: str, columns: int, rows: int) -> list[str]:
    """The frame on a grid, by its own cursor moves; fails on a character outside."""
    grid = [[" "] * columns for _ in range(rows)]
    row = column = 0
    for move_row, move_column, mode, text in re.findall(r"\x1b\[(\d+);(\d+)H|(\x1b\[[?\d]*[a-zA-Z])|([^\x1b]+)", frame):
        if move_row:
            row, column = int(move_row) - 1, int(move_column) - 1
        elif not mode:
            for c in text:
                grid[row][column] = c
                column += 1
    return ["".join(line) for line in grid]


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 32), (200, 60), (20, 6), (10, 2)])
def test_it_fits_the_terminal(columns: int, rows: int) -> None:
    lines = placed(splash.frame(columns, rows, "agentdesk", "…"[:1]), columns, rows)
    assert lines[0].strip().startswith("agentdesk"[: columns - 1])
    if rows >= splash.ROWS_MIN and columns >= 20:
        assert lines[1][-1] in "┐+" and lines[rows - 2][-1] in "┘+" and lines[rows - 1].strip() == ""


def test_it_is_on_the_screen_and_the_app_may_paint_over_it() -> None:
    with PtySession([sys.executable, "-c", DRAW], columns=120, rows=32) as session:
        assert session.wait_for(b"connecting", 10) is not None
        session.wait_quiet(0.2, 5)
        assert b"\x1b[?1049h" in session.output and b"\x1b[?1049l" not in session.output


def test_it_can_be_undone() -> None:
    with PtySession([sys.executable, "-c", DRAW + "splash.undo()"], columns=80, rows=24) as session:
        assert session.wait_for(b"\x1b[?1049l", 10) is not None
        assert session.wait_for(b"\x1b[?25h", 10) is not None


def test_without_a_terminal_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert not splash.show()
    splash.undo()
    assert capsys.readouterr().out == ""
