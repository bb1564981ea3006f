"""A whole conversation as it looks, in plain text, at two sizes and in both sets of glyphs.

UPDATE_PICTURES=1 writes the pictures anew; read the difference before committing it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from textual.app import ComposeResult

from agentdesk.core.model import MessageKind
from agentdesk.tui.composer import Composer
from agentdesk.tui.glyphs import glyphs
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.transcript import Delivery, Entry, Transcript

PICTURES = Path(__file__).parent.parent / "snapshots"
START = 1_790_000_000_000
IN, OUT, NOTE, SYSTEM = MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.NOTE, MessageKind.SYSTEM
TALK = (
    (0, SYSTEM, "", "Budi came by the web chat", None, ""),
    (20_000, IN, "Budi Santoso", "Tagihan saya dua kali, mohon dicek ya kak. Nomor pesanan ORD-123456.", None, ""),
    (25_000, IN, "Budi Santoso", "Ini fotonya", None, "tagihan.png, 120 kB"),
    (70_000, OUT, "Ana", "Saya cek sebentar ya", Delivery.READ, ""),
    (80_000, NOTE, "Dewi", "refund already booked,\nsee ORD-123456", None, ""),
    (86_500_000, IN, "رضا کریمی", "سلام، سفارش ORD-12 من نرسید.", None, ""),
    (86_520_000, IN, "Lan Nguyễn", "Đơn hàng chưa tới [/red]\x1b[31m \u202efdp.exe", None, ""),
    (86_560_000, OUT, "Ana", "Để em kiểm tra ạ", Delivery.DELIVERED, ""),
    (86_570_000, OUT, "Ana", "Xin lỗi vì chậm trễ", Delivery.FAILED, "the customer is offline"),
    (86_580_000, OUT, "Ana", "I will call you", Delivery.PENDING, ""),
)


class Picture(SafeApp[None]):
    CSS = "Transcript { height: 1fr; }"

    def __init__(self, plain: bool) -> None:
        super().__init__()
        self.marks = glyphs(plain)

    def compose(self) -> ComposeResult:
        yield Transcript(glyphs=self.marks)
        yield Composer(glyphs=self.marks)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (44, 40)])
@pytest.mark.parametrize("plain", [False, True], ids=["unicode", "ascii"])
async def test_the_conversation_looks_as_it_did(width: int, height: int, plain: bool) -> None:
    app = Picture(plain)
    async with app.run_test(size=(width, height)) as pilot:
        transcript, composer = app.query_one(Transcript), app.query_one(Composer)
        transcript.load(
            Entry(number, START + after, kind, who, text, state, detail)
            for number, (after, kind, who, text, state, detail) in enumerate(TALK)
        )
        transcript.mark_unread(6)
        transcript.set_typing("Lan is typing")
        composer.set_text("Baik, refund\nسلام")
        await pilot.pause(0.1)
        drawn = ["".join(s.text for s in line).rstrip() for line in app.screen._compositor.render_strips()]
    picture = "\n".join(drawn) + "\n"
    path = PICTURES / f"conversation_{width}x{height}_{'ascii' if plain else 'unicode'}.txt"
    if os.environ.get("UPDATE_PICTURES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, encoding="utf-8")
    assert picture == path.read_text(encoding="utf-8")
