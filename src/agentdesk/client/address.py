"""A server's address: where its WebSocket is, and whether a proxy could stand between."""

from __future__ import annotations

from urllib.parse import urlsplit

from agentdesk.protocol.messages import PATH

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))


def socket_url(url: str) -> str:
    """Where the agents' WebSocket of a server is."""
    return f"ws{url.rstrip('/').removeprefix('http')}{PATH}"


def is_loopback(url: str) -> bool:
    """Whether the server is this machine, to which no proxy leads whatever the environment says."""
    return urlsplit(url).hostname in LOOPBACK
