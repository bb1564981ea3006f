"""The page at the server's bare address: what this is, and where customers, programs and agents go."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agentdesk.config.server import ServerSettings

HEADERS = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>agentdesk</title>
</head>
<body>
<h1>agentdesk</h1>
<p>This server is a contact centre. It runs.</p>
<ul>
<li><b>Agents</b> work in a terminal: <code>agentdesk login {url}</code>, then <code>agentdesk</code>.</li>
<li><b>Supervisors</b> look on with <code>agentdesk monitor</code>.</li>
{demo}<li><b>Programs</b> use the <a href="/api/docs">REST interface</a>, where it can be tried, too.</li>
</ul>
</body>
</html>
"""
DEMO = '<li><b>Customers</b> chat from web pages; the <a href="/demo">demo page</a> shows it.</li>\n'


def welcome_route(settings: ServerSettings) -> Route:
    """The page. Its address is the public one where there is one, else the one that was asked for."""
    demo = DEMO if settings.webchat.enabled and settings.webchat.demo_page else ""

    async def endpoint(request: Request) -> Response:
        url = settings.server.public_url or str(request.base_url)
        return Response(PAGE.format(url=escape(url.rstrip("/")), demo=demo), headers=HEADERS, media_type="text/html")

    return Route("/", endpoint)
