"""The running server as commands on its host reach it: where it is, and with whose token."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.client.api import Api
    from agentdesk.config import ServerSettings

T = TypeVar("T")


def add_running_option(parser: argparse.ArgumentParser) -> None:
    """The option that names another address than the one this host's server wrote down."""
    parser.add_argument(
        "--server", metavar="URL", default="", help="the running server's address (default: this host's server)"
    )


def running_url(named: str, settings: ServerSettings) -> str:
    """Where the server answers; empty when it doesn't run. With TLS it is asked by its public name."""
    from agentdesk.cli.server.status import health_of, local_url, written_address

    url = named or written_address(settings) or local_url(settings)
    if health_of(url).get("status") == "ready":
        public = settings.server.public_url if url.startswith("https:") and not named else ""
        return (public or url).rstrip("/")
    if named:
        raise DeskError(f"no server answers at {named}", "Check the address.", title="The server is not reached")
    return ""


def ask(url: str, settings: ServerSettings, call: Callable[[Api], Awaitable[T]]) -> T:
    """The answer of the server to a request of the admin who is signed in there, or at its public name."""
    from agentdesk import credentials
    from agentdesk.client.api import Api

    public = settings.server.public_url.rstrip("/")
    found = credentials.get(url) or (credentials.get(public) if public else None)
    if found is None:
        raise DeskError(
            f"nobody is signed in at {url}",
            f"Sign in as an admin: agentdesk login {url} NAME (or set AGENTDESK_TOKEN).",
            title="Who asks?",
        )

    async def run() -> T:
        api = Api(url, found.token)
        try:
            return await call(api)
        finally:
            await api.close()

    return asyncio.run(run())
