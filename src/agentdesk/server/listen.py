"""Opening the port, and uvicorn as the desk needs it: our WebSocket protocol, our way to stop."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.types import ASGIApp

from agentdesk.config.rules import is_loopback
from agentdesk.config.server import ListenSettings
from agentdesk.errors import DeskError
from agentdesk.protocol.messages import FRAME_MAX
from agentdesk.server.hub import HubProtocol
from agentdesk.server.patience import BoundedHttp

BACKLOG = 2_048
FRAME_SLACK = 4
"""Frames up to this many times `FRAME_MAX` are refused in words; larger ones end the connection (1009)."""
PING_S = 20.0
STOP_S = 5
KEEP_ALIVE_S = 30


class CantListen(DeskError):
    """The port can't be opened."""

    title = "The server can't listen"


def open_port(settings: ListenSettings) -> socket.socket:
    """The listening socket; refuses to serve plain text to other machines unless told so."""
    host, port = settings.host, settings.port
    if not is_loopback(host) and not settings.tls.cert and not settings.insecure_listen:
        raise CantListen(
            f"{host} is reached from other machines, and there is no TLS.",
            "Set server.tls, or listen on 127.0.0.1 behind a proxy, or set insecure_listen: true.",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(BACKLOG)
        opened.setblocking(False)
    except OSError as problem:
        opened.close()
        why = problem.strerror or str(problem)
        raise CantListen(f"{host} port {port}: {why}.", "Change server.host or server.port.") from None
    return opened


def url_of(settings: ListenSettings, opened: socket.socket) -> str:
    """The address that people on this machine can open."""
    host, port = opened.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    scheme = "https" if settings.tls.cert else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class DeskServer(uvicorn.Server):
    """uvicorn, stopped by us: first what was taken is committed and answered, then sessions are told.

    `started` is called once it takes connections, `before_stop` before it closes them."""

    def __init__(
        self,
        app: ASGIApp,
        settings: ListenSettings,
        started: Callable[[], None],
        before_stop: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws=HubProtocol,
                http=BoundedHttp,
                ws_max_size=FRAME_MAX * FRAME_SLACK,
                ws_ping_interval=PING_S,
                ws_ping_timeout=PING_S,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                timeout_graceful_shutdown=STOP_S,
                timeout_keep_alive=KEEP_ALIVE_S,
                ssl_certfile=settings.tls.cert or None,
                ssl_keyfile=settings.tls.key or None,
            )
        )
        self._before_stop = before_stop
        self._started = started

    def stop(self) -> None:
        """Stop soon, in an orderly way."""
        self.should_exit = True

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `stop`; signals are the caller's business."""
        await self._serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections, and say so."""
        await super().startup(sockets)
        self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what was taken finish, then close every connection."""
        await self._before_stop()
        await super().shutdown(sockets)
