"""Which server a client command talks to, and with which token."""

from __future__ import annotations

import asyncio
import contextlib
import os
from urllib.parse import urlsplit

from agentdesk import credentials, paths
from agentdesk.config import ClientSettings, read_client
from agentdesk.errors import SettingsError

SERVER_DEFAULT = "http://127.0.0.1:8420"
URL_MAX = 500


def client_settings() -> ClientSettings:
    """The person's settings."""
    return read_client(paths.client_config())


def server_url(named: str, settings: ClientSettings) -> str:
    """The server's address without a slash at its end.

    It is the one named here, in the environment, in the settings, or the one last signed in to.
    """
    chosen = named or os.environ.get("AGENTDESK_SERVER") or settings.server or _last() or SERVER_DEFAULT
    url = chosen.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise SettingsError(f"{url!r} is not a server's address", "Write it like https://desk.example.com")
    return url


def sign_in_and_keep(url: str, user: str, password: str, label: str) -> str:
    """Sign in, keep the token, and return the place in words."""
    return keep(url, asyncio.run(sign_in(url, user, password, label)))


def keep(url: str, token: str) -> str:
    """Keep a token and remember the server; return the place in words."""
    place = credentials.put(url, token)
    with contextlib.suppress(OSError):  # only a convenience for the next plain `agentdesk`
        path = paths.user_state_dir() / "server"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(url, encoding="utf-8")
    return place


async def sign_in(url: str, user: str, password: str, label: str) -> str:
    """Exchange a password for a token; `label` names it in the list of what is signed in."""
    from agentdesk.client.api import Api

    api = Api(url)
    try:
        return await api.sign_in(user, password, label)
    finally:
        await api.close()


def sign_out(url: str, token: str) -> None:
    """Revoke the token on the server."""
    asyncio.run(_sign_out(url, token))


async def _sign_out(url: str, token: str) -> None:
    from agentdesk.client.api import Api

    api = Api(url, token)
    try:
        await api.sign_out()
    finally:
        await api.close()


def _last() -> str:
    try:
        with (paths.user_state_dir() / "server").open(encoding="utf-8") as file:
            return file.read(URL_MAX).strip()
    except (OSError, UnicodeDecodeError):
        return ""
