"""Search over everything that was ever said: as one types, newest first, one key to read it where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Label

from agentdesk.client.port import DeskPort, Hit
from agentdesk.errors import DeskError
from agentdesk.tui.actions import bindings_for, bindings_of
from agentdesk.tui.lines import BLANK, Line, Span, line, pad
from agentdesk.tui.presenter import Look
from agentdesk.tui.screens.customer import when
from agentdesk.tui.screens.history import History
from agentdesk.tui.widgets.field import Field
from agentdesk.tui.widgets.picker import POINT
from agentdesk.tui.widgets.rows import Rows

PAUSE_S = 0.15
"""The search begins when the hand has paused for this long."""

PAGE = 20
PREFIX_MIN = 3
"""Beginnings shorter than this mean too many words."""

HITS_MAX = 500
"""Hits kept; more than anybody reads."""

TEACH = (
    "Words find messages that hold all of them, in any order, accents and case ignored.",
    "The last word may be only its beginning.",
    "  refund late           both words",
    '  "late refund"         exactly so',
    "  ORD-1234              numbers and codes too",
    "  Tab                   only this customer, or everybody",
)


class Hits(Rows):
    """The messages found."""

    def __init__(self, look: Look, now: int) -> None:
        super().__init__(classes="hits")
        self._look = look
        self._now = now
        self.hits: list[Hit] = []
        self.at = 0
        self.said: Sequence[str] = TEACH

    def show(self, hits: list[Hit], said: Sequence[str] = ()) -> None:
        """Show these; `said` stands there when there are none."""
        self.hits, self.said = hits, said
        self.at = min(self.at, max(0, len(hits) - 1))
        self.repaint()

    def move(self, by: int) -> bool:
        """Move the cursor; True when it wants more than there is."""
        beyond = self.at + by >= len(self.hits)
        self.at = max(0, min(len(self.hits) - 1, self.at + by))
        self.repaint()
        return beyond

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """Two rows a hit: whose and when, then the words with the match."""
        if not self.hits:
            return [BLANK, *(line((f" {row}", "dim")) for row in self.said)]
        shown = max(1, height // 2)
        first = max(0, min(self.at - shown // 2, len(self.hits) - shown))
        rows: list[Line] = []
        for number, hit in enumerate(self.hits[first : first + shown], first):
            rows += self._hit(hit, "cursor" if number == self.at else "")
        return rows

    def _hit(self, hit: Hit, ground: str) -> list[Line]:
        clean = self._look.name
        author = hit.message.author if hit.message.agent else ""
        first = line(
            (POINT if ground else " ", "key"),
            (f"{pad(when(hit.message.at_ms, self._now), 7)}", "dim"),
            (clean(hit.customer_name, 40), "strong"),
            (f"  {clean(author, 30)}" if author else "", "dim"),
            right=[(f"{hit.message.kind.value} ", "note" if hit.message.kind.value == "note" else "dim")],
            ground=ground,
        )
        return [first, Line((("        ", "text"), *marked(hit.snippet, self._look)), ground=ground)]


def marked(snippet: str, look: Look) -> list[Span]:
    """The snippet as runs, matches (between \\x02 and \\x03) with a role of their own."""
    spans: list[Span] = []
    for number, part in enumerate(snippet.split("\x02")):
        hit, mark, rest = part.partition("\x03")
        if number == 0 and not mark:
            spans.append((look.name(part, 400), "text"))
            continue
        spans.append((look.name(hit, 400), "match"))
        spans.append((look.name(rest, 400), "text"))
    return [span for span in spans if span[0]]


def open_ended(typed: str) -> str:
    """What was typed as a query: its last word may go on, since it is still being typed."""
    word = typed.rpartition(" ")[2]
    quoted = typed.count('"') % 2 == 1 or typed.endswith('"')
    return f"{typed}*" if len(word) >= PREFIX_MIN and word[-1].isalnum() and not quoted else typed


class Search(ModalScreen[None], inherit_bindings=False):
    """Over all history, or one customer's."""

    BINDINGS = [*bindings_for("picker"), *bindings_of("read.older", "read.newer")]

    def __init__(self, port: DeskPort, look: Look, customer: tuple[int, str] | None) -> None:
        super().__init__(classes="search")
        self._port = port
        self._look = look
        self._customer = customer
        self._only = False
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The scope, the words, the hits."""
        with Vertical(classes="search-box"):
            yield Label(Content(self._title()), classes="picker-title")
            yield Field(placeholder="words to find")
            yield Hits(self._look, self._port.now_ms())
            yield Label(Content("Enter read it · ↑↓ choose · Tab scope · Esc close"), classes="picker-keys")

    def _title(self) -> str:
        if self._customer and self._only:
            return f"Search what was said with {self._look.name(self._customer[1], 40)}"
        return "Search everything that was said"

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(PAUSE_S, self._begin)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_act("picker.use")

    def _begin(self) -> None:
        query = open_ended(self.query_one(Input).value.strip())
        hits = self.query_one(Hits)
        if query:
            self.find(query, None)
        else:
            hits.show([], TEACH)

    @work(exclusive=True, exit_on_error=False)
    async def find(self, query: str, before: int | None) -> None:
        """One page of hits."""
        hits = self.query_one(Hits)
        only = self._customer[0] if self._customer and self._only else None
        try:
            page = await self._port.search(query, only, before)
        except DeskError as error:
            hits.show([], [f"{error.title}: {self._look.name(error.message)}", self._look.name(error.remedy)])
            return
        found = [*hits.hits, *page][:HITS_MAX] if before is not None else list(page)
        if before is None:
            hits.at = 0
        hits.show(found, [f"Nothing holds all of these words: {self._look.name(query.rstrip('*'), 60)}", *TEACH[2:]])

    def action_act(self, action_id: str) -> None:
        """Move, widen, read, close."""
        hits = self.query_one(Hits)
        moves = {"picker.up": -1, "picker.down": 1, "read.older": -8, "read.newer": 8}
        if action_id in moves:
            if hits.move(moves[action_id]) and hits.hits and len(hits.hits) % PAGE == 0:
                self.find(open_ended(self.query_one(Input).value.strip()), hits.hits[-1].message.id)
        elif action_id == "picker.scope" and self._customer:
            self._only = not self._only
            self.query_one(".picker-title", Label).update(Content(self._title()))
            self._begin()
        elif action_id == "picker.use" and hits.hits:
            hit = hits.hits[hits.at].message
            title = f"{hits.hits[hits.at].customer_name}, interaction {hit.interaction_id}"
            self.app.push_screen(History(self._port, self._look, hit.interaction_id, title, hit.id))
        elif action_id == "picker.close":
            self.dismiss()
