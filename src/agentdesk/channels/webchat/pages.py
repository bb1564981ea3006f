"""The widget's file and the demo page that shows it, served with what browsers need to keep them."""

from __future__ import annotations

import gzip
import hashlib
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

WIDGET_PATH = "/widget.js"
DEMO_PATH = "/demo"
WIDGET_CACHE = "public, max-age=86400, stale-while-revalidate=604800"
"""A day without asking, then a week of asking behind the page's back: an upgrade reaches everybody in time."""
DEMO_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_ASSETS = {"demo.css": "text/css", "demo.js": "text/javascript"}


class Asset:
    """A file that ships with the package, as it is sent: plain and compressed, with its mark."""

    def __init__(self, name: str, media_type: str, headers: dict[str, str]) -> None:
        self._plain = files("agentdesk.channels.webchat").joinpath("static", name).read_bytes()
        self._packed = gzip.compress(self._plain, 9, mtime=0)
        self._media_type = media_type
        self._headers = {
            "etag": f'"{hashlib.sha256(self._plain).hexdigest()[:20]}"',
            "vary": "Accept-Encoding",
            "x-content-type-options": "nosniff",
            **headers,
        }

    @property
    def packed_bytes(self) -> int:
        """How much goes over the line."""
        return len(self._packed)

    async def serve(self, request: Request) -> Response:
        """The file, or that it is what the browser has already."""
        if request.headers.get("if-none-match", "").removeprefix("W/") == self._headers["etag"]:
            return Response(status_code=304, headers=self._headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers = {**self._headers, "content-encoding": "gzip"}
            return Response(self._packed, headers=headers, media_type=self._media_type)
        return Response(self._plain, headers=self._headers, media_type=self._media_type)


def widget() -> Asset:
    """The widget, for pages of any origin: what they may do with it is decided when it connects."""
    headers = {
        "cache-control": WIDGET_CACHE,
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    return Asset("widget.js", "text/javascript", headers)


def page_routes(demo_page: bool) -> list[BaseRoute]:
    """The widget, and the demo page with its parts where it is wanted."""
    routes: list[BaseRoute] = [Route(WIDGET_PATH, widget().serve)]
    if demo_page:
        headers = {"cache-control": "no-cache", "content-security-policy": DEMO_CSP}
        routes.append(Route(DEMO_PATH, Asset("demo.html", "text/html", headers).serve))
        for name, media_type in _ASSETS.items():
            asset = Asset(name, media_type, {"cache-control": "no-cache"})
            routes.append(Route(f"{DEMO_PATH}/{name}", asset.serve))
    return routes
