"""The first frame: a skeleton of the desk in raw ANSI, on the screen before Textual is imported.

Importing this module loads nothing beyond the standard library's smallest parts. Call `show()` first of all when
stdin and stdout are a terminal; the real app then paints over it.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
"""What `typing.TYPE_CHECKING` is, without importing typing."""
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any

FRAMES_PER_S = "240"
"""Textual's screen timer; at its default of 60 a key waits up to 16 ms for the next tick while panes are busy."""

INBOX_COLUMNS = 24
WIDE_FROM = 100
ROWS_MIN = 6


def show(title: str = "agentdesk", state: str = "connecting …") -> bool:
    """Draw the skeleton at the terminal's size; False when there is no terminal to draw on."""
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_PER_S)
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        return False
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return False
    sys.stdout.write(frame(columns, rows, title, state))
    sys.stdout.flush()
    _import_without_collections()
    _import_when_used("importlib.metadata", "urllib.request")
    return True


def _import_without_collections() -> None:
    """A tenth of the time to the desk goes into looking for garbage that importing does not make.

    `agentdesk.tui.collector` takes over once the desk is drawn.
    """
    import gc

    gc.disable()


def _import_when_used(*names: str) -> None:
    """What the WebSocket library imports and only proxies need, with the mail and HTTP parsers below it: 9 ms."""
    from importlib.machinery import PathFinder
    from importlib.util import LazyLoader

    class WhenUsed(PathFinder):
        @classmethod
        def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
            found = super().find_spec(fullname, path, target) if fullname in names else None
            if found is not None and found.loader is not None:
                found.loader = LazyLoader(found.loader)
            return found

    sys.meta_path.insert(0, WhenUsed)


def undo() -> None:
    """Give the terminal back when the app does not start after all (an error message follows)."""
    if sys.stdout.isatty():
        sys.stdout.write("\x1b[?25h\x1b[?1049l")
        sys.stdout.flush()


def frame(columns: int, rows: int, title: str, state: str) -> str:
    """The bytes of the skeleton: the alternate screen, no cursor, a header and dim frames."""
    out = ["\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J", _at(1, 1), f"\x1b[1m {title}\x1b[0m  {state}"[: columns + 8]]
    if rows >= ROWS_MIN and columns >= 20:
        inbox = INBOX_COLUMNS if columns >= WIDE_FROM else 0
        out.append("\x1b[2m")
        if inbox:
            out.extend(_box(1, 2, inbox, rows - 2))
        out.extend(_box(1 + inbox, 2, columns - inbox, rows - 2))
        out.append("\x1b[0m")
    return "".join(out)


def _at(column: int, row: int) -> str:
    return f"\x1b[{row};{column}H"


def _box(column: int, row: int, width: int, height: int) -> list[str]:
    plain = "utf" not in (sys.stdout.encoding or "").lower()
    across, down, corners = ("-", "|", "++++") if plain else ("─", "│", "┌┐└┘")
    lines = [_at(column, row) + corners[0] + across * (width - 2) + corners[1]]
    for y in range(row + 1, row + height - 1):
        lines.append(_at(column, y) + down + _at(column + width - 1, y) + down)
    lines.append(_at(column, row + height - 1) + corners[2] + across * (width - 2) + corners[3])
    return lines
