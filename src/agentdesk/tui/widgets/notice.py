"""Things an agent must read: what happened, where, and what to do; on rows of their own until dismissed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.lines import Line, line, wrap
from agentdesk.tui.widgets.rows import Rows

ROWS_MAX = 6
"""A notice never takes more of the screen than this."""


class Trouble(msgspec.Struct, frozen=True):
    """One thing that went wrong or wants a decision: each part is a plain sentence, clean to be drawn."""

    title: str
    what: str = ""
    where: str = ""
    remedy: str = ""
    level: str = "warn"


class Notice(Rows):
    """Attribute down: `show(trouble)`; takes no room when there is nothing to say."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._glyphs = glyphs
        self.trouble: Trouble | None = None

    def on_mount(self) -> None:
        """Nothing to say at first."""
        self.display = False

    def show(self, trouble: Trouble | None) -> None:
        """Say this, or nothing."""
        if trouble == self.trouble:
            return
        self.trouble = trouble
        self.display = trouble is not None
        self._fit()
        self.repaint()

    def on_resize(self) -> None:
        """The same words need another number of rows."""
        self._fit()
        self.repaint()

    def _fit(self) -> None:
        if self.trouble is not None:
            width = self.size.width or (self.parent.size.width if self.parent else 80) or 80  # type: ignore[attr-defined]
            self.styles.height = len(self._rows(width))

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """The title, then what, where and what to do."""
        return self._rows(width)

    def _rows(self, width: int) -> list[Line]:
        trouble = self.trouble
        if trouble is None:
            return []
        where = f" ({trouble.where})" if trouble.where else ""
        mark = {"good": self._glyphs.sent, "dim": self._glyphs.bullet}.get(trouble.level, self._glyphs.warn)
        rows = [line((f" {mark} {trouble.title}{where}", trouble.level))]
        room = max(10, width - 4)
        for paragraph in trouble.what.split("\n"):
            rows += [line(f"   {row}") for row in wrap(paragraph, room)]
        rows = rows[: ROWS_MAX - 1]
        rows += [line((f"   {row}", "dim")) for row in wrap(trouble.remedy, room)]
        return rows[:ROWS_MAX]
