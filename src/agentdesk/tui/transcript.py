"""The transcript of one conversation: a line-API widget with a scroll of its own.

It keeps entries, wraps only what comes into view, and repaints at most 30 times a second however fast
messages come, only the rows that differ. It never sets `virtual_size`, so a message costs no layout pass.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from time import monotonic, perf_counter

from rich.segment import Segment
from rich.style import Style
from textual.events import Resize
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from agentdesk.tui.bidi import BidiMode
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.text import clean
from agentdesk.tui.transcript_log import Delivery, Entry, Log
from agentdesk.tui.transcript_paint import STYLES, Highlight, bar, paint
from agentdesk.tui.transcript_rows import Look, Row, rows_of
from agentdesk.tui.transcript_search import Search
from agentdesk.tui.transcript_view import View

__all__ = ["Delivery", "Entry", "Transcript"]

REPAINT_S = 1 / 30
"""Between two repaints caused by messages; what the agent does repaints at once."""

CACHED_ENTRIES_MAX = 600
"""Wrapped entries and their strips kept; the window needs a few dozen."""

_BAR_CELLS = 1
_Cell = tuple[int, int, Row | None, str]
"""What one line of the window shows: position, row of the entry, the row itself, the scroll bar's part."""


class Transcript(Widget):
    """What was said, oldest on top; follows the newest unless the agent scrolled away.

    Not focusable: the screen calls the `go_…` and `find…` methods from its actions.
    """

    COMPONENT_CLASSES = {f"transcript--{name}" for name in STYLES}
    DEFAULT_CSS = """
    Transcript {
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

    class OlderWanted(Message):
        """The agent reached the top and `older` is true: give earlier entries to `prepend`. Posted once per page."""

        def __init__(self, transcript: Transcript, before: Entry | None) -> None:
            self.transcript = transcript
            self.before = before
            super().__init__()

        @property
        def control(self) -> Transcript:
            """The transcript that wants them."""
            return self.transcript

    class FollowChanged(Message):
        """The agent scrolled away from the end, or came back to it (`following`)."""

        def __init__(self, transcript: Transcript, following: bool) -> None:
            self.transcript = transcript
            self.following = following
            super().__init__()

        @property
        def control(self) -> Transcript:
            """The transcript that was scrolled."""
            return self.transcript

    class FindProgress(Message):
        """A search looked at more entries; `done` when at all of them. `match_place` has the numbers."""

        def __init__(self, transcript: Transcript, done: bool) -> None:
            self.transcript = transcript
            self.done = done
            super().__init__()

        @property
        def control(self) -> Transcript:
            """The transcript that is searched."""
            return self.transcript

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        bidi: BidiMode = "app",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._glyphs = glyphs
        self._bidi = bidi
        self._log = Log()
        self._view = View(self._log, self._height_of)
        self._rows: dict[int, tuple[Row, ...]] = {}
        self._strips: dict[int, dict[tuple[int, str], Strip]] = {}
        self._styles_now: dict[str, Style] = {}
        self._cells: list[_Cell] = []
        self._folded: dict[int, str] = {}
        self._search: Search | None = None
        self._unread: Hashable | None = None
        self._typing = ""
        self._older = False
        self._older_asked = False
        self._new_below = 0
        self._told_following = True
        self._painted_at = 0.0
        self._timer: Timer | None = None

    # -- contents -------------------------------------------------------------------------------------------

    def load(self, entries: Iterable[Entry], *, older: bool = False) -> None:
        """Replace everything and go to the end. `older`: more can be had before the first one."""
        self._log.load(entries)
        self._view.last()
        self._older, self._older_asked, self._new_below = older, False, 0
        self._folded.clear()
        self._forget_all()
        self.find_nothing()
        self._paint()

    def append(self, entry: Entry) -> None:
        """Add one at the end; the same key again replaces the entry (a local echo that became real)."""
        first = self._log.first
        came = self._log.append(entry)
        position = self._log.position(entry.key)
        if position is not None and not came:
            self._changed(position)
        elif position is not None and self._search is not None:
            self._search.entry_came(position)
        if self._log.first != first:
            self._forget(self._log.first)
            self._older = True
        self._new_below += came and not self._view.follow
        self._soon()

    def update(self, key: Hashable, **changes: object) -> bool:
        """Change fields of one entry (`state=Delivery.SENT`, `key=server_id`, …); False when it is not there."""
        position = self._log.update(key, **changes)
        if position is None:
            return False
        self._changed(position)
        self._soon()
        return True

    def deliver_upto(self, keys: Iterable[Hashable], state: Delivery) -> None:
        """Set the delivery state of several entries with one repaint."""
        for key in keys:
            self.update(key, state=state)

    def prepend(self, entries: Iterable[Entry], *, older: bool = False) -> None:
        """Add an older page, oldest first; what the agent looks at stays where it is."""
        was_first = self._log.first
        self._log.prepend(entries)
        self._forget(was_first)
        self._older, self._older_asked = older, False
        self._paint()

    def mark_unread(self, key: Hashable | None) -> None:
        """Draw the unread line before this entry; None takes it away."""
        for changed in (self._unread, key):
            position = None if changed is None else self._log.position(changed)
            if position is not None:
                self._forget(position)
        self._unread = key
        self._soon()

    def set_typing(self, text: str) -> None:
        """Show who is typing below the last entry ("Budi is typing"); empty takes it away."""
        text = clean(text, newlines=False, limit=200)
        if text != self._typing:
            self._typing = text
            self._soon()

    def entry(self, key: Hashable) -> Entry | None:
        """The entry with this key, or None."""
        position = self._log.position(key)
        return None if position is None else self._log.at(position)

    def keys_in(self, state: Delivery) -> list[Hashable]:
        """Keys of the entries in a delivery state, oldest first: what failed and can be sent again."""
        return [e.key for e in (self._log.at(p) for p in range(self._log.first, self._log.end)) if e.state is state]

    @property
    def following(self) -> bool:
        """Whether new entries scroll into view by themselves."""
        return self._view.follow

    @property
    def new_below(self) -> int:
        """How many entries came while the agent was scrolled away."""
        return self._new_below

    # -- scrolling ------------------------------------------------------------------------------------------

    def go_lines(self, lines: int) -> None:
        """Move by lines; negative is up. Reaching the end follows again."""
        self._view.move(lines, self._window_height)
        self._paint()

    def go_pages(self, pages: int) -> None:
        """Move by pages, keeping one line in view."""
        self.go_lines(pages * max(1, self._window_height - 1))

    def go_first(self) -> None:
        """To the oldest entry loaded; asks for older ones."""
        self._view.first()
        self._paint()

    def go_last(self) -> None:
        """To the newest entry, and follow."""
        self._view.last()
        self._paint()

    def go_to(self, key: Hashable) -> bool:
        """Bring one entry into view; False when it is not there."""
        position = self._log.position(key)
        if position is not None:
            self._view.show(position, self._window_height)
            self._paint()
        return position is not None

    # -- search ---------------------------------------------------------------------------------------------

    def find(self, query: str) -> int:
        """Highlight `query` (case and accents ignored), go to its newest match; return how many were found so far.

        A long transcript is searched in slices; `FindProgress` follows each and `match_place` has the numbers.
        """
        self._search = Search(self._log, query, self._folded) if query else None
        self._strips.clear()
        self._find_more(self._search)
        self.refresh()
        return self._search.count if self._search else 0

    def find_older(self) -> bool:
        """To the match before; False when there is none."""
        return self._show_match(self._search.older() if self._search else None)

    def find_newer(self) -> bool:
        """To the match after; False when there is none."""
        return self._show_match(self._search.newer() if self._search else None)

    def find_nothing(self) -> None:
        """Leave the search; stays where it is."""
        if self._search is not None:
            self._search = None
            self._folded.clear()
            self._strips.clear()
            self.refresh()

    @property
    def match_place(self) -> tuple[int, int]:
        """(number of the current match counted from the oldest, number of matches); 0 for the first without one."""
        return self._search.place() if self._search else (0, 0)

    def _find_more(self, search: Search | None) -> None:
        if search is None or search is not self._search:
            return
        done = search.advance(perf_counter)
        if search.current is None:
            self._show_match(search.older())
        if not done:
            self.set_timer(0.001, lambda: self._find_more(search))
        self.post_message(self.FindProgress(self, done))

    def _show_match(self, position: int | None) -> bool:
        if position is None:
            return False
        self._strips.clear()
        self._view.show(position, self._window_height)
        self._paint()
        self.refresh()
        return True

    # -- drawing --------------------------------------------------------------------------------------------

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
        strip = strips.get((at, part))
        if strip is None:
            strip = strips[at, part] = self._strip(position, row, part)
        return strip

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
        return Look(max(1, self.size.width - _BAR_CELLS), self._glyphs, self._bidi)

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

    def _changed(self, position: int) -> None:
        self._forget(position)
        if position + 1 < self._log.end:
            self._forget(position + 1)
        if self._search is not None:
            self._search.entry_came(position)

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
        width, height = self.size
        if len(before) != len(self._cells) or (self._has_status and before[-1:] == self._cells[-1:]):
            self.refresh()
        else:
            changed = [y for y, cell in enumerate(self._cells) if cell != before[y]]
            if changed:
                self.refresh(*(Region(0, y, width, 1) for y in changed))
        self._tell(height)

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
        highlight = None
        if self._search is not None:
            highlight = Highlight(self._search.spans(position), position == self._search.current)
        segments = paint(row, width, self._styles_now, highlight)
        mark = {"thumb": self._glyphs.thumb, "track": self._glyphs.track}.get(part, " ")
        return Strip([*segments, Segment(mark, self._styles_now[part or "inbound"])], self.size.width)

    def _status_strip(self) -> Strip:
        new, glyphs = self._new_below, self._glyphs
        words = "" if self._view.follow else f"{glyphs.down} {new} new" if new else f"{glyphs.down} more below"
        typing = f"{glyphs.ellipsis}{self._typing}" if self._typing else ""
        width = self.size.width
        styles = self._styles_now
        left = Strip([Segment(typing, styles["status"])]).adjust_cell_length(max(0, width - len(words) - 2))
        right = Segment(f" {words} ", styles["status-new" if new else "status"])
        return Strip([*left, right]).adjust_cell_length(width, styles["inbound"])

    def _tell(self, height: int) -> None:
        """Say what the screen should know after a repaint."""
        if self._view.follow:
            self._new_below = 0
        if self._view.follow != self._told_following:
            self._told_following = self._view.follow
            self.post_message(self.FollowChanged(self, self._told_following))
        if self._older and not self._older_asked and self._view.at_top():
            self._older_asked = True
            self.post_message(self.OlderWanted(self, self._log.at(self._log.first) if len(self._log) else None))
