"""The app: two modes, the agent's desk and the supervisor's monitor, over one client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.events import Event, Key
from textual.filter import LineFilter

from agentdesk.client.port import DeskPort
from agentdesk.config import ClientSettings
from agentdesk.paths import client_config
from agentdesk.tui.ascii_filter import AsciiFilter
from agentdesk.tui.escaped import apart, know_digits
from agentdesk.tui.glyphs import glyphs
from agentdesk.tui.keymap import keymap_for
from agentdesk.tui.presenter import Look
from agentdesk.tui.prompt_focus import PromptKeys
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.shortcuts import Shortcuts

SignIn = Callable[[str, str, DeskPort | None], Awaitable[DeskPort]]
"""Signs in with name and password. A client that is given goes on with the new token; without one a new one comes."""


class DeskApp(SafeApp[None]):
    """Owns the screens and runs the client beside them. `mode` is desk or monitor."""

    CSS_PATH = "desk.tcss"
    TITLE = "agentdesk"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self, port: DeskPort | None, settings: ClientSettings, *, mode: str = "desk", sign_in: SignIn | None = None
    ) -> None:
        know_digits()
        self._plain = [AsciiFilter()] if settings.glyphs == "ascii" else []
        super().__init__(wanted_theme=settings.theme)
        self.port = port
        self._settings = settings
        self._mode = mode
        self._sign_in = sign_in
        self.animation_level = "none"
        self.look = Look(glyphs(settings.glyphs == "ascii"), settings.bidi)
        self._keys = keymap_for(settings.keys, client_config())
        self._bound = {key for keys in self._keys.keymap.values() for key in keys.split(",")}
        self.shortcuts = Shortcuts({} if self._keys.problems else settings.keys)

    def on_mount(self) -> None:
        """Take the user's keys, then open the desk, or the sign-in before it."""
        super().on_mount()
        self.set_keymap(self._keys.keymap)
        if self._keys.problems:
            self.notify(self._keys.report(), title="Keys", severity="warning", timeout=20, markup=False)
        if self.port is None:
            self._ask_to_sign_in()
        else:
            self.open(self.port)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The safe ones, and one for plain fonts below them."""
        return [*super().get_line_filters(), *self._plain]

    async def on_event(self, event: Event) -> None:
        """Be done with a key before the next one is looked at: `r`, a text and Enter may come as one burst."""
        if isinstance(event, Key) and not event.is_forwarded and (keys := apart(event, self._bound)):
            for key in keys:
                await self.on_event(key)
        elif not (isinstance(event, Key) and not event.is_forwarded and await self._acted(event)):
            await super().on_event(event)

    async def _acted(self, event: Key) -> bool:
        if not isinstance(self.focused, PromptKeys | None):
            return False
        self._collector.active()
        taken = self.focused is not None and self.focused.take_key(event)
        return taken or await self._check_bindings(event.key)

    def open(self, port: DeskPort | None) -> None:
        """Open the desk on this client and keep it connected."""
        if port is None:
            self.exit()
            return
        self.port = port
        self.hold()
        self.run_worker(port.run(), group="client", exit_on_error=True)
        if self._mode == "monitor":
            from agentdesk.tui.screens.monitor import MonitorScreen  # a desk needs none of it

            self.push_screen(MonitorScreen(port, self.look, self.shortcuts, bell=self._settings.bell))
        else:
            self.push_screen(DeskScreen(port, self.look, self.shortcuts, bell=self._settings.bell))

    def on_desk_screen_sign_in_wanted(self, message: DeskScreen.SignInWanted) -> None:
        """The token is no good any more: ask for the password, over the desk where one is at work."""
        if self._sign_in is None or self.port is None:
            return
        if self.port.mirror.user:
            self._ask_again(self._sign_in, self.port, message.why)
        else:
            self.pop_screen()
            self._ask_to_sign_in(message.why)

    def _ask_again(self, sign_in: SignIn, port: DeskPort, why: str) -> None:
        from agentdesk.tui.screens.sign_in import SignInScreen

        if any(isinstance(screen, SignInScreen) for screen in self.screen_stack):
            return

        def renew(name: str, password: str) -> Awaitable[DeskPort]:
            return sign_in(name, password, port)

        def renewed(port: DeskPort | None) -> None:
            if port is not None:
                self.run_worker(port.run(), group="client", exclusive=True, exit_on_error=True)

        server, user = self._settings.server, port.mirror.user
        self.push_screen(SignInScreen(renew, self.look, why, server=server, user=user), renewed)

    def _ask_to_sign_in(self, why: str = "") -> None:
        from agentdesk.tui.screens.sign_in import SignInScreen  # most starts have a token

        sign_in = self._sign_in
        assert sign_in is not None, "without a client there must be a way to sign in"
        self.release()

        def anew(name: str, password: str) -> Awaitable[DeskPort]:
            return sign_in(name, password, None)

        self.push_screen(SignInScreen(anew, self.look, why, server=self._settings.server), self.open)
