"""The bottom row: what my hands are doing now, and the keys that work."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentdesk.tui.lines import Line, Span, cells
from agentdesk.tui.widgets.rows import Rows


class FooterView(msgspec.Struct, frozen=True):
    """`state` is the word of the state (COMMAND, REPLY, NOTE …); `keys` are pairs of key and what it does."""

    state: str = "COMMAND"
    keys: tuple[tuple[str, str], ...] = ()


_ROLES = {"REPLY": "reply", "NOTE": "note", "WRAP-UP": "match", "CUSTOMER": "reply"}


class Footer(Rows):
    """Attribute down: `show(view)`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view = FooterView()

    def show(self, view: FooterView) -> None:
        """Show this from now on."""
        self._view = view
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """Keys that don't fit are left out whole."""
        spans: list[Span] = [(f" {self._view.state} ", _ROLES.get(self._view.state, "command")), (" ", "text")]
        for key, words in self._view.keys:
            part: list[Span] = [(f" {key}", "key"), (f" {words} ", "dim")]
            if cells(spans) + cells(part) > width:
                break
            spans += part
        return [Line(tuple(spans))]
