"""What stands where the panes will be: says what to press next."""

from __future__ import annotations

from collections.abc import Sequence

from agentdesk.tui.lines import BLANK, Line, line, wrap
from agentdesk.tui.widgets.rows import Rows


class Empty(Rows):
    """Attribute down: `show(title, hints)`, hints as pairs of key and what it does."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = ""
        self._text = ""
        self._keys: tuple[tuple[str, str], ...] = ()

    def show(self, title: str, text: str, keys: tuple[tuple[str, str], ...]) -> None:
        """Say this from now on."""
        if (title, text, keys) != (self._title, self._text, self._keys):
            self._title, self._text, self._keys = title, text, keys
            self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """In the middle, in a column that reads well."""
        room = min(56, width - 4)
        margin = " " * max(0, (width - room) // 2)
        rows = [line((margin + self._title, "title")), BLANK]
        rows += [line(margin + row) for row in wrap(self._text, room)]
        rows.append(BLANK)
        rows += [line((f"{margin}{key:>6}", "key"), f"  {words}") for key, words in self._keys]
        above = max(0, (height - len(rows)) // 2)
        return [*([BLANK] * above), *rows]
