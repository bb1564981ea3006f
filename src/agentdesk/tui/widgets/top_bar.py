"""The top row: who I am and how I am, what waits, how well we do, how the link is, what time it is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentdesk.tui.ages import age
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.lines import Line, Span, cells
from agentdesk.tui.widgets.rows import Rows

SL_GOOD = 80
"""Percent of service level from which on it is marked as good."""


class TopView(msgspec.Struct, frozen=True):
    """What the top row shows; names are drawn as they are, so they must be clean."""

    title: str = "agentdesk"
    name: str = ""
    presence: str = "offline"
    reason: str = ""
    load: int = 0
    capacity: int = 0
    queue: str = ""
    waiting: int = 0
    oldest_ms: int | None = None
    service_level: int | None = None
    link: str = "connecting"
    round_trip_ms: int | None = None
    clock: str = ""


_PRESENCE_ROLE = {"available": "good", "away": "low", "not_responding": "late", "offline": "dim"}


class TopBar(Rows):
    """Attribute down: `view`."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._view = TopView()

    def show(self, view: TopView) -> None:
        """Show this from now on."""
        self._view = view
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """Parts that don't fit are left out whole, the least needed first."""
        view = self._view
        right = self._right(view)
        parts = [self._title(view), self._who(view), self._load(view), self._waiting(view), self._level(view)]
        for dropped in ((), (0,), (0, 4), (0, 2, 4), (0, 2, 3, 4)):
            left = _joined([part for number, part in enumerate(parts) if part and number not in dropped])
            if cells(left) + cells(right) + 1 <= width:
                break
        return [Line(tuple(left), tuple(right))]

    def _title(self, view: TopView) -> list[Span]:
        return [(view.title, "title")]

    def _who(self, view: TopView) -> list[Span]:
        mark = getattr(self._glyphs, view.presence, self._glyphs.offline)
        words = view.presence.replace("_", " ") + (f": {view.reason}" if view.reason else "")
        role = _PRESENCE_ROLE.get(view.presence, "dim")
        return [(f"{view.name} ", "strong"), (f"{mark} {words}", role)] if view.name else []

    def _load(self, view: TopView) -> list[Span]:
        if not view.capacity:
            return []
        return [("load ", "dim"), (f"{view.load}/{view.capacity}", "low" if view.load >= view.capacity else "text")]

    def _waiting(self, view: TopView) -> list[Span]:
        if not view.waiting:
            return [("nobody waits", "dim")] if view.link == "live" else []
        oldest = f", oldest {age(view.oldest_ms)}" if view.oldest_ms is not None else ""
        return [(f"{view.queue} ", "dim"), (f"{view.waiting} waiting{oldest}", "text")]

    def _level(self, view: TopView) -> list[Span]:
        if view.service_level is None:
            return []
        good = view.service_level >= SL_GOOD
        mark = self._glyphs.better if good else self._glyphs.worse
        return [("SL ", "dim"), (f"{view.service_level} % {mark}", "good" if good else "low")]

    def _right(self, view: TopView) -> list[Span]:
        if view.link == "live":
            trip = f"{view.round_trip_ms} ms" if view.round_trip_ms is not None else "live"
            link = (f"{self._glyphs.link} {trip}", "dim")
        else:
            link = (f"{self._glyphs.warn} {view.link}", "late")
        return [link, (f"  {view.clock} ", "text")]


def _joined(parts: list[list[Span]]) -> list[Span]:
    out: list[Span] = [(" ", "text")]
    for number, part in enumerate(parts):
        if number:
            out.append(("   ", "text"))
        out.extend(part)
    return out
