"""Queues as rows: what waits, how long, what is promised, how well it goes, who could take it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentdesk.tui.ages import age
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.lines import BLANK, Line, Span, line, pad
from agentdesk.tui.widgets.rows import Rows


class QueueLine(msgspec.Struct, frozen=True):
    """The figures of one queue."""

    name: str
    waiting: int
    oldest_ms: int | None
    estimate_ms: int | None
    active: int
    offered: int
    service_level: int | None
    target_s: int
    answered: int
    abandoned: int
    ready: int
    signed_in: int
    note: str = ""
    """What is unusual: refused by all, closed, pulled; shown below the figures."""


HEADINGS = (
    ("waiting", 8),
    ("oldest", 8),
    ("estimate", 9),
    ("offered", 8),
    ("active", 7),
    ("SL", 16),
    ("answered", 9),
    ("left", 6),
    ("ready", 8),
)
NAME_CELLS = 16
ALARM = "!"
"""What a note begins with that somebody should look at."""


class QueueTable(Rows):
    """Attribute down: `show(queues)`."""

    def __init__(self, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(id="queues")
        self._glyphs = glyphs
        self._queues: Sequence[QueueLine] = ()

    def show(self, queues: Sequence[QueueLine]) -> None:
        """Show these."""
        self._queues = queues
        height = max(3, len(queues) + sum(bool(queue.note) for queue in queues) + 2)
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """A heading, then one row each; columns that don't fit are left out from the right."""
        shown = self._columns(width)
        rows = [
            Line(((pad(" QUEUES", NAME_CELLS + 1), "title"), *((f"{name:>{room}}", "dim") for name, room in shown)))
        ]
        if not self._queues:
            rows.append(line((" No queue is known yet.", "dim")))
        for queue in self._queues:
            rows.append(self._row(queue, len(shown)))
            if queue.note:
                rows.append(line((f"   {queue.note}", "late" if queue.note.startswith(ALARM) else "dim")))
        return [*rows, BLANK]

    def _columns(self, width: int) -> list[tuple[str, int]]:
        room = width - NAME_CELLS - 1
        shown = []
        for name, cells in HEADINGS:
            room -= cells
            if room < 0:
                break
            shown.append((name, cells))
        return shown

    def _row(self, queue: QueueLine, columns: int) -> Line:
        late = queue.oldest_ms is not None and queue.waiting > 0 and queue.oldest_ms > queue.target_s * 1000
        mark = self._glyphs.urgent if late else " "
        cells: list[tuple[str, str]] = [
            (str(queue.waiting), "strong" if queue.waiting else "dim"),
            (
                age(queue.oldest_ms) + mark if queue.waiting and queue.oldest_ms is not None else "",
                "late" if late else "text",
            ),
            (age(queue.estimate_ms) if queue.estimate_ms is not None else "", "text"),
            (str(queue.offered or ""), "accent"),
            (str(queue.active or ""), "text"),
            self._level(queue),
            (str(queue.answered), "dim"),
            (str(queue.abandoned), "low" if queue.abandoned else "dim"),
            (f"{queue.ready}/{queue.signed_in}", "late" if queue.waiting and not queue.ready else "text"),
        ]
        spans: list[Span] = [(f" {pad(queue.name, NAME_CELLS)}", "strong")]
        spans += [(f"{text:>{HEADINGS[at][1]}}", role) for at, (text, role) in enumerate(cells[:columns])]
        return Line(tuple(spans))

    def _level(self, queue: QueueLine) -> Span:
        if queue.service_level is None:
            return (f"- in {queue.target_s} s", "dim")
        role = "good" if queue.service_level >= 80 else "low" if queue.service_level >= 60 else "late"
        return (f"{queue.service_level} % in {queue.target_s} s", role)
