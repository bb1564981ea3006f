"""A widget of plain rows: the line API with a repaint of only the rows that changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.tui.lines import BLANK, Line
from agentdesk.tui.still import Still
from agentdesk.tui.widgets.roles import role_styles


class Rows(Still, Widget):
    """Shows the lines that `paint` returns. Subclasses keep what they show and call `repaint` when it changed."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._lines: list[Line] = []
        self._painted_for = (0, 0)
        self._styles_of: dict[str, Style] = {}
        self._base: Style | None = None

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """The lines for this size, at most `height` of them are shown."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Ask `paint` again and redraw the rows that differ."""
        if not self.is_attached:
            return
        width, height = self.size
        lines = list(self.paint(width, height))[:height] if width and height else []
        old, self._lines = self._lines, lines
        if self._painted_for != (width, height):
            self._painted_for = (width, height)
            self.refresh()
            return
        changed = [
            Region(0, y, width, 1)
            for y in range(max(len(old), len(lines)))
            if (old[y] if y < len(old) else BLANK) != (lines[y] if y < len(lines) else BLANK)
        ]
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        """A new size is a new drawing."""
        self.repaint()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows, drawn in one style: Textual works it out from all the widgets around, here once for all rows."""
        self._base = None
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One row as Textual draws it."""
        width = self.size.width
        base = self._base = self._base or self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        row = self._lines[y]
        if row.ground:
            base += self._role(row.ground)
        segments = [Segment(text, base + self._role(role)) for text, role in row.fitted(width) if text]
        return Strip(segments, width)

    def _role(self, role: str) -> Style:
        if not self._styles_of:
            self._styles_of = role_styles(self.app.theme_variables)
        return self._styles_of[role]

    def notify_style_update(self) -> None:
        """Another theme: the roles look different."""
        self._styles_of = {}
        super().notify_style_update()

    @property
    def plain(self) -> str:
        """What is shown, as text; tests and the accessibility dump read it."""
        return "\n".join(line.plain for line in self._lines)
