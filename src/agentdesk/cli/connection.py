"""Which server a client command talks to, and with which token."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from agentdesk import credentials, paths
from agentdesk.config import ClientSettings, read_client
from agentdesk.errors import SettingsError, SignInRefused

SERVER_DEFAULT = "http://127.0.0.1:8420"


def client_settings() -> ClientSettings:
    """The person's settings."""
    return read_client(paths.client_config())


def server_url(named: str, settings: ClientSettings) -> str:
    """The server's address without a slash at its end: named here, in the environment or in the settings."""
    url = (named or os.environ.get("AGENTDESK_SERVER") or settings.server or SERVER_DEFAULT).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{url!r} is not a server's address", "Write it like https://desk.example.com")
    return url


def token_for(url: str) -> str:
    """The kept token for a server."""
    found = credentials.get(url)
    if found is None:
        raise SignInRefused(f"you are not signed in at {url}", f"Run: agentdesk login --server {url}")
    return found.token
