"""A sign-in that ends during work: the desk stays as it is, asks for the password, and goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from agentdesk.client.port import DeskPort
from agentdesk.errors import SignInRefused
from agentdesk.tui.screens.confirm import Confirm
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.screens.sign_in import SignInScreen
from tests.client.fake_port import FakeDesk
from tests.tui.robot import Robot, desk_robot
from tests.tui.test_survival import said


async def sign_in(name: str, password: str, port: DeskPort | None = None) -> DeskPort:
    """A server that knows Ana and Ben."""
    if name not in ("ana", "ben") or password != "secret":
        raise SignInRefused("the name or the password is wrong", "Try again, or ask an admin.")
    assert isinstance(port, FakeDesk)
    port.sign_in_again()
    return port


@asynccontextmanager
async def at_work(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Robot, int]]:
    async with desk_robot(size=size, sign_in=sign_in) as desk:
        (chat,) = await desk.chats("Budi")
        yield desk, chat


def asked(desk: Robot) -> bool:
    return isinstance(desk.app.screen, SignInScreen)


async def give_password(desk: Robot, password: str = "secret") -> None:
    await desk.type(password)
    await desk.press("enter")


async def test_the_desk_asks_for_the_password_and_goes_on_with_everything() -> None:
    async with at_work() as (desk, chat):
        pane = desk.pane
        await desk.reply("on its way")
        await desk.type("half a thou")
        await desk.press("escape")
        desk.fake.sign_out()
        await desk.expect("Sign in again", "This sign-in is no longer valid", "ana", "password")
        desk.fake.customer_writes("Budi", "are you there?")
        await give_password(desk)
        await desk.expect("1 event arrived while away", "are you there?", "half a thou")
        assert desk.pane is pane
        assert said(desk, chat).count("on its way") == 1
        await desk.reply("ght")
        await desk.until(lambda: said(desk, chat)[-1] == "half a thought")


async def test_what_is_sent_while_signed_out_goes_out_once_and_in_order() -> None:
    async with at_work() as (desk, chat):
        await desk.press("r")
        desk.fake.sign_out()
        await desk.expect("Signed out", "^L signs in again")
        await desk.type("first")
        await desk.press("enter")
        await desk.type("second")
        await desk.press("enter")
        await desk.type("third")
        await desk.expect("2 messages wait")
        await desk.press("ctrl+l")
        await desk.until(lambda: asked(desk), "the sign-in")
        await give_password(desk)
        await desk.until(lambda: said(desk, chat)[-2:] == ["first", "second"])
        assert said(desk, chat).count("first") == 1
        assert desk.pane.composer.text == "third"


async def test_who_is_writing_is_asked_only_when_done() -> None:
    async with at_work() as (desk, _):
        await desk.press("r")
        desk.fake.sign_out()
        await desk.expect("Signed out")
        desk.desk.tick()
        await desk.type("secret")
        assert desk.pane.composer.text == "secret" and not asked(desk)
        await desk.press("escape")
        desk.desk.tick()
        await desk.until(lambda: asked(desk), "the sign-in")


async def test_nobody_is_asked_over_a_panel_that_takes_text() -> None:
    async with at_work() as (desk, _):
        await desk.press("f")
        desk.fake.sign_out()
        await desk.until(lambda: desk.fake.link.state == "refused")
        desk.desk.tick()
        await desk.pilot.pause()
        assert not asked(desk)
        await desk.press("escape")
        desk.desk.tick()
        await desk.until(lambda: asked(desk), "the sign-in")


async def test_a_wrong_password_may_be_tried_again() -> None:
    async with at_work() as (desk, _):
        desk.fake.sign_out()
        await desk.until(lambda: asked(desk), "the sign-in")
        await give_password(desk, "wrong")
        await desk.expect("Signing in was refused", "Try again, or ask an admin.")
        await give_password(desk)
        await desk.until(lambda: desk.fake.link.state == "live" and isinstance(desk.app.screen, DeskScreen))


async def test_somebody_else_may_not_go_on_with_this_desk() -> None:
    async with at_work() as (desk, _):
        desk.fake.sign_out()
        await desk.until(lambda: asked(desk), "the sign-in")
        await desk.press("shift+tab", "backspace", "backspace", "backspace")
        await desk.type("ben")
        await desk.press("enter")
        await give_password(desk)
        await desk.expect("This desk is ana's", "somebody else")
        assert desk.fake.link.state == "refused"


async def test_escape_goes_back_to_the_desk_and_a_key_asks_again() -> None:
    async with at_work() as (desk, _):
        desk.fake.sign_out()
        await desk.expect("Esc goes back to the desk")
        await desk.press("escape")
        await desk.expect("Signed out", "hello from Budi", "^L")
        desk.desk.tick()
        await desk.pilot.pause()
        assert not asked(desk), "once is enough"
        await desk.press("ctrl+l")
        await desk.until(lambda: asked(desk), "the sign-in")


async def test_each_time_a_sign_in_ends_it_asks() -> None:
    async with at_work() as (desk, _):
        for _ in range(2):
            desk.fake.sign_out()
            await desk.until(lambda: asked(desk), "the sign-in")
            await give_password(desk)
            await desk.until(lambda: desk.fake.link.state == "live" and not asked(desk), "the desk")


async def test_a_refusal_that_no_password_cures_asks_for_none() -> None:
    async with at_work() as (desk, _):
        desk.fake.sign_out("too_many")
        await desk.expect("The server refuses this sign-in")
        desk.desk.tick()
        await desk.pilot.pause()
        assert not asked(desk)
        await desk.press("ctrl+l")
        await desk.expect("You are signed in")


async def test_leaving_signed_out_asks_when_a_message_or_a_draft_would_be_lost() -> None:
    async with at_work() as (desk, _):
        desk.fake.sign_out()
        await desk.until(lambda: asked(desk), "the sign-in")
        await desk.press("escape", "r")
        await desk.type("never sent")
        await desk.press("escape")
        await desk.until(lambda: not desk.desk.keeping.unsaved, "the draft to be handed over")
        await desk.press("Q")
        await desk.expect("What you were writing is not on the server")
        assert isinstance(desk.app.screen, Confirm)
        await desk.press("n", "r", "enter", "escape", "Q")
        await desk.expect("1 message waits")
        await desk.press("y")
        await desk.until(lambda: desk.app._exit)
