"""The drawing half of a transcript: which row each line shows, cached strips, and repaints that are few and small."""

from __future__ import annotations

from collections.abc import Hashable
from time import monotonic

from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from agentdesk.tui.bidi import BidiMode
from agentdesk.tui.glyphs import Glyphs
from agentdesk.tui.still import Still
from agentdesk.tui.transcript_log import Log
from agentdesk.tui.transcript_paint import STYLES, Highlight, bar, paint
from agentdesk.tui.transcript_rows import Look, Row, rows_of
from agentdesk.tui.transcript_view import View

REPAINT_S = 1 / 10
"""Between two repaints caused by messages: six busy panes leave keys room. What the agent does repaints at once."""

CACHED_ENTRIES_MAX = 600
"""Wrapped entries and their strips kept; the window needs a few dozen."""

_BAR_CELLS = 1
_Cell = tuple[int, int, Row | None, str]
"""What one line of the window shows: position, row of the entry, the row itself, the scroll bar's part."""


class TranscriptCanvas(Still, Widget):
    """Draws the rows of a log through a view. `Transcript` adds what changes them."""

    COMPONENT_CLASSES = {f"transcript--{name}" for name in STYLES}
    DEFAULT_CSS = """
    TranscriptCanvas {
        height: 1fr;
        width: 1fr;
        .transcript--theirs { color: $desk-theirs; text-style: bold; }
        .transcript--mine { color: $desk-mine; text-style: bold; }
        .transcript--time { color: $desk-quiet; }
        .transcript--note { background: $desk-note-ground; color: $desk-note-text; }
        .transcript--note-bar { background: $desk-note-ground; color: $desk-note; text-style: bold; }
        .transcript--note-who { background: $desk-note-ground; color: $desk-note; }
        .transcript--system { color: $desk-quiet; text-style: italic; }
        .transcript--day { color: $desk-quiet; }
        .transcript--unread { color: $desk-hand; text-style: bold; }
        .transcript--detail { color: $desk-quiet; }
        .transcript--failed { color: $desk-late; text-style: bold; }
        .transcript--warning { color: $desk-hand; }
        .transcript--mark-pending { color: $desk-quiet; }
        .transcript--mark-sent { color: $desk-quiet; }
        .transcript--mark-delivered { color: $desk-quiet; }
        .transcript--mark-read { color: $desk-ok; }
        .transcript--mark-failed { color: $desk-late; text-style: bold; }
        .transcript--match { text-style: underline; }
        .transcript--match-current { text-style: reverse bold; }
        .transcript--track { color: $desk-quiet 50%; }
        .transcript--thumb { color: $desk-focus; }
        .transcript--status { color: $desk-quiet; }
        .transcript--status-new { color: $desk-hand; text-style: bold; }
    }
    """

    def __init__(
        self,
        *,
        glyphs: Glyphs,
        bidi: BidiMode,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._glyphs = glyphs
        self._bidi = bidi
        self._unfolded = False
        self._log = Log()
        self._view = View(self._log, self._height_of)
        self._unread: Hashable | None = None
        self._typing = ""
        self._new_below = 0
        self._rows: dict[int, tuple[Row, ...]] = {}
        self._strips: dict[int, dict[tuple[int, str], tuple[Row, Strip]]] = {}
        self._styles_now: dict[str, Style] = {}
        self._cells: list[_Cell] = []
        self._painted_at = 0.0
        self._timer: Timer | None = None

    def highlight_of(self, position: int) -> Highlight | None:
        """What is marked in an entry; nothing unless there is a search."""
        return None

    def painted(self) -> None:
        """Called after each repaint was worked out."""

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        if not self._styles_now:
            self._styles_now = {name: self.get_component_rich_style(f"transcript--{name}") for name in STYLES}
        if y >= len(self._cells):
            return Strip.blank(self.size.width, self._styles_now["inbound"])
        position, at, row, part = self._cells[y]
        if row is None:
            return self._status_strip()
        strips = self._strips.setdefault(position, {})
        known = strips.get((at, part))
        # a line may be drawn after its entry changed and before the repaint is worked out, so the row is compared
        if known is None or known[0] is not row:
            known = strips[at, part] = (row, self._strip(position, row, part))
        return known[1]

    def notify_style_update(self) -> None:
        """Another theme or focus: nothing drawn before is right."""
        self._styles_now = {}
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self, event: Resize) -> None:
        """Wrap anew, but only what is in view."""
        self._forget_all()
        self._paint()

    @property
    def _window_height(self) -> int:
        return max(1, self.size.height - self._has_status)

    @property
    def _has_status(self) -> bool:
        return bool(self._typing) or not self._view.follow

    @property
    def _look(self) -> Look:
        return Look(max(1, self.size.width - _BAR_CELLS), self._glyphs, self._bidi, self._unfolded)

    def _height_of(self, position: int) -> int:
        return len(self._rows_of(position))

    def _rows_of(self, position: int) -> tuple[Row, ...]:
        rows = self._rows.get(position)
        if rows is None:
            if len(self._rows) >= CACHED_ENTRIES_MAX:
                self._rows.clear()
                self._strips.clear()
            entry = self._log.at(position)
            before = self._log.at(position - 1) if position > self._log.first else None
            unread = self._unread is not None and entry.key == self._unread
            rows = self._rows[position] = rows_of(entry, before, self._look, unread=unread)
        return rows

    def _forget(self, position: int) -> None:
        self._rows.pop(position, None)
        self._strips.pop(position, None)

    def _forget_all(self) -> None:
        self._rows.clear()
        self._strips.clear()
        self._cells = []

    def _soon(self) -> None:
        """Repaint now if the last time is long enough ago, else once when it is."""
        if self._timer is not None or not self.size.height:
            return
        wait = self._painted_at + REPAINT_S - monotonic()
        if wait <= 0:
            self._paint()
        else:
            self._timer = self.set_timer(wait, self._paint)

    def _paint(self) -> None:
        """Work out what each line shows and refresh the lines that differ."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._painted_at = monotonic()
        if not self.size.height:
            return
        before = self._cells
        self._cells = self._new_cells()
        if len(before) != len(self._cells) or (self._has_status and before[-1:] == self._cells[-1:]):
            self.refresh()
        else:
            changed = [y for y, cell in enumerate(self._cells) if cell != before[y]]
            if changed:
                self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))
        self.painted()

    def _new_cells(self) -> list[_Cell]:
        height = self._window_height
        window = self._view.window(height)
        parts = self._bar_parts(window, height)
        cells: list[_Cell] = [
            (position, at, self._rows_of(position)[at], parts[y]) for y, (position, at) in enumerate(window)
        ]
        if self._has_status:
            cells.append((-1, len(cells), None, f"{self._typing} {self._new_below}"))
        return cells

    def _bar_parts(self, window: list[tuple[int, int]], height: int) -> list[str]:
        """The scroll bar's part beside each line: blank when everything is in view."""
        total = len(self._log)
        if not window or not total:
            return []
        last, last_at = window[-1]
        at_end = last == self._log.end - 1 and last_at == self._height_of(last) - 1
        if self._view.at_top() and at_end:
            return [""] * len(window)
        first, first_at = window[0]
        start = (first - self._log.first + first_at / max(1, self._height_of(first))) / total
        end = 1.0 if at_end else (last - self._log.first + 1) / total
        top, bottom = bar(height, start, end)
        return ["thumb" if top <= y < bottom else "track" for y in range(len(window))]

    def _strip(self, position: int, row: Row, part: str) -> Strip:
        width = self.size.width - _BAR_CELLS
        segments = paint(row, width, self._styles_now, self.highlight_of(position))
        mark = {"thumb": self._glyphs.thumb, "track": self._glyphs.track}.get(part, " ")
        return Strip([*segments, Segment(mark, self._styles_now[part or "inbound"])], self.size.width)

    def _status_strip(self) -> Strip:
        new, glyphs, styles = self._new_below, self._glyphs, self._styles_now
        words = "" if self._view.follow else f"{glyphs.down} {new} new" if new else f"{glyphs.down} more below"
        typing = f"{glyphs.ellipsis}{self._typing}" if self._typing else ""
        width = self.size.width
        left = Strip([Segment(typing, styles["status"])] if typing else [])
        left = left.adjust_cell_length(max(0, width - len(words) - 2), styles["status"])
        right = Segment(f" {words} ", styles["status-new" if new else "status"])
        return Strip([*left, right]).adjust_cell_length(width, styles["status"])
