"""One conversation on the screen: edge, transcript, notice, hint, and the composer or the wrap-up form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from agentdesk.tui.bidi import BidiMode
from agentdesk.tui.composer import Composer
from agentdesk.tui.dispositions import Choice, Filled
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.lines import Line, Span, line
from agentdesk.tui.prompt_focus import PromptKeys
from agentdesk.tui.still import StillVertical
from agentdesk.tui.transcript import Delivery, Entry, Transcript
from agentdesk.tui.widgets.find_bar import FindBar
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.pane_head import HeadView, PaneHead
from agentdesk.tui.widgets.rows import Rows
from agentdesk.tui.widgets.wrapup import WrapupForm

if TYPE_CHECKING:
    from agentdesk.tui.widgets.mail_line import MailLine


class Hint(Rows):
    """One row between transcript and composer: what a shortcode would become, what a search found."""

    def __init__(self) -> None:
        super().__init__(classes="hint")
        self._line: Line | None = None

    def on_mount(self) -> None:
        """Nothing to hint at first."""
        self.display = False

    def show(self, text: str) -> None:
        """Hint this; an empty text hides the row."""
        if not text and self._line is None:
            return
        self._line = line((f" {text}", "accent")) if text else None
        self.display = self._line is not None
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """The row."""
        return [self._line] if self._line else []


class Pane(PromptKeys, StillVertical, can_focus=True):
    """One conversation. `interaction_id` and `slot` never change; the rest is given by the screen."""

    class Clicked(Message):
        """The mouse asked for this pane."""

        def __init__(self, pane: Pane) -> None:
            self.pane = pane
            super().__init__()

    def __init__(self, interaction_id: int, slot: int, *, glyphs: Glyphs = UNICODE, bidi: BidiMode = "app") -> None:
        super().__init__(classes="pane")
        self.interaction_id = interaction_id
        self.slot = slot
        self._glyphs = glyphs
        self.head = PaneHead(glyphs=glyphs)
        self.transcript = Transcript(glyphs=glyphs, bidi=bidi)
        self.notice = Notice(glyphs=glyphs, classes="pane-notice")
        self.hint = Hint()
        self.finder = FindBar()
        self.composer = Composer(glyphs=glyphs, bidi=bidi)
        self.mail_line: MailLine | None = None
        self.form: WrapupForm | None = None
        self.ending = False
        """Whether the agent ended it and the server has not said so yet."""
        self.last_seen = 0
        """The last message id that was on the screen."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self.head
        with StillVertical(classes="pane-body"):
            yield self.transcript
            yield self.notice
            yield self.hint
            yield self.finder
            yield self.composer

    def update_node_styles(self, animate: bool = True) -> None:
        """Only head and body look different by the pane's classes; styling all inside anew costs a key 20 ms."""
        if self.is_attached:
            self.app.stylesheet.update_nodes([self, self.head, self.query_one(".pane-body")], animate=animate)

    def set_framed(self, framed: bool) -> None:
        """With a frame round it, or only an upper edge where room is short."""
        if framed != self.head.framed:
            self.set_class(not framed, "bare")
            self.head.framed = framed
            self.head.repaint()

    def show_head(self, view: HeadView) -> None:
        """The upper edge."""
        self.set_class(view.current, "current")
        self.head.show(view)

    def show_mail(self, parts: Sequence[Span], key: str) -> None:
        """The row above the composer that says to whom a mail goes; nothing takes it away."""
        if self.mail_line is None:
            if not parts:
                return
            from agentdesk.tui.widgets.mail_line import MailLine  # nothing that a chat needs

            self.mail_line = MailLine()
            self.query_one(".pane-body").mount(self.mail_line, before=self.composer)
        self.mail_line.display = bool(parts)
        self.mail_line.show(parts, key)

    def load(self, entries: Iterable[Entry], *, older: bool) -> None:
        """Show this conversation from its entries."""
        self.transcript.load(entries, older=older)

    def deliver(self, keys: Iterable[int], state: Delivery) -> None:
        """These messages got so far."""
        self.transcript.deliver_upto(keys, state)

    # -- wrap-up --------------------------------------------------------------------------------------------

    def open_wrapup(self, choices: Sequence[Choice], filled: Filled, *, focus: bool = False) -> None:
        """Show the form; the composer goes once nothing is being written in it."""
        if self.form is None:
            self.form = WrapupForm(self.interaction_id, choices, filled, glyphs=self._glyphs, focus=focus)
            self.query_one(".pane-body").mount(self.form, before=self.composer)
        elif focus:
            self.form.take_focus()
        self.call_after_refresh(self.settle_wrapup)

    def close_wrapup(self) -> None:
        """The conversation goes on after all."""
        if self.form is not None:
            focused = self.form.has_focus_within
            self.form.remove()
            self.form, self.ending = None, False
            self.composer.display = True
            if focused:
                self.composer.focus()

    def settle_wrapup(self) -> None:
        """While the form is there, the composer shows only as long as the agent writes in it."""
        if self.form is not None:
            self.composer.display = self.composer.composing

    @property
    def wrapping(self) -> bool:
        """Whether the form is open."""
        return self.form is not None

    # -- where the next key lands ---------------------------------------------------------------------------

    def take_focus(self, composing: bool) -> None:
        """Give this pane the keyboard; composing if the agent was composing elsewhere."""
        if self.form is not None:
            self.form.take_focus()
        elif composing:
            self.composer.compose_as(self.composer.mode)
        else:
            self.composer.command()
            self.composer.focus()

    def rest(self) -> None:
        """Take the keyboard for commands without going into wrap-up."""
        self.focus()

    def write(self, mode: str) -> None:
        """Begin to write a reply or a note."""
        self.composer.display = True
        self.composer.compose_as("note" if mode == "note" else "reply")

    # -- search ---------------------------------------------------------------------------------------------

    def on_find_bar_wanted(self, event: FindBar.Wanted) -> None:
        """Find as one types."""
        event.stop()
        if event.words.strip():
            self.transcript.find(event.words.strip())
        else:
            self.transcript.find_nothing()
        self.finder.count(*self.transcript.match_place)

    def on_find_bar_step(self, event: FindBar.Step) -> None:
        """To another match."""
        event.stop()
        self.find_step(event.by)

    def find_step(self, by: int) -> None:
        """To the match before or after."""
        if by < 0:
            self.transcript.find_older()
        else:
            self.transcript.find_newer()
        self.finder.count(*self.transcript.match_place)

    def on_transcript_find_progress(self, event: Transcript.FindProgress) -> None:
        """The count has grown."""
        event.stop()
        self.finder.count(*self.transcript.match_place)

    def on_find_bar_closed(self, event: FindBar.Closed) -> None:
        """Back to the conversation."""
        event.stop()
        if not event.keep:
            self.transcript.find_nothing()
        self.take_focus(composing=False)

    def on_click(self, event: events.Click) -> None:
        """The mouse may do it too."""
        event.stop()
        self.post_message(self.Clicked(self))
