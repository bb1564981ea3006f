"""Hostile text in every kind of widget, unclean on purpose; run by test_filter.py on a pseudo-terminal.

usage: hostile_app.py safe|bare   (bare leaves our filter out, to show that the test would see a leak)
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Button, DataTable, Input, Label, OptionList, RichLog, Static, TextArea
from textual.widgets.option_list import Option

from agentdesk.core.model import MessageKind
from agentdesk.tui.composer import Composer
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.transcript import Entry, Transcript

PAYLOADS = {
    "title": "A\x1b]0;PWNTITLE\x07Z",
    "clipboard": "A\x1b]52;c;UFdO\x07Z",
    "clear": "A\x1b[2J\x1b[HZZ",
    "link": "A\x1b]8;;http://evil.example/\x1b\\Z",
    "colour": "A\x1b[31mREDZ",
    "device": 'A\x1bP$q"p\x1b\\Z',
    "c1": "A\x9b31mC1RED\x9d0;PWNC1\x9cZ",
    "controls": "A\x07\x08\x0b\x0c\x00\x7fZ",
    "direction": "A\u202eOVERRIDE\u2066Z",
}
EVERYTHING = " ".join(PAYLOADS.values())


class Hostile(SafeApp[None]):
    CSS = "Static, Label, Button, TextArea, RichLog, DataTable, OptionList, Transcript { height: 3; width: 1fr; }"

    def __init__(self, safe: bool) -> None:
        super().__init__()
        self._safe = safe

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        return filters if self._safe else [f for f in filters if type(f).__name__ != "ControlFilter"]

    def compose(self) -> ComposeResult:
        yield Static(Content(EVERYTHING))
        yield Static(EVERYTHING, markup=False)
        yield Label(Content(EVERYTHING))
        yield Button(Content(EVERYTHING))
        yield OptionList(Option(Content(EVERYTHING)))
        yield Input(EVERYTHING)
        yield TextArea(EVERYTHING)
        yield RichLog(markup=False, wrap=True)
        yield DataTable()
        yield Transcript()
        yield Composer()

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(RichLog).write(EVERYTHING)
        table = self.query_one(DataTable)
        table.add_columns("a")
        table.add_row(Content(EVERYTHING))
        framed = self.query_one(Transcript)
        framed.load([Entry(1, 0, MessageKind.INBOUND, EVERYTHING, EVERYTHING, None, EVERYTHING)])
        framed.styles.border = ("round", "red")
        framed.border_title = Content(EVERYTHING)  # type: ignore[assignment]
        self.query_one(Composer).set_text(EVERYTHING)
        self.query_one(Composer).close_replies(EVERYTHING)
        self.notify(EVERYTHING, title=EVERYTHING, timeout=60)
        self.set_timer(0.2, lambda: self.query_one(Static).update(Content("ALL-DRAWN")))


if __name__ == "__main__":
    Hostile(sys.argv[1] == "safe").run()
