"""The transcript of one conversation: a line-API widget with a scroll of its own.

It keeps entries, wraps only what comes into view, and repaints at most 10 times a second however fast
messages come, only the rows that differ. It never sets `virtual_size`, so a message costs no layout pass.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from time import perf_counter

from textual.events import MouseScrollDown, MouseScrollUp
from textual.message import Message

from agentdesk.tui.bidi import BidiMode
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.text import clean
from agentdesk.tui.transcript_canvas import TranscriptCanvas
from agentdesk.tui.transcript_log import Delivery, Entry
from agentdesk.tui.transcript_paint import Highlight
from agentdesk.tui.transcript_search import Search

__all__ = ["Delivery", "Entry", "Transcript"]


WHEEL_LINES = 3


class Transcript(TranscriptCanvas):
    """What was said, oldest on top; follows the newest unless the agent scrolled away.

    Not focusable: the screen calls the `go_…` and `find…` methods from its actions.
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
        super().__init__(glyphs=glyphs, bidi=bidi, name=name, id=id, classes=classes)
        self._folded: dict[int, str] = {}
        self._search: Search | None = None
        self._older = False
        self._older_asked = False
        self._told_following = True

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

    def update(self, key: Hashable, /, **changes: object) -> bool:
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

    def fold_or_unfold(self) -> None:
        """Show signatures and old history of mails, or fold them."""
        self._unfolded = not self._unfolded
        self._forget_all()
        self._paint()

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

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """The wheel scrolls too, though no hand needs it."""
        event.stop()
        self.go_lines(-WHEEL_LINES)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Down by the wheel."""
        event.stop()
        self.go_lines(WHEEL_LINES)

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

    # -- for the canvas ---------------------------------------------------------------------------------------

    def highlight_of(self, position: int) -> Highlight | None:
        """The matches of the search in an entry."""
        if self._search is None:
            return None
        return Highlight(self._search.spans(position), position == self._search.current)

    def painted(self) -> None:
        """Say what the screen should know after a repaint."""
        if self._view.follow:
            self._new_below = 0
        if self._view.follow != self._told_following:
            self._told_following = self._view.follow
            self.post_message(self.FollowChanged(self, self._told_following))
        if self._older and not self._older_asked and self._view.at_top():
            self._older_asked = True
            self.post_message(self.OlderWanted(self, self._log.at(self._log.first) if len(self._log) else None))

    def _changed(self, position: int) -> None:
        self._forget(position)
        if position + 1 < self._log.end:
            self._forget(position + 1)
        if self._search is not None:
            self._search.entry_came(position)
