"""The row above the composer of a mail: to whom it goes, about what, and when."""

from __future__ import annotations

from collections.abc import Sequence

from agentdesk.tui.lines import Line, Span, cells, cut, line
from agentdesk.tui.widgets.rows import Rows


class MailLine(Rows):
    """Attribute down: `show(parts, key)`; labels and values are clean."""

    def __init__(self) -> None:
        super().__init__(classes="hint")
        self._parts: tuple[Span, ...] = ()
        self._key = ""

    def show(self, parts: Sequence[Span], key: str) -> None:
        """Show this; `key` is what changes it."""
        self._parts, self._key = tuple(parts), key
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """The row; the key stays, the end of the subject gives way."""
        right: list[Span] = [(f" {self._key} ", "key")] if self._key else []
        return [line(*cut(self._parts, width - cells(right)), right=right)]
