"""Where an agent writes: several lines, reply or note told apart by word, colour and border, drafts kept by mode.

Two states, and the focus is the state: while the editor inside has the focus the agent is composing (keys are
text); while the composer itself has it the agent is commanding (single letters act, by the screen's bindings).
"""

from __future__ import annotations

from typing import Literal

from textual.containers import Vertical
from textual.message import Message

from agentdesk.tui.bidi import BidiMode
from agentdesk.tui.glyphs import UNICODE, Glyphs

Mode = Literal["reply", "note"]


class Composer(Vertical, can_focus=True):
    """The composer of one pane."""

    class _About(Message):
        def __init__(self, composer: Composer, text: str, mode: Mode) -> None:
            self.composer = composer
            self.text = text
            self.mode = mode
            super().__init__()

        @property
        def control(self) -> Composer:
            """The composer it comes from."""
            return self.composer

    class Submitted(_About):
        """The agent sent `text` as `mode`. The composer is empty again; `put_back` undoes that."""

    class Changed(_About):
        """The text of `mode` changed; for drafts, typing notices and canned responses. Not posted by `set_text`."""

    class CompleteWanted(_About):
        """Tab was pressed; `text` is what stands before the cursor."""

    class StateChanged(Message):
        """The agent began or stopped composing, or switched mode."""

        def __init__(self, composer: Composer, composing: bool, mode: Mode) -> None:
            self.composer = composer
            self.composing = composing
            self.mode = mode
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

    @property
    def composing(self) -> bool:
        """Whether keys are text now."""
        raise NotImplementedError

    @property
    def mode(self) -> Mode:
        """Whether what is written goes to the customer or stays inside."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What stands in the current mode."""
        raise NotImplementedError

    def compose_as(self, mode: Mode) -> None:
        """Begin composing in this mode; each mode keeps its own text."""
        raise NotImplementedError

    def toggle_mode(self) -> None:
        """From reply to note or back, without changing whether the agent is composing."""
        raise NotImplementedError

    def command(self) -> None:
        """Stop composing; the text stays."""
        raise NotImplementedError

    def lock(self, reason: str) -> None:
        """Take no reply any more and show why (notes stay possible); an empty reason unlocks."""
        raise NotImplementedError

    def draft(self, mode: Mode) -> str:
        """What stands in a mode, shown or not."""
        raise NotImplementedError

    def set_text(self, text: str, mode: Mode | None = None, *, cursor: int | None = None) -> None:
        """Put a draft or an expansion there; the cursor goes to the end, or to the character offset `cursor`."""
        raise NotImplementedError

    def insert(self, text: str) -> None:
        """Insert at the cursor."""
        raise NotImplementedError

    def replace_word(self, word: str, text: str) -> bool:
        """Replace `word` before the cursor by `text` (a shortcode by its response); False when it isn't there."""
        raise NotImplementedError

    def put_back(self, text: str, mode: Mode) -> None:
        """Give back what could not be sent, before whatever was written since."""
        raise NotImplementedError

    def remember(self, texts: list[str]) -> None:
        """Replace the history of what was sent, oldest first."""
        raise NotImplementedError
