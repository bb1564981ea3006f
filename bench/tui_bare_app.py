"""The least a Textual app can do with a key: a line-API widget repainting two of its rows; bench/tui_keys.py's unit."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.events import Key
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

ROWS = 40


class Lines(Widget, can_focus=True):
    """Moves a mark down its rows at each key."""

    DEFAULT_CSS = "Lines { height: 1fr; }"
    at = 0

    def render_line(self, y: int) -> Strip:
        """One row."""
        mark = "> " if y == self.at % ROWS else "  "
        return Strip([Segment(f"{mark}Customer {y} waiting")]).adjust_cell_length(self.size.width)

    def on_key(self, event: Key) -> None:
        """Repaint the row left and the row entered."""
        event.stop()
        before, self.at = self.at, self.at + 1
        width = self.size.width
        self.refresh(Region(0, before % ROWS, width, 1), Region(0, self.at % ROWS, width, 1))


class Bare(App[None]):
    """Nothing but the lines."""

    def compose(self) -> ComposeResult:
        """One widget."""
        yield Lines()

    def on_mount(self) -> None:
        """Give it the keys."""
        self.query_one(Lines).focus()


if __name__ == "__main__":
    Bare().run()
