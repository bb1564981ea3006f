"""Draws docs/desk.svg: the real app on the real core, with a scene played on it. `make picture` runs it.

The clock stands still and nothing is random, so the same code draws the same picture.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["TZ"] = "UTC"
time.tzset()

from agentdesk.config import ClientSettings  # noqa: E402
from agentdesk.core import commands as c  # noqa: E402
from agentdesk.core.model import Disposition, Identity, QueueConfig, Role  # noqa: E402
from agentdesk.tui.app import DeskApp  # noqa: E402
from tests.client.fake_port import FakeDesk  # noqa: E402

DISPOSITIONS = (
    Disposition("refund", "Refund", "r"),
    Disposition("refund/late", "Refund: came late", "1"),
    Disposition("refund/twice", "Refund: charged twice", "2"),
    Disposition("billing", "Billing question", "b"),
    Disposition("login", "Cannot sign in", "l"),
    Disposition("spam", "Spam", "s"),
)
QUEUES = tuple(
    QueueConfig(
        name, name, channels=("chat", "email", "call"), offer_timeout_s=45, wrapup_s=45, dispositions=DISPOSITIONS
    )
    for name in ("billing", "orders", "refunds")
)
MONDAY_MS = 1_795_428_000_000
DAY_S = 86_400
PAST = (
    ("orders", "Where is ORD-88120?", "billing", 68),
    ("billing", "I cannot see last month's invoice", "login", 12),
    ("refunds", "The refund has not arrived", "refund/late", 3),
)


class Scene:
    """A morning at the desk, played step by step."""

    def __init__(self, role: Role = Role.AGENT, mode: str = "desk") -> None:
        self.fake = FakeDesk("ana", queues=QUEUES, capacity=5, role=role, mode=mode)
        self.fake.now = MONDAY_MS - 90 * DAY_S * 1000
        self.fake.connect()
        self.fake.available()
        self._started: dict[str, int] = {}

    def begins(
        self, name: str, queue: str, text: str, *, channel: str = "chat", language: str = "", subject: str = ""
    ) -> int:
        """A customer writes for the first time, and nobody has taken it yet."""
        known = self.fake.store.customer_by_identity("email", f"{name.split()[0].lower()}@example.com")
        email = Identity("email", f"{name.split()[0].lower()}@example.com")
        phone = (Identity("phone", "+62 812 3456 41"),) if name.startswith("Budi") else ()
        ref = c.CustomerRef(known, (email, *phone), name, language, {"plan": "gold"})
        start = c.StartInteraction(channel, queue, ref, text, subject=subject, language=language)
        done = self.fake.channel(start)
        assert isinstance(done, c.Done)
        self._started[name] = done.interaction_id
        return done.interaction_id

    def says(self, name: str, text: str) -> None:
        """The customer goes on."""
        self.fake.channel(c.ReceiveMessage(self._started[name], text, f"{name}{self.fake.now}"))

    def taken(self, *arguments: str, **more: str) -> int:
        """Begun, and taken by Ana."""
        number = self.begins(*arguments, **more)
        self.fake.accept(number)
        return number

    def answers(self, number: int, text: str) -> None:
        """Ana replies; the customer reads it."""
        self.fake.submit(c.SendMessage(number, text, client_id=f"a{self.fake.now}"))
        last = self.fake.desk.state.interactions[number].last_message_id
        self.fake.channel(c.ConfirmDelivery(number, last, last))

    def history(self, name: str) -> None:
        """What happened with this customer before today."""
        days = 90
        for queue, text, code, ago in PAST:
            self.fake.advance((days - ago) * DAY_S)
            days = ago
            number = self.taken(name, queue, text)
            self.fake.submit(c.EndInteraction(number))
            self.fake.submit(c.CompleteWrapup(number, code, (), ""))
        self.fake.advance(days * DAY_S)

    def play(self) -> FakeDesk:
        """The whole scene."""
        self.history("Budi Santoso")
        sara = self.taken(
            "Sara Ek",
            "refunds",
            "Hello,\n\nI returned order 8841 three weeks ago and have not seen the refund on my card. "
            "The parcel's number is 00340434161094042557.\n\nKind regards\nSara",
            channel="email",
            subject="Refund for order 8841",
            language="sv",
        )
        self.fake.advance(100)
        lan = self.taken("Lan Nguyễn", "orders", "Đơn hàng ORD-123456 chưa tới", language="vi")
        self.fake.advance(20)
        self.answers(lan, "Để em kiểm tra ạ")
        reza = self.taken("Reza Karimi", "orders", "Can I still change the address of ORD-8841?", language="fa")
        budi = self.taken("Budi Santoso", "billing", "Tagihan saya dua kali untuk ORD-120045", language="id")
        self.fake.advance(15)
        self.answers(budi, "Saya cek sebentar ya, Pak Budi.")
        self.answers(reza, "Yes: tell me the new one, please.")
        self.fake.submit(c.SendMessage(budi, "second charge confirmed, refund booked", c.MessageKind.NOTE, "n1"))
        self.fake.advance(5)
        self.says("Lan Nguyễn", "Alo? Có ai không?")
        self.fake.advance(60)
        self.says("Budi Santoso", "Terima kasih, saya tunggu")
        self.waiting()
        self.fake.submit(c.SaveDraft(budi, "Baik, refund sudah", c.MessageKind.OUTBOUND, 1))
        self.fake.advance(12)
        assert sara
        return self.fake

    def waiting(self) -> None:
        """More people than Ana has hands for; the last one is offered to her."""
        self.begins("Mai Phương", "billing", "Xin chào, tôi cần hóa đơn", language="vi")
        for name, queue in (
            ("Joko Widodo", "billing"),
            ("Anna Berg", "billing"),
            ("Pim", "orders"),
            ("Omar", "orders"),
        ):
            self.fake.advance(7)
            self.begins(name, queue, "hello")


async def draw(size: tuple[int, int], keys: list[str], theme: str) -> str:
    """Open the desk on the scene, press the keys; what is seen, as SVG."""
    fake = Scene().play()
    app = DeskApp(fake, ClientSettings(theme=theme, bell=False, bidi="off"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
        await pilot.pause(0.3)
        return app.export_screenshot(title="agentdesk")


def main() -> None:
    """Read the options and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="124x34", help="columns x rows")
    parser.add_argument("--keys", default="4,r", help="Textual key names to press first, by commas")
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "desk.svg")
    options = parser.parse_args()
    columns, rows = map(int, options.size.split("x"))
    keys = [key for key in options.keys.split(",") if key]
    svg = asyncio.run(draw((columns, rows), keys, options.theme))
    options.to.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
