"""The program that bench/tui_panes.py times: transcripts and composers as the desk has them, with traffic.

usage: tui_panes_app.py PANES ENTRIES MESSAGES_PER_SECOND_PER_PANE
"""

from __future__ import annotations

import asyncio
import sys
import time

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Static

from agentdesk.core.model import MessageKind
from agentdesk.tui.composer import Composer
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.still import Still, StillVertical
from agentdesk.tui.transcript import Delivery, Entry, Transcript

BODIES = (
    "Halo, pesanan saya belum sampai, mohon dicek ya kak.",
    "Hello, I was charged twice for this invoice and I would like a refund please, it has been three days already.",
    "Xin chào, đơn hàng của tôi bị giao nhầm địa chỉ, giúp tôi với.",
    "سلام، سفارش من هنوز نرسیده است",
)
START_MS = 1_790_000_000_000


def entry(pane: int, number: int) -> Entry:
    """One message; its text carries a mark by which the bench recognises it."""
    ours = number % 3 == 0
    return Entry(
        number,
        START_MS + number * 20_000,
        MessageKind.OUTBOUND if ours else MessageKind.INBOUND,
        "Ana" if ours else "customer",
        f"p{pane}-{number:06} {BODIES[number % len(BODIES)]}",
        Delivery.DELIVERED if ours else None,
    )


def target(press: int, entries: int) -> int:
    """Which entry the nth search looks for; the bench computes the same."""
    return (press * 7919 + 13) % entries


class StillGrid(Still, Grid):
    """The panes' ground."""


class Bench(SafeApp[None]):
    """Panes in a grid; the first one is written in."""

    CSS = """
    Grid { grid-size: 3; height: 1fr; grid-rows: 1fr; }
    Grid > StillVertical { border: round $desk-quiet; height: 1fr; }
    #state { height: 1; }
    """
    BINDINGS = [
        Binding("pageup", "page(-1)"),
        Binding("pagedown", "page(1)"),
        Binding("f6", "last"),
        Binding("f7", "search"),
        Binding("f8", "letter_search"),
        Binding("up", "line(-1)"),
        Binding("down", "line(1)"),
    ]

    def __init__(self, panes: int, entries: int, rate: float) -> None:
        super().__init__()
        self._panes, self._entries, self._rate = panes, entries, rate
        self._presses = 0
        self._letters = 0
        self.transcripts = [Transcript() for _ in range(panes)]

    def compose(self) -> ComposeResult:
        """Six desks' worth of conversation."""
        with StillGrid() as grid:
            grid.styles.grid_size_columns = min(3, self._panes)
            for transcript in self.transcripts:
                with StillVertical():
                    yield transcript
                    yield Composer()
        yield Static(Content("starting"), id="state")

    def on_mount(self) -> None:
        """Load once there is a size."""
        super().on_mount()
        self.call_after_refresh(self.load_all)

    def load_all(self) -> None:
        """Load every pane, say how long it took, start the traffic."""
        begin = time.perf_counter()
        for number, transcript in enumerate(self.transcripts):
            transcript.load(entry(number, n) for n in range(self._entries))
        took = (time.perf_counter() - begin) * 1000
        self.query(Composer).first().compose_as("reply")
        self.query_one("#state", Static).update(Content(f"LOADED {took:.1f} ms"))
        if self._rate:
            self.run_worker(self.traffic())

    async def traffic(self) -> None:
        """Messages at a steady rate to all panes in turn."""
        begin, sent, total = time.perf_counter(), 0, self._rate * self._panes
        while True:
            due = begin + sent / total
            await asyncio.sleep(max(0, due - time.perf_counter()))
            pane = sent % self._panes
            self.transcripts[pane].append(entry(pane, self._entries + sent))
            sent += 1

    def action_page(self, pages: int) -> None:
        """Scroll the first pane."""
        self.transcripts[0].go_pages(pages)

    def action_line(self, lines: int) -> None:
        """Scroll the first pane by lines."""
        self.transcripts[0].go_lines(lines)

    def action_last(self) -> None:
        """Back to following."""
        self.transcripts[0].find_nothing()
        self.transcripts[0].go_last()

    def action_search(self) -> None:
        """Look for the next target."""
        self.transcripts[0].find(f"p0-{target(self._presses, self._entries):06}")
        self._presses += 1

    def action_letter_search(self) -> None:
        """Look for a word as if it was typed letter by letter; nearly everything matches the first letters."""
        self._letters += 1
        self.transcripts[0].find("refund please"[: self._letters % 13 + 1])


if __name__ == "__main__":
    Bench(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])).run()
