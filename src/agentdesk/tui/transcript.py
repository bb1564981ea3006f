"""The transcript of one conversation: a line-API widget with a scroll of its own.

It keeps entries, wraps only what comes into view, and repaints at most 30 times a second however fast
messages come. It never sets `virtual_size`, so a message costs no layout pass.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from textual.message import Message
from textual.widget import Widget

from agentdesk.tui.bidi import BidiMode
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.transcript_log import Delivery, Entry

__all__ = ["Delivery", "Entry", "Transcript"]


class Transcript(Widget):
    """What was said, oldest on top; follows the newest unless the agent scrolled away.

    Not focusable: the screen calls the `scroll_…` and `find…` methods from its actions.
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

    # -- contents -------------------------------------------------------------------------------------------

    def load(self, entries: Iterable[Entry], *, older: bool = False) -> None:
        """Replace everything and go to the end. `older`: more can be had before the first one."""
        raise NotImplementedError

    def append(self, entry: Entry) -> None:
        """Add one at the end; the same key again replaces the entry (a local echo that became real)."""
        raise NotImplementedError

    def update(self, key: Hashable, **changes: object) -> bool:
        """Change fields of one entry (`state=Delivery.SENT`, `key=server_id`, …); False when it is not there."""
        raise NotImplementedError

    def prepend(self, entries: Iterable[Entry], *, older: bool = False) -> None:
        """Add an older page, oldest first; what the agent looks at stays where it is."""
        raise NotImplementedError

    def mark_unread(self, key: Hashable | None) -> None:
        """Draw the unread line before this entry; None takes it away."""
        raise NotImplementedError

    def set_typing(self, text: str) -> None:
        """Show who is typing below the last entry ("Budi is typing"); empty takes it away."""
        raise NotImplementedError

    def deliver_upto(self, keys: Iterable[Hashable], state: Delivery) -> None:
        """Set the delivery state of several entries with one repaint."""
        raise NotImplementedError

    @property
    def following(self) -> bool:
        """Whether new entries scroll into view by themselves."""
        raise NotImplementedError

    @property
    def new_below(self) -> int:
        """How many entries came while the agent was scrolled away."""
        raise NotImplementedError

    # -- scrolling ------------------------------------------------------------------------------------------

    def scroll_lines(self, lines: int) -> None:
        """Move by lines; negative is up. Reaching the end follows again."""
        raise NotImplementedError

    def scroll_pages(self, pages: int) -> None:
        """Move by pages, keeping one line in view."""
        raise NotImplementedError

    def scroll_first(self) -> None:
        """To the oldest entry loaded; asks for older ones."""
        raise NotImplementedError

    def scroll_last(self) -> None:
        """To the newest entry, and follow."""
        raise NotImplementedError

    def scroll_to(self, key: Hashable) -> bool:
        """Bring one entry into view; False when it is not there."""
        raise NotImplementedError

    # -- search ---------------------------------------------------------------------------------------------

    def find(self, query: str) -> int:
        """Highlight `query` (case and accents ignored), go to its newest match; return how many entries match."""
        raise NotImplementedError

    def find_older(self) -> bool:
        """To the match before; False when there is none."""
        raise NotImplementedError

    def find_newer(self) -> bool:
        """To the match after; False when there is none."""
        raise NotImplementedError

    def find_nothing(self) -> None:
        """Leave the search; stays where it is."""
        raise NotImplementedError

    @property
    def match_place(self) -> tuple[int, int]:
        """(number of the current match counted from the oldest, number of matches); (0, 0) without one."""
        raise NotImplementedError
