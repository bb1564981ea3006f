"""One question with two answers; asked only where something could be lost."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label


class Confirm(ModalScreen[bool], inherit_bindings=False):
    """`y` says yes; every other key says no."""

    def __init__(self, title: str, what: str, yes: str) -> None:
        super().__init__(classes="confirm")
        self._title = title
        self._what = what
        self._yes = yes

    def compose(self) -> ComposeResult:
        """What is at stake, and the keys."""
        with Vertical(classes="confirm-box"):
            yield Label(Content(self._title), classes="picker-title")
            yield Label(Content(self._what), classes="confirm-what")
            yield Label(Content(f"y {self._yes} · any other key stays"), classes="picker-keys")

    def on_key(self, event: events.Key) -> None:
        """Any key is an answer."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.key == "y")
