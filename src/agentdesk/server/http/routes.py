"""All operations in one list, their routes, and the pages that describe them."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from agentdesk.server.http import accounts, configuration, desk, files, history, system, why
from agentdesk.server.http.docs import docs_routes
from agentdesk.server.http.openapi import describe
from agentdesk.server.http.operation import Api, Operation
from agentdesk.server.http.problems import PREFIX
from agentdesk.server.http.welcome import welcome_route
from agentdesk.server.parts import Parts

OPERATIONS: tuple[Operation, ...] = (
    *history.OPERATIONS,
    *desk.OPERATIONS,
    *why.OPERATIONS,
    *files.OPERATIONS,
    *accounts.OPERATIONS,
    *configuration.OPERATIONS,
    *system.OPERATIONS,
)


def api_routes(parts: Parts) -> list[BaseRoute]:
    """Every route of the REST interface."""
    api = Api(parts)
    document = msgspec.json.encode(describe(OPERATIONS))

    async def openapi(request: Request) -> Response:
        return Response(document, media_type="application/json")

    return [
        *(api.route(operation) for operation in OPERATIONS),
        Route(PREFIX + "/openapi.json", openapi),
        *docs_routes(),
        welcome_route(parts.settings),
    ]
