"""A panel to pick one thing: type to narrow, arrows to move, Enter to use it, a preview of what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from agentdesk.tui.actions import bindings_for
from agentdesk.tui.lines import BLANK, Line, line, pad
from agentdesk.tui.widgets.field import Field
from agentdesk.tui.widgets.rows import Rows

ROWS_MAX = 10
POINT = "▸"
PREVIEW_MAX = 8


class Item(msgspec.Struct, frozen=True):
    """One thing to pick; `value` is given back. All texts are clean. `key` picks it while nothing is typed."""

    value: str
    title: str
    detail: str = ""
    preview: str = ""
    key: str = ""


class ItemList(Rows):
    """The items in view and the one at the cursor."""

    def __init__(self) -> None:
        super().__init__(classes="picker-list")
        self.items: Sequence[Item] = ()
        self.at = 0
        self.empty = ""

    def show(self, items: Sequence[Item], empty: str) -> None:
        """Show these from the first."""
        self.items, self.at, self.empty = items, 0, empty
        self.styles.height = max(1, min(ROWS_MAX, len(items)))
        self.repaint()

    def move(self, by: int) -> None:
        """The cursor, round the ends."""
        if self.items:
            self.at = (self.at + by) % len(self.items)
            self.repaint()

    @property
    def item(self) -> Item | None:
        """What is at the cursor."""
        return self.items[self.at] if self.items else None

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """As many as fit, the cursor among them."""
        if not self.items:
            return [line((f" {self.empty}", "dim"))]
        first = max(0, min(self.at - height // 2, len(self.items) - height))
        wide = min(28, width // 2)
        return [
            line(
                (f"{POINT if number == self.at else ' '} {pad(item.key, 2)}", "key"),
                (pad(item.title, wide), "strong"),
                (f" {item.detail}", "dim"),
                ground="cursor" if number == self.at else "",
            )
            for number, item in enumerate(self.items[first : first + height], first)
        ]


class Preview(Rows):
    """The whole text of what is at the cursor."""

    def __init__(self) -> None:
        super().__init__(classes="picker-preview")
        self._text = ""

    def show(self, text: str) -> None:
        """Show this text."""
        self._text = text
        self.display = bool(text)
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """Wrapped by words, the line breaks kept."""
        rows = [row for part in self._text.split("\n") for row in _wrapped(part, width - 2)]
        return [line(f" {row}") if row else BLANK for row in rows]


def _wrapped(text: str, width: int) -> list[str]:
    from agentdesk.tui.bidi import visual_lines

    return [row.text for row in visual_lines(text, max(8, width))] or [""]


class Picker(ModalScreen[str | None], inherit_bindings=False):
    """Returns the picked item's value, or None. `narrow` gives the items for what was typed."""

    BINDINGS = bindings_for("picker")

    def __init__(
        self,
        title: str,
        narrow: Callable[[str], Sequence[Item]],
        *,
        typed: str = "",
        empty: str = "Nothing fits.",
        teach: str = "",
    ) -> None:
        super().__init__(classes="picker")
        self._title = title
        self._narrow = narrow
        self._typed = typed
        self._empty = empty
        self._teach = teach

    def compose(self) -> ComposeResult:
        """Title, what is typed, the list, the preview."""
        with Vertical(classes="picker-box"):
            yield Label(Content(self._title), classes="picker-title")
            yield Field(self._typed, placeholder="type to narrow")
            yield ItemList()
            yield Preview()
            yield Label(Content(self._teach or "Enter use · ↑↓ choose · Esc close"), classes="picker-keys")

    def on_mount(self) -> None:
        """Show everything at first."""
        self._refill(self._typed)

    @on(Input.Changed)
    def _typed_more(self, event: Input.Changed) -> None:
        event.stop()
        items = self._narrow("")
        one = next((item for item in items if item.key and item.key == event.value), None)
        if one is not None and len(event.value) == 1:
            self.dismiss(one.value)
            return
        self._refill(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_act("picker.use")

    def _refill(self, typed: str) -> None:
        self.query_one(ItemList).show(self._narrow(typed), self._empty)
        self._preview()

    def _preview(self) -> None:
        item = self.query_one(ItemList).item
        self.query_one(Preview).show(item.preview if item else "")

    def action_act(self, action_id: str) -> None:
        """Move, use, close."""
        items = self.query_one(ItemList)
        if action_id == "picker.close":
            self.dismiss(None)
        elif action_id == "picker.use" and items.item is not None:
            self.dismiss(items.item.value)
        elif action_id in ("picker.up", "picker.down"):
            items.move(-1 if action_id == "picker.up" else 1)
            self._preview()
