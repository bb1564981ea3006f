"""Draw docs/desk.svg, the picture in the README, from the real app: python docs/picture.py [FILE]

The desk, its keys and its core are the real ones; only the network between them is left out.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from agentdesk.core.commands import CompleteWrapup  # noqa: E402 - the tests' desk lies outside the package
from agentdesk.core.model import QueueConfig  # noqa: E402
from tests.client.fake_port import DISPOSITIONS, FakeDesk  # noqa: E402
from tests.tui.robot import Robot, desk_robot  # noqa: E402

SIZE = (132, 34)
TITLE = "agentdesk"
QUEUES = (
    QueueConfig("billing", "Billing", dispositions=DISPOSITIONS),
    QueueConfig("orders", "Orders", reply_target_s=180, dispositions=DISPOSITIONS),
)


def open_history(fake: FakeDesk) -> None:
    """An earlier conversation, so that the customer panel has something to tell."""
    chat = fake.chat("Budi Santoso", "Bagaimana cara masuk lagi?", queue="billing")
    fake.advance(40)
    fake.customer_ends("Budi Santoso")
    fake.submit(CompleteWrapup(chat, "solved"))
    fake.advance(3 * 86_400)


async def write(desk: Robot, chat: int, text: str, *, note: bool = False) -> None:
    """Send a reply or a note in a conversation, and go back to commanding."""
    pane = desk.desk.talk.pane(chat)
    assert pane is not None
    await desk.press(str(pane.slot), "n" if note else "r")
    await desk.type(text)
    await desk.press("enter", "escape")


async def play(desk: Robot) -> None:
    """Three conversations at once, one offer, and more that wait."""
    fake = desk.fake
    lan = fake.chat("Lan Nguyễn", "Đơn hàng ORD-123456 của mình chưa tới", queue="orders")
    await desk.expect("chưa")
    await write(desk, lan, "Chào Lan, mình kiểm tra ngay nhé")
    fake.customer_reads("Lan Nguyễn")
    fake.advance(65)
    fake.chat("رضا کریمی", "سلام، فاکتور من اشتباه است", queue="billing")
    fake.advance(20)
    budi = fake.chat("Budi Santoso", "Tagihan saya dua kali bulan ini", queue="billing")
    await desk.expect("Tagihan")
    await write(desk, budi, "Refund is booked already, on Monday", note=True)
    await write(desk, budi, "Halo Budi, saya cek sebentar ya")
    fake.customer_reads("Budi Santoso")
    fake.advance(18)
    fake.customer_writes("Lan Nguyễn", "Alo?", queue="orders")
    fake.customer_writes("Budi Santoso", "Terima kasih, saya tunggu", queue="billing")
    for name, queue in (("Sara Ek", "orders"), ("Joko", "billing"), ("Mai", "orders"), ("Omid", "billing")):
        fake.customer_writes(name, "Hello?", queue=queue)
        fake.advance(4)
    await desk.press("r")
    await desk.type("Refund sudah kami proses,")
    fake.customer_types("Lan Nguyễn")
    await desk.expect("Refund sudah kami proses,")


async def picture() -> str:
    """The desk as SVG."""
    fake = FakeDesk("ana", queues=QUEUES, capacity=4)
    fake.connect()
    open_history(fake)
    async with desk_robot(size=SIZE, fake=fake, bidi="terminal") as desk:
        await play(desk)
        await desk.pilot.pause(0.3)
        return stable(desk.app.export_screenshot(title=TITLE))


def stable(svg: str) -> str:
    """The same picture has the same bytes, and loads nothing from elsewhere: Rich names its styles by a random
    number and fetches a font; the text keeps its widths with any other."""
    found = re.search(r"terminal-(\d+)-", svg)
    assert found is not None
    return re.sub(r"\s*@font-face \{.*?\}", "", svg.replace(found[1], "desk"), flags=re.DOTALL)


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"
    time.tzset()
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "desk.svg"
    target.write_text(asyncio.run(picture()), encoding="utf-8")
