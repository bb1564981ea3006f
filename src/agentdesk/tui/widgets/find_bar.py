"""Search within one conversation: the words, how many matches, and keys to go through them."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from agentdesk.tui.actions import bindings_for
from agentdesk.tui.widgets.field import Field


class FindBar(Horizontal):
    """Messages up: what to find, older or newer, the end of it."""

    BINDINGS = bindings_for("picker")

    class Wanted(Message):
        """Find this in the pane's transcript."""

        def __init__(self, words: str) -> None:
            self.words = words
            super().__init__()

    class Step(Message):
        """To the match before (-1) or after (1)."""

        def __init__(self, by: int) -> None:
            self.by = by
            super().__init__()

    class Closed(Message):
        """Enough; `keep` leaves the matches marked."""

        def __init__(self, keep: bool) -> None:
            self.keep = keep
            super().__init__()

    def __init__(self) -> None:
        super().__init__(classes="find-bar")

    def compose(self) -> ComposeResult:
        """The word find, the words, the count."""
        yield Label(Content("find"), classes="find-label")
        yield Field()
        yield Label(Content(""), classes="find-count")

    def on_mount(self) -> None:
        """Not there until asked for."""
        self.display = False

    def open(self) -> None:
        """Begin."""
        self.display = True
        self.query_one(Input).focus()

    def count(self, at: int, of: int) -> None:
        """Show where one is."""
        words = self.query_one(Input).value
        self.query_one(".find-count", Label).update(Content(f"{at} of {of}" if of else "nothing" if words else ""))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Wanted(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_act("picker.use")

    def action_act(self, action_id: str) -> None:
        """Older, newer, keep, close."""
        if action_id in ("picker.up", "picker.down"):
            self.post_message(self.Step(-1 if action_id == "picker.up" else 1))
        elif action_id in ("picker.use", "picker.close"):
            self.display = False
            self.post_message(self.Closed(action_id == "picker.use"))
