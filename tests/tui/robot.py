"""A robot agent at the desk: presses keys, reads the screen. Behind it is the real core, without sockets.

async with desk_robot() as desk:
    chat = desk.fake.customer_writes("Budi", "halo")
    await desk.accept()
    await desk.reply("Halo Budi")
    await desk.expect("Halo Budi")
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.geometry import Size
from textual.pilot import Pilot

from agentdesk.config import ClientSettings
from agentdesk.tui.app import DeskApp, SignIn
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.pane import Pane
from tests.client.fake_port import FakeDesk

TIMEOUT_S = 8.0
STEP_S = 0.02


class Robot:
    """Hands and eyes."""

    def __init__(self, app: DeskApp, pilot: Pilot[None], fake: FakeDesk) -> None:
        self.app = app
        self.pilot = pilot
        self.fake = fake
        self.rings = 0

    @property
    def desk(self) -> DeskScreen:
        """The desk, also while a panel is open over it."""
        found = [screen for screen in self.app.screen_stack if isinstance(screen, DeskScreen)]
        assert found
        return found[0]

    @property
    def pane(self) -> Pane:
        """The pane with the keyboard."""
        assert self.desk.talk.current is not None
        return self.desk.talk.current

    # -- eyes -----------------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[str]:
        """The screen on top, row by row."""
        screen = self.app.screen
        return [strip.text for strip in screen._compositor.render_strips(Size(*screen.size))]

    @property
    def text(self) -> str:
        """All of the screen on top."""
        return "\n".join(self.rows)

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait until something is so; fails with the screen."""
        waited = 0.0
        while not true():
            assert waited < TIMEOUT_S, f"never came: {what or true}\n{self.text}"
            await self.pilot.pause(STEP_S)
            waited += STEP_S

    async def expect(self, *words: str) -> None:
        """Wait until all of these are on the screen."""
        for word in words:
            await self.until(lambda word=word: word in self.text, word)  # type: ignore[misc]

    async def expect_gone(self, word: str) -> None:
        """Wait until this is not on the screen."""
        await self.until(lambda: word not in self.text, f"{word} to go")

    # -- hands ----------------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Keys by Textual's names."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Characters, one key each."""
        await self.pilot.press(*("space" if c == " " else "slash" if c == "/" else c for c in text))
        await self.pilot.pause()

    async def accept(self, name: str = "") -> Pane:
        """Take the offer; the pane it opened."""
        before = len(self.desk.talk.panes)
        await self.until(lambda: self.fake.mirror.offers, "an offer")
        await self.press("f3")
        await self.until(lambda: len(self.desk.talk.panes) > before, "a pane")
        if name:
            await self.expect(name)
        return self.desk.talk.panes[-1]

    async def reply(self, text: str) -> None:
        """Write a reply and send it."""
        await self.press("r")
        await self.type(text)
        await self.press("enter")

    async def end(self) -> None:
        """End the conversation; the next key is wrap-up's."""
        await self.press("f8")
        await self.until(lambda: self.desk.context == "wrapup", "the wrap-up form")

    async def wrap_up(self, *keys: str) -> None:
        """End, press these in wrap-up, and be done with it."""
        number = self.pane.interaction_id
        await self.end()
        await self.press(*keys, "enter")
        await self.until(lambda: self.desk.talk.pane(number) is None, "the pane to close")

    async def chats(self, *names: str) -> list[int]:
        """Conversations that the agent holds, one for each name."""
        numbers = [self.fake.chat(name, f"hello from {name}") for name in names]
        await self.until(lambda: len(self.desk.talk.panes) >= len(names), "the panes")
        return numbers


@asynccontextmanager
async def desk_robot(
    *,
    size: tuple[int, int] = (120, 32),
    fake: FakeDesk | None = None,
    available: bool = True,
    connect: bool = True,
    mode: str = "desk",
    sign_in: SignIn | None = None,
    **settings: Any,
) -> AsyncIterator[Robot]:
    """A robot at a desk of this size."""
    fake = fake or FakeDesk("ana")
    if connect and fake.link.state != "live":
        fake.connect()
        if available:
            fake.available()
    app = DeskApp(fake, ClientSettings(**settings), mode=mode, sign_in=sign_in)
    async with app.run_test(size=size) as pilot:
        robot = Robot(app, pilot, fake)

        def ring() -> None:
            robot.rings += 1

        app.bell = ring  # type: ignore[method-assign]
        await pilot.pause()
        yield robot
