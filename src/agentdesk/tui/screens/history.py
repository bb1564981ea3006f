"""A past interaction, to read: its whole transcript over the desk, older pages as one scrolls up."""

from __future__ import annotations

from collections.abc import Callable

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from agentdesk.client.port import DeskPort
from agentdesk.errors import DeskError
from agentdesk.tui import presenter
from agentdesk.tui.actions import bindings_for, bindings_of
from agentdesk.tui.presenter import Look
from agentdesk.tui.text import plain_line
from agentdesk.tui.transcript import Entry, Transcript
from agentdesk.tui.widgets.notice import Notice, Trouble

PAGE = 50
"""A page shorter than this was the last one."""


class History(ModalScreen[None], inherit_bindings=False):
    """Reads an interaction by its id, at one message if asked."""

    BINDINGS = [*bindings_for("picker"), *bindings_of("read.older", "read.newer")]

    def __init__(self, port: DeskPort, look: Look, interaction_id: int, title: str, at: int | None = None) -> None:
        super().__init__(classes="history")
        self._port = port
        self._look = look
        self._interaction_id = interaction_id
        self._title = title
        self._at = at

    def compose(self) -> ComposeResult:
        """Title, transcript, keys."""
        with Vertical(classes="history-box"):
            yield Label(plain_line(self._title), classes="picker-title")
            yield Notice(glyphs=self._look.glyphs)
            yield Transcript(glyphs=self._look.glyphs, bidi=self._look.bidi)
            yield Label(plain_line("↑↓ PgUp PgDn scroll · Esc close"), classes="picker-keys")

    def on_mount(self) -> None:
        """Fetch the newest page."""
        self.fetch(None)

    @work(exclusive=True, exit_on_error=False)
    async def fetch(self, before: int | None) -> None:
        """One page of what was said."""
        try:
            page = await self._port.messages(self._interaction_id, before)
        except DeskError as error:
            self.query_one(Notice).show(
                Trouble(error.title, self._look.name(error.message), remedy=self._look.name(error.remedy))
            )
            return
        entries: list[Entry] = [presenter.entry_of(message) for message in sorted(page, key=lambda m: m.id)]
        transcript = self.query_one(Transcript)
        if before is None:
            transcript.load(entries, older=len(page) >= PAGE)
            if self._at is not None:
                transcript.go_to(self._at)
        else:
            transcript.prepend(entries, older=len(page) >= PAGE)

    def on_transcript_older_wanted(self, event: Transcript.OlderWanted) -> None:
        """The page before."""
        event.stop()
        if event.before is not None and isinstance(event.before.key, int):
            self.fetch(event.before.key)

    def action_act(self, action_id: str) -> None:
        """Scroll and close."""
        transcript = self.query_one(Transcript)
        moves: dict[str, Callable[[], object]] = {
            "picker.up": lambda: transcript.go_lines(-1),
            "picker.down": lambda: transcript.go_lines(1),
            "read.older": lambda: transcript.go_pages(-1),
            "read.newer": lambda: transcript.go_pages(1),
            "picker.close": self.dismiss,
            "picker.use": self.dismiss,
        }
        if move := moves.get(action_id):
            move()
