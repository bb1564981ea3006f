"""The upper edge of a pane: whose it is, by which channel, from which queue, how old and how urgent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentdesk.tui import channels
from agentdesk.tui.ages import age, clock
from agentdesk.tui.glyphs import ASCII, UNICODE, Glyphs
from agentdesk.tui.lines import Line, Span, cells, cut
from agentdesk.tui.slack import Slack
from agentdesk.tui.widgets.rows import Rows

DETAILS = ("channel", "bar", "queue", "typing", "subject")
"""What is shown beside the name, the most needed first."""


class HeadView(msgspec.Struct, frozen=True):
    """What the edge shows; the name is clean and ordered."""

    slot: int
    name: str
    channel: str
    queue: str
    age_ms: int
    slack: Slack
    state: str = "active"
    subject: str = ""
    customer_away: bool = False
    typing: bool = False
    hidden: str = ""
    """What `clean` took out of the name that could deceive, in words."""
    until: str = ""
    """When what is snoozed wakes."""
    wrapup_ms: int | None = None
    wrapup_of_ms: int | None = None
    below: int = 0
    current: bool = False


class PaneHead(Rows):
    """Attribute down: `show(view)`. Draws the frame's upper edge itself, so that a new age costs one row."""

    def __init__(self, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(classes="pane-head")
        self._glyphs = glyphs
        self._view: HeadView | None = None
        self.framed = True

    def show(self, view: HeadView) -> None:
        """Show this from now on."""
        if view != self._view:
            self._view = view
            self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """One row: corner, name, rule, age, bar, corner. What doesn't fit is left out whole, the name last."""
        view = self._view
        if view is None:
            return []
        rule = self._glyphs.rule
        frame = "accent" if view.current else "dim"
        left_corner, right_corner = self._corners()
        for detail in range(len(DETAILS), -1, -1):
            shown = DETAILS[:detail]
            end: list[Span] = [(f" {rule}{right_corner}" if right_corner else " ", frame)]
            right = [*self._urgency(view, shown), *end]
            left = [(left_corner + rule if left_corner else "", frame), *self._whose(view, shown)]
            if cells(left) + cells(right) + 1 <= width:
                break
        left = cut(left, width - cells(right) - 1)
        gap = width - cells(left) - cells(right)
        left.append((" " + rule * (gap - 2) + " " if gap >= 3 else " " * max(0, gap), frame))
        return [Line(tuple(left), tuple(right))]

    def _corners(self) -> tuple[str, str]:
        if not self.framed:
            return "", ""
        return ("+", "+") if self._glyphs is ASCII else ("╭", "╮")

    def _whose(self, view: HeadView, shown: Sequence[str]) -> list[Span]:
        mark = channels.mark(view.channel, self._glyphs is ASCII)
        word = f" {channels.word(view.channel)}" if "channel" in shown else ""
        parts: list[Span] = [
            (f" {self._glyphs.prompt}{view.slot} " if view.current else f" {view.slot} ", "key"),
            (view.name, "title" if view.current else "strong"),
        ]
        if view.hidden:
            parts.append((f" {self._glyphs.warn}" + (f" {view.hidden}" if "queue" in shown else ""), "late"))
        parts.append((f"  {mark}{word}", "accent" if view.current else "text"))
        if "queue" in shown:
            parts.append((f"  {view.queue}", "dim"))
        if view.subject and "subject" in shown:
            parts.append((f"  {view.subject}", "dim"))
        return parts

    def _urgency(self, view: HeadView, shown: Sequence[str]) -> list[Span]:
        if view.state == "wrapping":
            return self._wrapup(view, shown)
        parts: list[Span] = []
        if view.below:
            parts.append((f"{view.below} new {self._glyphs.down}  ", "accent"))
        if view.state != "active":
            words = {"held": "on hold", "snoozed": f"snoozed until {view.until}"}.get(view.state, view.state)
            parts.append((f"{words}  ", "low"))
        if view.customer_away:
            parts.append(("away  ", "low"))
        elif view.typing:
            parts.append(
                (f"typing{self._glyphs.ellipsis}  " if "typing" in shown else f"{self._glyphs.ellipsis} ", "accent")
            )
        role = view.slack.level if view.slack.level != "none" else "dim"
        parts.append((f"{age(view.age_ms)}{view.slack.mark.strip()}", role))
        if view.slack.level != "none" and "bar" in shown:
            parts.append((f" {view.slack.bar}", role))
        return parts

    def _wrapup(self, view: HeadView, shown: Sequence[str]) -> list[Span]:
        word: list[Span] = [("wrap-up ", "low")] if "channel" in shown or view.wrapup_of_ms is None else []
        spent = clock(view.wrapup_ms or 0)
        if view.wrapup_of_ms is None:
            return [*word, (spent, "text")]
        left = f"{spent} of {clock(view.wrapup_of_ms)}{view.slack.mark.strip()}"
        bar: list[Span] = [(f" {view.slack.bar}", view.slack.level)] if "bar" in shown else []
        return [*word, (left, view.slack.level), *bar]
