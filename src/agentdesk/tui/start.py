"""Opens the screen: `run_desk` for agents, `run_monitor` for supervisors. Nothing here loads Textual before it must."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from agentdesk.tui.splash import FRAMES_PER_S
from agentdesk.tui.terminal_modes import explicit_direction

if TYPE_CHECKING:
    from agentdesk.client.port import DeskPort
    from agentdesk.config import ClientSettings

    SignIn = Callable[[str, str, DeskPort | None], Awaitable[DeskPort]]
    """Signs in with name and password and gives the client; raises `agentdesk.errors.DeskError`.

    A client that is given goes on with the new token.
    """


def run_desk(port: DeskPort | None, settings: ClientSettings, *, sign_in: SignIn | None = None) -> int:
    """Run the agent's desk until it is left; the process's exit code. Without a port the sign-in screen comes first."""
    return _run(port, settings, "desk", sign_in)


def run_monitor(port: DeskPort | None, settings: ClientSettings, *, sign_in: SignIn | None = None) -> int:
    """Run the supervisor's monitor until it is left; the process's exit code."""
    return _run(port, settings, "monitor", sign_in)


def _run(port: DeskPort | None, settings: ClientSettings, mode: str, sign_in: SignIn | None) -> int:
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_PER_S)
    from agentdesk.tui.app import DeskApp

    app = DeskApp(port, settings, mode=mode, sign_in=sign_in)
    with explicit_direction(settings.bidi == "app"):
        app.run()
    return app.return_code or 0
