"""Why: what routing does with an interaction, or why nothing comes to an agent, over the desk or the monitor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from agentdesk.client.mirror import Mirror
from agentdesk.client.port import DeskPort
from agentdesk.client.why import Row, agent_rows, interaction_rows
from agentdesk.errors import DeskError
from agentdesk.tui.actions import bindings_for, bindings_of
from agentdesk.tui.lines import Line, line, pad, wrap
from agentdesk.tui.presenter import Look
from agentdesk.tui.widgets.picker import Item
from agentdesk.tui.widgets.rows import Rows

ABOUT_CELLS = 10
TEXT_MAX = 500
AGENT = "@"
"""What begins so is an agent's name, else it is an interaction's number."""


class WhyRows(Rows, can_focus=True):
    """What there is to say, wrapped, scrolled by rows."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = (("", "asking …"),)
        self._top = 0

    def show(self, rows: Sequence[Row]) -> None:
        """Show these; all texts are clean."""
        self._rows = rows
        self.repaint()

    def scroll_by(self, rows: int) -> None:
        """Move through what doesn't fit."""
        self._top += rows
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """What it is about on the left, what is so on the right."""
        lines = [
            line((pad(about if not part else "", ABOUT_CELLS), "dim"), (text, "text"))
            for about, whole in self._rows
            for part, text in enumerate(wrap(whole, max(8, width - ABOUT_CELLS)))
        ]
        self._top = max(0, min(self._top, len(lines) - height))
        return lines[self._top : self._top + height]


class Why(ModalScreen[None], inherit_bindings=False):
    """`about` is an interaction's number, or `@` and an agent's name."""

    BINDINGS = [*bindings_for("picker"), *bindings_of("read.older", "read.newer")]

    def __init__(self, port: DeskPort, look: Look, about: str) -> None:
        super().__init__(classes="help")
        self._port = port
        self._look = look
        self._about = about

    def compose(self) -> ComposeResult:
        """Title, rows, keys."""
        what = self._about if self._about.startswith(AGENT) else f"interaction {self._about}"
        with Vertical(classes="help-box"):
            yield Label(Content(f"Why: {self._look.name(what, 60)}"), classes="picker-title")
            yield WhyRows()
            yield Label(Content("↑↓ PgUp PgDn scroll · Esc close"), classes="picker-keys")

    def on_mount(self) -> None:
        """Ask."""
        self.ask()

    @work(exclusive=True, exit_on_error=False)
    async def ask(self) -> None:
        """What the server says now."""
        rows: list[Row]
        try:
            if self._about.startswith(AGENT):
                rows = list(agent_rows(await self._port.why_agent(self._about.removeprefix(AGENT))))
            else:
                rows = list(interaction_rows(await self._port.why(int(self._about))))
        except DeskError as error:
            rows = [(error.title, error.message), ("", error.remedy)]
        clean = self._look.name
        self.query_one(WhyRows).show([(clean(about, ABOUT_CELLS), clean(text, TEXT_MAX)) for about, text in rows])

    def action_act(self, action_id: str) -> None:
        """Scroll and close."""
        moves = {"picker.up": -1, "picker.down": 1, "read.older": -10, "read.newer": 10}
        if action_id in moves:
            self.query_one(WhyRows).scroll_by(moves[action_id])
        elif action_id in ("picker.close", "picker.use"):
            self.dismiss()


def subjects(mirror: Mirror, look: Look, current: int | None) -> Callable[[str], Sequence[Item]]:
    """What can be asked about: the current conversation, the other own ones, oneself, who is known, what waits."""
    own = sorted(mirror.conversations.values(), key=lambda one: one.interaction.id != current)
    talks = [
        Item(str(one.interaction.id), look.name(one.interaction.customer_name, 40), one.interaction.state.value)
        for one in own
    ]
    me = [Item(f"{AGENT}{mirror.user}", "Me: why nothing comes", "and what I did today")] if mirror.agent else []
    agents = [
        Item(f"{AGENT}{one.id}", look.name(one.name, 40), one.presence.replace("_", " "))
        for one in mirror.agent_stats.values()
        if one.id != mirror.user
    ]
    return _narrowed([*talks, *me, *waiting(mirror, look), *agents])


def heads(mirror: Mirror, look: Look) -> Callable[[str], Sequence[Item]]:
    """What waits, to be picked from."""
    return _narrowed(waiting(mirror, look))


def waiting(mirror: Mirror, look: Look) -> list[Item]:
    """The first that wait in each queue."""
    return [
        Item(str(one.interaction_id), look.name(one.customer_name, 40), f"waits in {look.name(queue.name, 30)}")
        for queue in sorted(mirror.queue_stats.values(), key=lambda queue: queue.id)
        for one in queue.head
    ]


def _narrowed(items: Sequence[Item]) -> Callable[[str], Sequence[Item]]:
    def narrow(typed: str) -> Sequence[Item]:
        wanted = typed.casefold().strip()
        return [item for item in items if wanted in f"{item.title} {item.value}".casefold()]

    return narrow
