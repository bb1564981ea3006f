"""The text field inside the composer: Textual's TextArea with our keys, safe pastes and a height that grows."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import Binding
from textual.events import Key, Paste
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from agentdesk.core.commands import TEXT_MAX
from agentdesk.tui.actions import EDITING, bindings_for
from agentdesk.tui.prompt_focus import PromptKeys
from agentdesk.tui.text import typed

LINES_MAX = 6
"""The editor grows to this many lines, then scrolls."""

UNDO_STEPS_MAX = 50


class Editor(PromptKeys, TextArea, inherit_bindings=False):
    """Several lines of text.

    `edited` is called after each change of the text, by hand or by program; `act` with the id of an action whose
    key of the `compose` context was pressed.
    """

    BINDINGS = [*bindings_for("compose"), *(Binding(key, action, show=False) for key, action in EDITING)]
    DEFAULT_CSS = """
    Editor {
        width: 1fr;
        height: 1;
        border: none;
        padding: 0;
        background: transparent;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
    }
    """

    _styled = False
    _sized_for: tuple[int, Size] | None = None

    def __init__(self, edited: Callable[[], None], act: Callable[[str], None]) -> None:
        self._edited = edited
        self._act = act
        super().__init__(
            soft_wrap=True,
            show_line_numbers=False,
            max_checkpoints=UNDO_STEPS_MAX,
            compact=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        self.match_cursor_bracket = False

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines; TextArea works its styles out anew for every drawing, here it is done when they changed.

        One that is being removed may still be asked, when it has no styles any more.
        """
        if not self.is_attached:
            return [Strip.blank(crop.width)] * crop.height
        if self._styled:
            return super(TextArea, self).render_lines(crop)
        self._styled = True
        return super().render_lines(crop)

    def _refresh_size(self) -> None:
        """Scroll bars and virtual size follow from the number of lines, which few keys change."""
        now = (self.wrapped_document.height, self._size)
        if now != self._sized_for:
            self._sized_for = now
            super()._refresh_size()

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Nothing to scroll while all lines are in view."""
        if self.wrapped_document.height <= self._size.height and not self.scroll_y:
            self._recompute_cursor_offset()  # type: ignore[no-untyped-call]
            return Offset()
        return super().scroll_cursor_visible(center, animate)

    def notify_style_update(self) -> None:
        """Work the styles out at the next drawing."""
        self._styled = False
        super().notify_style_update()

    def post_message(self, message: Message) -> bool:
        """Tell edits by a call and moves of the cursor to nobody: each would pass every widget up to the app."""
        if isinstance(message, TextArea.SelectionChanged):
            return False
        if isinstance(message, TextArea.Changed):
            self._edited()
            return True
        return super().post_message(message)

    def action_act(self, action_id: str) -> None:
        """Pass the action to the composer, before the next key becomes text."""
        self._act(action_id)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Printable keys are text here; Enter and Tab are actions."""
        return character is not None and character.isprintable() and key not in ("enter", "tab")

    def take_key(self, event: Key) -> bool:
        """Printable keys are text, until there is too much of it."""
        if not self.check_consume_key(event.key, event.character):
            return False
        if event.character is not None and not self.read_only and len(self.text) < TEXT_MAX:
            self._replace_via_keyboard(event.character, *self.selection)
        return True

    async def _on_key(self, event: Key) -> None:
        """The same where the app does not give keys at once."""
        if self.take_key(event):
            event.stop()
            event.prevent_default()
        elif event.key == "enter":
            event.prevent_default()

    async def _on_paste(self, event: Paste) -> None:
        """Insert a paste as text, without what a terminal would obey."""
        event.prevent_default()
        event.stop()
        self.insert_text(event.text)

    def insert_text(self, text: str) -> None:
        """Replace the selection by this text, as much of it as fits."""
        if self.read_only:
            return
        text = typed(text)[: max(0, TEXT_MAX - len(self.text))]
        if text:
            self.replace(text, *self.selection, maintain_selection_offset=False)

    def action_paste(self) -> None:
        """Insert what was cut here."""
        self.insert_text(self.app.clipboard)

    def text_before_cursor(self) -> str:
        """All text up to the cursor."""
        return self.get_text_range((0, 0), self.cursor_location)

    def move_to_offset(self, offset: int) -> None:
        """Put the cursor after so many characters."""
        before = self.text[: max(0, offset)]
        row = before.count("\n")
        self.move_cursor((row, len(before) - (before.rfind("\n") + 1)))

    def fit_height(self) -> None:
        """Grow or shrink with the text; a layout happens only when the number of lines changes."""
        lines = min(LINES_MAX, max(1, self.wrapped_document.height))
        height = self.styles.height
        if height is None or height.value != lines:
            self.styles.height = lines
