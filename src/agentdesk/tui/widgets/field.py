"""A one-line text field whose keys are taken in order, with nothing waiting in between."""

from __future__ import annotations

from textual.events import Key
from textual.widgets import Input

from agentdesk.tui.prompt_focus import PromptKeys

FIELD_CHARS_MAX = 200


class Field(PromptKeys, Input):
    """Textual's Input in one row, without a frame."""

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,
        max_length: int = FIELD_CHARS_MAX,
        password: bool = False,
    ) -> None:
        super().__init__(
            value,
            placeholder=placeholder,
            id=id,
            max_length=max_length,
            password=password,
            compact=True,
            select_on_focus=False,
        )
        self.cursor_blink = False

    def take_key(self, event: Key) -> bool:
        """Printable keys are text."""
        if event.character is None or not event.is_printable:
            return False
        if self.selection.is_empty:
            self.insert_text_at_cursor(event.character)
        else:
            self.replace(event.character, *self.selection)
        return True
