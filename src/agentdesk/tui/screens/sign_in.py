"""Signing in from the screen: where no token is kept yet, and over a desk whose token is no good any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Label

from agentdesk.client.port import DeskPort
from agentdesk.errors import DeskError
from agentdesk.tui.actions import bindings_for
from agentdesk.tui.presenter import Look
from agentdesk.tui.screens.words import error
from agentdesk.tui.widgets.field import Field
from agentdesk.tui.widgets.notice import Notice, Trouble


class SignInScreen(Screen["DeskPort | None"]):
    """Name and password; returns the client, or None when left. `user` is whose desk is below, if there is one."""

    BINDINGS = bindings_for("picker")

    def __init__(
        self,
        sign_in: Callable[[str, str], Awaitable[DeskPort]],
        look: Look,
        why: str = "",
        *,
        server: str = "",
        user: str = "",
    ) -> None:
        super().__init__(classes="sign-in")
        self._server = server
        self._sign_in = sign_in
        self._look = look
        self._why = why
        self._user = user

    def compose(self) -> ComposeResult:
        """Two fields, and what went wrong."""
        with Vertical(classes="sign-in-box"):
            yield Label(Content(self._title()), classes="picker-title")
            for field, value, hidden in (("name", self._user, False), ("password", "", True)):
                with Horizontal(classes="sign-in-row"):
                    yield Label(Content(field), classes="sign-in-label")
                    yield Field(value, id=field, password=hidden)
            yield Notice(glyphs=self._look.glyphs)
            leaves = "goes back to the desk" if self._user else "leaves"
            yield Label(Content(f"Enter signs in · Esc {leaves}"), classes="picker-keys")

    def _title(self) -> str:
        """Whom one is about to tell a password."""
        return f"agentdesk at {self._look.name(self._server)}" if self._server else "agentdesk"

    def on_mount(self) -> None:
        """Say why one is asked again; the name is known where a desk is below."""
        if self._user:
            self.set_focus(self.query_one("#password", Input))
        if self._why:
            self.query_one(Notice).show(Trouble("Sign in again", self._look.name(self._why)))

    @on(Input.Submitted, "#name")
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        password = self.query_one("#password", Input)
        password.placeholder = f"of {event.value.strip()}"
        self.set_focus(password)

    @on(Input.Submitted, "#password")
    def _ready(self, event: Input.Submitted) -> None:
        event.stop()
        self.try_it(self.query_one("#name", Input).value.strip(), event.value)

    @work(exclusive=True, exit_on_error=False)
    async def try_it(self, name: str, password: str) -> None:
        """Ask the server, unless a desk would go on in another name."""
        if self._user and name != self._user:
            mine = self._look.name(self._user, 40)
            remedy = f"Sign in as {mine}, or leave it (Esc, Q) to sign in as somebody else."
            self.query_one(Notice).show(Trouble(f"This desk is {mine}'s", remedy=remedy))
            return
        try:
            port = await self._sign_in(name, password)
        except DeskError as refused:
            self.query_one("#password", Input).value = ""
            self.query_one(Notice).show(error(refused, self._look, ""))
            return
        self.dismiss(port)

    def action_act(self, action_id: str) -> None:
        """Escape leaves."""
        if action_id == "picker.close":
            self.dismiss(None)
