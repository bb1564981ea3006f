"""A few fields over the desk: filled in, checked where they stand, and given back by Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from agentdesk.tui.actions import bindings_for
from agentdesk.tui.glyphs import Glyphs
from agentdesk.tui.widgets.field import Field
from agentdesk.tui.widgets.notice import Notice, Trouble


class Row(msgspec.Struct, frozen=True):
    """One field. Label and value are clean."""

    label: str
    value: str
    longest: int
    hint: str = ""


class Form(ModalScreen[None], inherit_bindings=False):
    """`done` takes the values of the rows and says why they can't be kept; the form closes when it says nothing."""

    BINDINGS = bindings_for("picker")

    def __init__(
        self, title: str, rows: Sequence[Row], done: Callable[[tuple[str, ...]], str], *, teach: str, glyphs: Glyphs
    ) -> None:
        super().__init__(classes="picker")
        self._title = title
        self._rows = rows
        self._done = done
        self._teach = teach
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Title, fields, what is wrong, keys."""
        with Vertical(classes="picker-box"):
            yield Label(Content(self._title), classes="picker-title")
            with VerticalScroll(classes="form-rows", can_focus=False):
                for row in self._rows:
                    with Horizontal(classes="form-row"):
                        yield Label(Content(row.label), classes="form-label")
                        yield Field(row.value, placeholder=row.hint, max_length=row.longest)
            yield Notice(glyphs=self._glyphs)
            yield Label(Content(self._teach), classes="picker-keys")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_act("picker.use")

    def action_act(self, action_id: str) -> None:
        """Between the fields, keep, close."""
        if action_id == "picker.close":
            self.dismiss(None)
        elif action_id == "picker.up":
            self.focus_previous(Field)
        elif action_id in ("picker.down", "picker.scope"):
            self.focus_next(Field)
        elif action_id == "picker.use":
            self._keep()

    def _keep(self) -> None:
        trouble = self._done(tuple(field.value for field in self.query(Field)))
        if trouble:
            self.query_one(Notice).show(Trouble("Not kept", trouble))
        else:
            self.dismiss(None)
