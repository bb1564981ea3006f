"""The keys that work here, from the registry, in columns; and what the two states are."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from agentdesk.tui.actions import Action, bindings_for, bindings_of, in_contexts
from agentdesk.tui.lines import BLANK, Line, line, pad
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.widgets.rows import Rows

COLUMN = 38
KEY_CELLS = 15

WORDS = {
    "command": "While commanding (single letters act; Esc brings you here)",
    "desk": "Always, also while you write",
    "compose": "While you write",
    "wrapup": "In wrap-up",
    "picker": "In lists",
    "monitor": "In the monitor",
}


class Keys(Rows, can_focus=True):
    """All keys of some contexts, scrolled by rows."""

    def __init__(self, contexts: Sequence[str], shortcuts: Shortcuts) -> None:
        super().__init__()
        self._contexts = contexts
        self._shortcuts = shortcuts
        self._top = 0

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """As many columns as fit, filled downwards."""
        rows = self._rows(width)
        self._top = max(0, min(self._top, len(rows) - height))
        return rows[self._top : self._top + height]

    def scroll_by(self, rows: int) -> None:
        """Move through what doesn't fit."""
        self._top += rows
        self.repaint()

    def _rows(self, width: int) -> list[Line]:
        rows: list[Line] = []
        for context in self._contexts:
            rows += [line((f" {WORDS[context]}", "title"))]
            actions = [action for action in in_contexts(context) if self._shortcuts.of(action)]
            rows += _columns([self._cell(action) for action in actions], max(1, width // COLUMN))
            rows.append(BLANK)
        return rows

    def _cell(self, action: Action) -> tuple[tuple[str, str], ...]:
        keys = pad(f" {self._shortcuts.all_of(action)}", KEY_CELLS)
        return ((keys, "key"), (pad(action.description, COLUMN - KEY_CELLS), "text"))


def _columns(cells: list[tuple[tuple[str, str], ...]], columns: int) -> list[Line]:
    height = -(-len(cells) // columns)
    return [Line(tuple(span for cell in cells[row::height] for span in cell)) for row in range(height)]


class Help(ModalScreen[None], inherit_bindings=False):
    """Opens over the desk; any way out closes it."""

    BINDINGS = [*bindings_for("picker"), *bindings_of("read.older", "read.newer")]

    def __init__(self, contexts: Sequence[str], shortcuts: Shortcuts) -> None:
        super().__init__(classes="help")
        self._contexts = contexts
        self._shortcuts = shortcuts

    def compose(self) -> ComposeResult:
        """Title, keys."""
        with Vertical(classes="help-box"):
            yield Label(Content("Keys"), classes="picker-title")
            yield Keys(self._contexts, self._shortcuts)
            yield Label(Content("↑↓ scroll · Esc close · rebind any of them in client.yaml"), classes="picker-keys")

    def action_act(self, action_id: str) -> None:
        """Scroll and close."""
        moves = {"picker.up": -1, "picker.down": 1, "read.older": -10, "read.newer": 10}
        if action_id in moves:
            self.query_one(Keys).scroll_by(moves[action_id])
        else:
            self.dismiss()
