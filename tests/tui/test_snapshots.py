"""A few pictures of the desk that change only on purpose: `pytest tests/tui/test_snapshots.py --snapshot-update`.

Read the difference before you update. They hold layout and look; what happens is tested elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from agentdesk.config import ClientSettings
from agentdesk.core.commands import SendMessage
from agentdesk.core.model import MessageKind
from agentdesk.tui.app import DeskApp
from tests.client.fake_port import FakeDesk


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the screen is the terminal's."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def scene() -> FakeDesk:
    """Two conversations, a note, an offer, one that waits."""
    fake = FakeDesk("ana", capacity=3)
    fake.connect()
    budi = fake.chat("Budi", "halo, tagihan saya dua kali")
    fake.advance(20)
    fake.submit(SendMessage(budi, "Saya cek sebentar ya", client_id="c1"))
    fake.customer_reads("Budi")
    fake.submit(SendMessage(budi, "second charge confirmed", MessageKind.NOTE, "c2"))
    fake.chat("Lan", "xin chào")
    fake.advance(65)
    fake.customer_writes("Sara", "is anybody there?")
    fake.customer_writes("Omar", "hello", queue="sales")
    fake.advance(9)
    return fake


def desk(**settings: Any) -> DeskApp:
    return DeskApp(scene(), ClientSettings(bell=False, **settings))


async def settled(pilot: Pilot[None]) -> None:
    """All that waits to be drawn is drawn."""
    await pilot.pause(0.3)


def test_the_desk_at_80_by_24(snap_compare: Any) -> None:
    assert snap_compare(desk(), terminal_size=(80, 24), run_before=settled)


def test_the_desk_at_120_by_40(snap_compare: Any) -> None:
    assert snap_compare(desk(), terminal_size=(120, 40), run_before=settled)


def test_wrapup_at_120_by_40(snap_compare: Any) -> None:
    async def wrapping(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press("1", "f8")
        await settled(pilot)
        await pilot.press("q")
        await settled(pilot)

    assert snap_compare(desk(), terminal_size=(120, 40), run_before=wrapping)
