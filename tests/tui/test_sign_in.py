"""Signing in on the screen, where no token is kept."""

from __future__ import annotations

from agentdesk.client.port import DeskPort, LinkState
from agentdesk.config import ClientSettings
from agentdesk.errors import SignInRefused
from agentdesk.tui.app import DeskApp
from agentdesk.tui.screens.desk import DeskScreen
from tests.client.fake_port import FakeDesk
from tests.tui.robot import Robot


async def sign_in(name: str, password: str, port: DeskPort | None = None) -> DeskPort:
    """A server that knows Ana."""
    if (name, password) != ("ana", "secret [/red]"):
        raise SignInRefused("the name or the password is wrong\x1b[2J", "Try again, or ask an admin.")
    return FakeDesk("ana")


async def test_a_wrong_password_says_so_and_the_right_one_opens_the_desk() -> None:
    app = DeskApp(None, ClientSettings(server="https://desk.example.com"), sign_in=sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        robot = Robot(app, pilot, FakeDesk("nobody"))
        await robot.expect("agentdesk at https://desk.example.com", "name", "password", "Enter signs in")
        await robot.type("ana")
        await robot.press("enter")
        await robot.expect("of ana")
        await robot.type("wrong")
        assert "wrong" not in robot.text
        await robot.press("enter")
        await robot.expect("Signing in was refused", "Try again, or ask an admin.")
        assert "\x1b" not in robot.text
        await robot.type("secret [/red]")
        await robot.press("enter")
        await robot.until(lambda: isinstance(app.screen, DeskScreen))
        await robot.expect("Ready when you are")


async def test_escape_leaves() -> None:
    app = DeskApp(None, ClientSettings(), sign_in=sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        robot = Robot(app, pilot, FakeDesk("nobody"))
        await robot.press("escape")
        await robot.until(lambda: app._exit)


class StaleDesk(FakeDesk):
    """A client whose token the server does not know any more."""

    @property
    def link(self) -> LinkState:
        return LinkState("refused", "The token is unknown, expired or revoked.")

    async def run(self) -> None:
        self._tell([("link", self.link)])


async def test_a_token_that_is_no_good_any_more_leads_to_signing_in() -> None:
    app = DeskApp(StaleDesk("ana"), ClientSettings(), sign_in=sign_in)
    async with app.run_test(size=(80, 24)) as pilot:
        robot = Robot(app, pilot, FakeDesk("nobody"))
        await robot.expect("Sign in again", "expired or revoked", "password")
        await robot.type("ana")
        await robot.press("enter")
        await robot.expect("of ana")
        await robot.type("secret [/red]")
        await robot.press("enter")
        await robot.expect("Ready when you are")
