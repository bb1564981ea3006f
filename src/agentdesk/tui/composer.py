"""Where an agent writes: several lines, reply or note told apart by word, colour, border and ground.

Two states, and the focus is the state: while the editor inside has the focus the agent is composing (keys are
text); while the composer itself has it the agent is commanding (single letters act, by the screen's bindings).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus, Paste, Resize
from textual.message import Message

from agentdesk.tui.bidi import BidiMode, has_rtl, visual_lines
from agentdesk.tui.editor import Editor
from agentdesk.tui.glyphs import ASCII, UNICODE, Glyphs
from agentdesk.tui.prompt_focus import PromptKeys
from agentdesk.tui.still import StillHorizontal, StillStatic, StillVertical
from agentdesk.tui.text import clean

Mode = Literal["reply", "note"]

HISTORY_MAX = 100
"""Sent texts kept for `compose.older`."""

PREVIEW_LINES_MAX = 3
"""Lines of the right-to-left preview: the last ones, where the agent types."""


class Composer(PromptKeys, StillVertical, can_focus=True):
    """The composer of one pane."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        border-left: wide $desk-reply;
        background: $background;
        .composer--line { height: auto; }
        .composer--prompt { width: auto; height: 1; padding: 0 1; color: $desk-reply; text-style: bold; }
        .composer--preview { height: auto; display: none; color: $desk-quiet; padding: 0 1; }
        .composer--closed { height: auto; display: none; color: $desk-hand; padding: 0 1; }
        &.-preview .composer--preview { display: block; }
        &.-closed .composer--closed { display: block; }
        &.-note {
            border-left: outer $desk-note;
            background: $desk-note-ground;
            .composer--prompt { color: $desk-note-ground; background: $desk-note; }
            Editor { color: $desk-note-text; }
        }
        &.-ascii { border-left: ascii $desk-reply; }
        &.-ascii.-note { border-left: ascii $desk-note; }
        &.-commanding .composer--prompt { text-style: none; }
        &.-commanding Editor { text-opacity: 70%; }
    }
    """

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
        """The text of `mode` changed by hand: for drafts and typing notices. `set_text` does not post it.

        It is posted to the screen, not to the widgets between.
        """

    class CompleteWanted(_About):
        """Tab was pressed; `text` is what stands before the cursor."""

    class StateChanged(Message):
        """The agent began or stopped composing, or switched mode."""

        def __init__(self, composer: Composer, composing: bool, mode: Mode) -> None:
            self.composer = composer
            self.composing = composing
            self.mode = mode
            super().__init__()

        @property
        def control(self) -> Composer:
            """The composer it comes from."""
            return self.composer

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
        self._glyphs = glyphs
        self._bidi = bidi
        self._mode: Mode = "reply"
        self._texts: dict[Mode, str] = {"reply": "", "note": ""}
        self._shut = ""
        self._history: list[str] = []
        self._browsing: int | None = None
        self._before_browsing = ""
        self._editor = Editor(self._edited, self._act)
        self._prompt = StillStatic(Content(""), classes="composer--prompt")
        self._preview = StillStatic(Content(""), classes="composer--preview")
        self._reason = StillStatic(Content(""), classes="composer--closed")
        self.add_class("-commanding", *(["-ascii"] if glyphs is ASCII else []))

    def compose(self) -> ComposeResult:
        """The prompt and the editor side by side, the preview and the reason below."""
        with StillHorizontal(classes="composer--line"):
            yield self._prompt
            yield self._editor
        yield self._preview
        yield self._reason

    def on_mount(self) -> None:
        """Show the mode."""
        self._show_mode()

    @property
    def composing(self) -> bool:
        """Whether keys are text now."""
        return self._editor.is_attached and self.screen.focused is self._editor

    @property
    def mode(self) -> Mode:
        """Whether what is written goes to the customer or stays inside."""
        return self._mode

    @property
    def text(self) -> str:
        """What stands in the current mode."""
        return self._editor.text

    def compose_as(self, mode: Mode) -> bool:
        """Begin composing in this mode; each mode keeps its own text. False when replies are closed."""
        if mode == "reply" and self._shut:
            return False
        self._switch(mode)
        self._editor.focus()
        return True

    def toggle_mode(self) -> None:
        """From reply to note or back, without changing whether the agent is composing."""
        mode: Mode = "note" if self._mode == "reply" else "reply"
        if mode == "note" or not self._shut:
            self._switch(mode)

    def command(self) -> None:
        """Stop composing; the text stays."""
        self.focus()

    def close_replies(self, reason: str) -> None:
        """Take no reply any more and show why (notes stay possible); an empty reason opens again."""
        self._shut = clean(reason, newlines=False)
        self._reason.update(Content(self._shut))
        self._show_mode()
        if self._shut and self._mode == "reply" and self.composing:
            self.command()

    def draft(self, mode: Mode) -> str:
        """What stands in a mode, shown or not."""
        return self._editor.text if mode == self._mode else self._texts[mode]

    def set_text(self, text: str, mode: Mode | None = None, *, cursor: int | None = None) -> None:
        """Put a draft or an expansion there; the cursor goes to the end, or to the character offset `cursor`."""
        mode = mode or self._mode
        self._texts[mode] = text
        if mode == self._mode:
            self._editor.load_text(text)
            self._editor.move_to_offset(len(text) if cursor is None else cursor)
            self._text_shown()

    def rewrite(self, text: str, *, cursor: int | None = None) -> None:
        """Put a text there as if a hand had written it."""
        self.set_text(text, cursor=cursor)
        self._tell_changed()

    def insert(self, text: str) -> None:
        """Insert at the cursor, as if it was pasted."""
        self._editor.insert_text(text)

    def replace_word(self, word: str, text: str) -> bool:
        """Replace `word` before the cursor by `text` (a shortcode by its response); False when it isn't there."""
        before = self._editor.text_before_cursor()
        if not word or not before.endswith(word):
            return False
        after = self._editor.text[len(before) :]
        kept = before[: -len(word)]
        self.set_text(kept + text + after, cursor=len(kept + text))
        self._tell_changed()
        return True

    def put_back(self, text: str, mode: Mode) -> None:
        """Give back what could not be sent, before whatever was written since."""
        written = self.draft(mode)
        self.set_text(f"{text}\n{written}" if written else text, mode)

    def remember(self, texts: Iterable[str]) -> None:
        """Replace the history of what was sent, oldest first."""
        self._history = list(texts)[-HISTORY_MAX:]
        self._browsing = None

    # -- hands ----------------------------------------------------------------------------------------------

    def _act(self, action_id: str) -> None:
        """Do what a key of the compose context asks for."""
        acts: dict[str, Callable[[], None]] = {
            "compose.send": self._send,
            "compose.newline": lambda: self._editor.insert_text("\n"),
            "compose.leave": self.command,
            "compose.complete": self._complete,
            "compose.older": lambda: self._browse(-1),
            "compose.newer": lambda: self._browse(1),
        }
        acts[action_id]()

    def _edited(self) -> None:
        """Keep the text of the mode, and tell the pane when a hand changed it."""
        text = self._editor.text
        if text != self._texts[self._mode]:
            self._texts[self._mode] = text
            self._text_shown()
            self._tell_changed()

    def _tell_changed(self) -> None:
        """Straight to the screen: each widget on the way up would cost the key a task switch."""
        self.screen.post_message(self.Changed(self, self._editor.text, self._mode))

    def on_paste(self, event: Paste) -> None:
        """A paste while commanding is text, never keys."""
        event.stop()
        if self.compose_as(self._mode):
            self.insert(event.text)

    def watch_has_focus(self, has_focus: bool) -> None:
        """No style depends on the composer's own focus, so nothing inside is styled anew for it."""

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Composing began."""
        self._state_changed(composing=True)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Composing ended."""
        self._state_changed(composing=False)

    def on_resize(self, event: Resize) -> None:
        """Another width wraps differently."""
        self._text_shown()

    def _state_changed(self, *, composing: bool) -> None:
        self.set_class(not composing, "-commanding")
        self.post_message(self.StateChanged(self, composing, self._mode))

    def _send(self) -> None:
        text, mode = self._editor.text, self._mode
        if not text.strip() or (mode == "reply" and self._shut):
            return
        self.set_text("")
        self._history = [*self._history, text][-HISTORY_MAX:]
        self._browsing = None
        self.post_message(self.Submitted(self, text, mode))

    def _complete(self) -> None:
        self.post_message(self.CompleteWanted(self, self._editor.text_before_cursor(), self._mode))

    def _browse(self, step: int) -> None:
        """Through what was sent; what was being written waits at the newest end."""
        at = len(self._history) if self._browsing is None else self._browsing
        if self._browsing is None:
            self._before_browsing = self._editor.text
        at = max(0, min(len(self._history), at + step))
        newest = at == len(self._history)
        self._browsing = None if newest else at
        self.set_text(self._before_browsing if newest else self._history[at])

    def _switch(self, mode: Mode) -> None:
        if mode != self._mode:
            self._texts[self._mode] = self._editor.text
            self._mode = mode
            self._browsing = None
            self.set_text(self._texts[mode])
            self._show_mode()
            self.post_message(self.StateChanged(self, self.composing, mode))

    def _show_mode(self) -> None:
        note = self._mode == "note"
        self.set_class(note, "-note")
        self.set_class(bool(self._shut) and not note, "-closed")
        self._prompt.update(Content(f"{'NOTE' if note else 'reply'} {self._glyphs.prompt}"))
        self._editor.read_only = bool(self._shut) and not note

    def _text_shown(self) -> None:
        """Fit the height, and show right-to-left text as the customer will see it."""
        self._editor.fit_height()
        text = self._editor.text
        preview = self._bidi == "app" and has_rtl(text)
        self.set_class(preview, "-preview")
        if preview:
            width = max(1, self.size.width - 2)
            lines = visual_lines(clean(text), width, self._bidi)[-PREVIEW_LINES_MAX:]
            drawn = [" " * (width - cell_len(line.text) if line.rtl else 0) + line.text for line in lines]
            self._preview.update(Content("\n".join(drawn)))
