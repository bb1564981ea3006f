"""Text that others wrote can do no harm, in whatever place of the screen it stands."""

from __future__ import annotations

import re

import pytest

from agentdesk.client.port import Canned
from agentdesk.core.commands import CustomerRef, Done, StartInteraction
from agentdesk.core.model import Disposition, Identity, QueueConfig
from agentdesk.tui.screens.desk import DeskScreen
from tests.client.fake_port import FakeDesk
from tests.tui.robot import Robot, desk_robot

HOSTILE = (
    "[/red]",
    "[@click=app.quit]x[/]",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m\x90q\x9c",
    "\u202eevil\u2066\u200b",
    "[link=http://x]",
    "a" * 300,
)
_bad = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")


def harmless(desk: Robot) -> None:
    """Nothing on the screen can act on the terminal, and the app lives."""
    assert desk.app.is_running
    assert not _bad.search(desk.text), repr(desk.text)
    widths = {len(strip) and strip.cell_length for strip in strips(desk)}
    assert widths == {desk.app.screen.size.width}


def strips(desk: Robot) -> list:  # type: ignore[type-arg]
    """The rows as Textual draws them."""
    from textual.geometry import Size

    return desk.app.screen._compositor.render_strips(Size(*desk.app.screen.size))


def evil_desk(text: str) -> FakeDesk:
    """A desk on which everything anybody can name is `text`."""
    dispositions = (Disposition("x", text, "x"),)
    queue = QueueConfig("support", text, dispositions=dispositions)
    fake = FakeDesk("ana", queues=(queue,), canned=(Canned("hi", text, f"{text} {{{{customer.name}}}}"),))
    fake.connect()
    fake.available()
    ref = CustomerRef(None, (Identity("visitor", "v"), Identity(text[:20], text)), text[:200], "en", {text[:50]: text})
    started = fake.channel(
        StartInteraction("chat", "support", ref, text, subject=text[:200], attributes={text[:50]: text})
    )
    assert isinstance(started, Done)
    fake.accept(started.interaction_id)
    return fake


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("size", [(140, 40), (80, 24)], ids=["wide", "narrow"])
async def test_in_every_place_of_the_desk(text: str, size: tuple[int, int]) -> None:
    fake = evil_desk(text)
    number = next(iter(fake.mirror.conversations))
    async with desk_robot(fake=fake, available=False, size=size) as desk:
        await desk.until(lambda: desk.desk.talk.panes)
        fake.channel(
            StartInteraction("chat", "support", CustomerRef(None, (Identity("visitor", "w"),), text[:200]), text)
        )
        await desk.expect("OFFER")
        harmless(desk)
        for keys in (("f7",), ("f7",), ("f",), ("escape",), ("f4",), ("escape",), ("t",), ("escape",)):
            await desk.press(*keys)
            harmless(desk)
        await desk.press("f")
        await desk.type("xab")
        await desk.pilot.pause()
        harmless(desk)
        await desk.press("escape")
        await desk.press("f8")
        await desk.until(lambda: desk.desk.context == "wrapup")
        harmless(desk)
        assert number in desk.desk.talk.slots


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_in_errors_and_refusals(text: str) -> None:
    async with desk_robot() as desk:
        desk.fake.refuse_reads = text
        await desk.chats("Budi")
        await desk.press("f")
        await desk.type("word")
        await desk.pilot.pause(0.3)
        harmless(desk)
        await desk.press("escape")
        assert isinstance(desk.app.screen, DeskScreen)
        harmless(desk)


async def test_a_name_that_hides_something_is_marked() -> None:
    async with desk_robot() as desk:
        await desk.chats("Bu\u202edi")
        await desk.expect("direction controls")


async def test_what_an_agent_pastes_is_text() -> None:
    from textual.events import Paste

    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.press("r")
        driver = desk.app._driver
        assert driver is not None
        driver.send_message(Paste("\x1b]52;c;eA==\x07[/red] d e a"))
        await desk.until(lambda: "[/red] d e a" in desk.pane.composer.text)
        harmless(desk)
