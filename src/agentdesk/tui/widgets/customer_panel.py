"""The customer beside the panes: who they are, what is known, and all that ever was with them, newest first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual.message import Message

from agentdesk.tui import channels
from agentdesk.tui.actions import bindings_for
from agentdesk.tui.glyphs import ASCII, UNICODE, Glyphs
from agentdesk.tui.lines import BLANK, Line, Span, line, pad, wrap
from agentdesk.tui.widgets.rows import Rows

PARTS_MAX = 12
"""Identities and attributes shown each."""


class Past(msgspec.Struct, frozen=True):
    """One line of the timeline."""

    interaction_id: int
    when: str
    channel: str
    queue: str
    outcome: str = ""
    said: str = ""
    live: bool = False


class CustomerView(msgspec.Struct, frozen=True):
    """All of it, clean. `more` when older ones can be fetched; `trouble` when the history could not be read."""

    customer_id: int = 0
    name: str = ""
    language: str = ""
    since: str = ""
    identities: tuple[tuple[str, str], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    past: tuple[Past, ...] = ()
    more: bool = False
    loading: bool = False
    trouble: str = ""
    keys: str = ""
    """What can be done here, shown while the panel has the keyboard."""


class CustomerPanel(Rows, can_focus=True):
    """Attribute down: `show(view)`. Messages up: an old interaction to open, older ones to fetch, the way back."""

    BINDINGS = bindings_for("picker")

    class Opened(Message):
        """The agent wants to read this past interaction."""

        def __init__(self, interaction_id: int) -> None:
            self.interaction_id = interaction_id
            super().__init__()

    class MoreWanted(Message):
        """The agent reached the end of what was fetched."""

    class Left(Message):
        """Back to the pane."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self.view = CustomerView()
        self._at = 0

    def show(self, view: CustomerView) -> None:
        """Show this customer; the place in the timeline stays while it is the same one."""
        if view.customer_id != self.view.customer_id:
            self._at = 0
        self.view = view
        self.repaint()

    def update(self, **changes: object) -> None:
        """Change parts of what is shown."""
        self.show(msgspec.structs.replace(self.view, **changes))

    def on_focus(self) -> None:
        """The cursor becomes visible."""
        self.repaint()

    def on_blur(self) -> None:
        """The cursor goes."""
        self.repaint()

    # -- drawing --------------------------------------------------------------------------------------------

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """The person, then as much of the timeline as fits round the cursor."""
        if not self.view.customer_id:
            return [
                line((" Customer", "title")),
                BLANK,
                *_words("Who it is shows here once you have a conversation.", width),
            ]
        about = self._about(width)
        rows, start, end = self._timeline(width)
        room = height - len(about)
        if room < min(len(rows), 6):
            about = about[: max(1, height - 6)]
            room = height - len(about)
        first = max(0, min(start, len(rows) - room)) if end > room else 0
        return [*about, *rows[first : first + room]]

    def _about(self, width: int) -> list[Line]:
        view = self.view
        rows = [line((f" {view.name}", "title"))]
        facts = " · ".join(part for part in (view.language, view.since) if part)
        if facts:
            rows.append(line((f" {facts}", "dim")))
        if view.tags:
            rows += [line((f" {row}", "low")) for row in wrap(" ".join(f"+{tag}" for tag in view.tags), width - 2)]
        rows += [_pair(kind, value, width) for kind, value in view.identities[:PARTS_MAX]]
        if view.attributes:
            rows += [_section("known", width, self._glyphs)]
            rows += [_pair(kind, value, width) for kind, value in view.attributes[:PARTS_MAX]]
        if view.keys and self.has_focus:
            rows += _words(view.keys, width)
        return [*rows, _section("timeline", width, self._glyphs)]

    def _timeline(self, width: int) -> tuple[list[Line], int, int]:
        """All rows of the timeline, and where the one at the cursor begins and ends."""
        rows: list[Line] = []
        start = end = 0
        for number, past in enumerate(self.view.past):
            here = number == self._at and self.has_focus
            start, end = (len(rows), len(rows) + 2) if number == self._at else (start, end)
            rows += self._past(past, here)
        if self.view.trouble:
            rows += _words(self.view.trouble, width, "late")
        elif self.view.loading:
            rows.append(line((" …", "dim")))
        elif not self.view.past:
            rows += _words("Nothing before this.", width)
        elif self.view.more:
            rows.append(line((f" {self._glyphs.down} older", "dim")))
        return rows, start, end

    def _past(self, past: Past, here: bool) -> list[Line]:
        mark = channels.mark(past.channel, self._glyphs is ASCII)
        ground = "cursor" if here else ""
        role = "accent" if past.live else "text"
        first = line(
            (self._glyphs.prompt if here else " ", "key"),
            (f"{pad(past.when, 6)} ", "dim"),
            (f"{mark} {channels.word(past.channel)} ", role),
            (past.queue, "dim"),
            ground=ground,
        )
        below: list[Span] = [("        ", "text")]
        if past.outcome:
            below += [(f"{past.outcome}  ", "accent" if past.live else "good")]
        return [first, line(*below, (past.said, "dim"), ground=ground)]

    # -- hands ----------------------------------------------------------------------------------------------

    def action_act(self, action_id: str) -> None:
        """Up, down, open, leave."""
        if action_id == "picker.up":
            self._move(-1)
        elif action_id == "picker.down":
            self._move(1)
        elif action_id == "picker.close":
            self.post_message(self.Left())
        elif action_id == "picker.use" and self._at < len(self.view.past):
            self.post_message(self.Opened(self.view.past[self._at].interaction_id))

    def _move(self, by: int) -> None:
        last = len(self.view.past) - 1
        if self._at + by > last and self.view.more and not self.view.loading:
            self.post_message(self.MoreWanted())
        self._at = max(0, min(last, self._at + by))
        self.repaint()


def _section(text: str, width: int, glyphs: Glyphs) -> Line:
    return Line(((f" {glyphs.rule}{glyphs.rule} {text} ", "dim"),), fill=glyphs.rule)


def _pair(kind: str, value: str, width: int) -> Line:
    return line((f" {pad(kind, min(9, max(4, width // 3)))} ", "dim"), value)


def _words(text: str, width: int, role: str = "dim") -> list[Line]:
    return [line((f" {row}", role)) for row in wrap(text, max(8, width - 2))]
