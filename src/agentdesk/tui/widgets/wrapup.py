"""Wrap-up in the pane: how it ended (one key or a typed prefix), tags, a note; every change is said at once."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from agentdesk.tui.actions import bindings_for
from agentdesk.tui.dispositions import Choice, Filled, by_key, matching
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.lines import Line, Span, cells, line
from agentdesk.tui.prompt_focus import PromptKeys
from agentdesk.tui.widgets.field import Field
from agentdesk.tui.widgets.rows import Rows

TAGS_MAX = 50
TAG_CHARS_MAX = 200
NOTE_CHARS_MAX = 20_000
LIST_ROWS = 5
"""Rows of dispositions shown; typing narrows them."""


class Dispositions(PromptKeys, Rows, can_focus=True):
    """The list of how it can end. A key picks at once; more letters are a prefix; arrows move."""

    class Picked(Message):
        """This disposition is the one now; `sure` when one key picked it."""

        def __init__(self, code: str, sure: bool) -> None:
            self.code = code
            self.sure = sure
            super().__init__()

    def __init__(self, choices: Sequence[Choice], picked: str, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._choices = tuple(choices)
        self._glyphs = glyphs
        self.typed = ""
        self.picked = picked

    def on_focus(self) -> None:
        """Show where the next key lands."""
        self.repaint()

    def on_blur(self) -> None:
        """The next key lands elsewhere."""
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """What was typed or picked, then the choices."""
        by_one_key = len(self.typed) == 1 and by_key(self._choices, self.typed) is not None
        shown = list(self._choices) if by_one_key else matching(self._choices, self.typed)
        label = next((choice.label for choice in self._choices if choice.code == self.picked), "")
        role = "accent" if self.has_focus else "dim"
        cursor = "▏" if self.has_focus else ""
        head = line(
            (f" {self._glyphs.prompt} ", role),
            (self.picked or self.typed, "strong" if self.picked else "text"),
            (cursor, role),
            (f"  {label}" if label else "" if self._choices else "no dispositions in this queue", "dim"),
        )
        return [head, *self._rows(shown, width, height - 1)]

    def _rows(self, shown: list[Choice], width: int, height: int) -> list[Line]:
        rows: list[Line] = []
        row: list[Span] = [("   ", "text")]
        for choice in shown:
            part = self._part(choice)
            if cells(row) + cells(part) > width and len(row) > 1:
                rows.append(Line(tuple(row)))
                row = [("   ", "text")]
            row += part
        rows.append(Line(tuple(row)))
        return rows[: max(1, height)]

    def _part(self, choice: Choice) -> list[Span]:
        role = "match" if choice.code == self.picked else "text"
        return [(choice.key or " ", "key"), (" ", "text"), (choice.code, role), ("  ", "text")]

    def _move(self, by: int) -> None:
        shown = matching(self._choices, self.typed)
        if shown:
            codes = [choice.code for choice in shown]
            at = codes.index(self.picked) + by if self.picked in codes else 0
            self._pick(codes[at % len(codes)], sure=False)

    def _take_back(self) -> None:
        self.typed = self.typed[:-1]
        shown = matching(self._choices, self.typed)
        self._pick(shown[0].code if self.typed and shown else "", sure=False)

    def take_key(self, event: events.Key) -> bool:
        """Letters pick or narrow, arrows move; none of them reaches the keys of the desk."""
        moves = {"left": -1, "right": 1, "up": -1, "down": 1}
        if event.key in moves:
            self._move(moves[event.key])
        elif event.key == "backspace":
            self._take_back()
        elif event.character is not None and event.is_printable:
            self._type(event.character)
        else:
            return False
        return True

    def _type(self, character: str) -> None:
        longer = self.typed + character
        one = by_key(self._choices, character)
        if not self.typed and one is not None:
            self.typed = character
            self._pick(one.code, sure=True)
        elif shown := matching(self._choices, longer):
            self.typed = longer
            self._pick(shown[0].code, sure=len(shown) == 1)
        elif one is not None or matching(self._choices, character):
            self.typed = ""
            self._type(character)
        else:
            self.app.bell()

    def _pick(self, code: str, *, sure: bool) -> None:
        self.picked = code
        self.repaint()
        self.post_message(self.Picked(code, sure))


class WrapupForm(Vertical):
    """Attributes down: the choices and what is kept; messages up: `Changed`, `Done`, `Left`."""

    BINDINGS = bindings_for("wrapup")

    class Changed(Message):
        """What the form holds changed; to be kept on the server."""

        def __init__(self, form: WrapupForm, filled: Filled) -> None:
            self.form = form
            self.filled = filled
            super().__init__()

    class Done(Message):
        """The agent is done."""

        def __init__(self, form: WrapupForm, filled: Filled) -> None:
            self.form = form
            self.filled = filled
            super().__init__()

    class Left(Message):
        """Back to the conversation; what is filled in stays."""

        def __init__(self, form: WrapupForm) -> None:
            self.form = form
            super().__init__()

    def __init__(
        self,
        interaction_id: int,
        choices: Sequence[Choice],
        filled: Filled,
        *,
        glyphs: Glyphs = UNICODE,
        focus: bool = False,
    ) -> None:
        super().__init__(classes="wrapup")
        self._focus_wanted = focus
        self.interaction_id = interaction_id
        self._choices = tuple(choices)
        self._start = filled
        self._glyphs = glyphs
        self._last = filled

    def compose(self) -> ComposeResult:
        """The list, the tags, the note, the keys."""
        yield Dispositions(self._choices, self._start.disposition, glyphs=self._glyphs)
        with Horizontal(classes="wrapup-row"):
            yield Label(Content("tags"), classes="wrapup-label")
            yield Field(
                " ".join(self._start.tags), id="tags", placeholder="words, by spaces", max_length=NOTE_CHARS_MAX
            )
        with Horizontal(classes="wrapup-row"):
            yield Label(Content("note"), classes="wrapup-label")
            yield Field(
                self._start.note,
                id="note",
                placeholder="for whoever reads this next",
                max_length=NOTE_CHARS_MAX,
            )
        yield Label(Content("Enter done · Tab next · Esc back"), classes="wrapup-keys")

    def on_mount(self) -> None:
        """Take the keyboard where it was asked for."""
        if self._focus_wanted:
            self.take_focus()

    @property
    def filled(self) -> Filled:
        """What the form holds now."""
        tags = self.query_one("#tags", Input).value.split()[:TAGS_MAX]
        return Filled(
            self.query_one(Dispositions).picked,
            tuple(tag.lstrip("+#")[:TAG_CHARS_MAX] for tag in tags if tag.strip("+#")),
            self.query_one("#note", Input).value.strip(),
        )

    def take_focus(self) -> None:
        """The next key lands in the list of dispositions."""
        self._focus_wanted = True
        for field in self.query(Dispositions):
            field.focus()

    @on(Input.Changed)
    def _input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say_changed()

    @on(Input.Submitted)
    def _input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_act("wrapup.done")

    def on_dispositions_picked(self, event: Dispositions.Picked) -> None:
        """Keep it."""
        event.stop()
        self._say_changed()

    def _go(self, by: int) -> None:
        fields = [self.query_one(Dispositions), self.query_one("#tags", Input), self.query_one("#note", Input)]
        at = next((number for number, field in enumerate(fields) if field is self.screen.focused), 0)
        self.screen.set_focus(fields[(at + by) % len(fields)])

    def _say_changed(self) -> None:
        filled = self.filled
        if filled != self._last:
            self._last = filled
            self.post_message(self.Changed(self, filled))

    def action_act(self, action_id: str) -> None:
        """Enter, Escape and Tab of this form."""
        if action_id in ("wrapup.next", "wrapup.previous"):
            self._go(1 if action_id == "wrapup.next" else -1)
        elif action_id == "wrapup.done":
            self.post_message(self.Done(self, self.filled))
        elif action_id == "wrapup.back":
            self.post_message(self.Left(self))
