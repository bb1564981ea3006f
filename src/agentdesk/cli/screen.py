"""What the desk and the monitor need before they open: a server, a token or a way to sign in, a terminal."""

from __future__ import annotations

import asyncio
import platform
import sys

import msgspec

from agentdesk.cli import connection
from agentdesk.cli.later import later
from agentdesk.errors import DeskError

with later("urllib.request", "importlib.metadata"):  # with mail parsing and zip files behind them, all for proxies
    from agentdesk.client.desk import DeskClient
    from agentdesk.client.port import DeskPort


def open_screen(server: str, mode: str) -> int:
    """Open a screen on a server (empty: the usual one), signing in on the screen where no token is kept."""
    from agentdesk import credentials

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise DeskError(
            "a screen needs a terminal", "Run it in one; for programs there is the REST API.", title="No terminal here"
        )
    settings = connection.client_settings()
    url = connection.server_url(server, settings)
    settings = msgspec.structs.replace(settings, server=url)
    found = credentials.get(url)

    async def sign_in(user: str, password: str, port: DeskPort | None) -> DeskPort:
        token = await connection.sign_in(url, user, password, platform.node())
        await asyncio.to_thread(connection.keep, url, token)
        if not isinstance(port, DeskClient):
            return DeskClient(url, token, mode=mode)
        await port.renew(token)
        return port

    port = DeskClient(url, found.token, mode=mode) if found is not None else None
    from agentdesk.tui.start import run_desk, run_monitor

    return (run_monitor if mode == "monitor" else run_desk)(port, settings, sign_in=sign_in)
