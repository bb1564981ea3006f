"""What the web chat serves over HTTP: the session, files, the widget, the demo page; and who may ask from where."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from agentdesk.channels.bodies import TooBig, read_body, saved_file
from agentdesk.channels.webchat.files import Uploads
from agentdesk.channels.webchat.hub import Hub
from agentdesk.channels.webchat.origins import Origins
from agentdesk.channels.webchat.session import Refusal
from agentdesk.channels.webchat.shown import file_info, token_hash
from agentdesk.channels.webchat.socket import TOKEN_BYTES, Door
from agentdesk.channels.webchat.visitors import Visitor
from agentdesk.errors import StoreBusy
from agentdesk.limits import address_name
from agentdesk.protocol.webchat import (
    FILES_PATH,
    FRAME_MAX,
    SESSION_PATH,
    TOKEN_MIN,
    Hello,
    Problem,
    SessionReply,
    SessionRequest,
)

STATUS = {
    "bad_frame": 400,
    "bad_origin": 403,
    "bad_token": 401,
    "too_big": 413,
    "too_fast": 429,
    "too_many": 429,
    "empty": 400,
    "unknown_queue": 404,
    "unknown_file": 404,
    "file_type": 415,
    "busy": 503,
}
"""The HTTP status of each error code that comes up here."""
UPLOAD_TIMEOUT_S = 120.0
"""A large file over a slow line; the widget gives up then, too."""
PREFLIGHT_S = 600

Handler = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """The request is answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Endpoints:
    """The HTTP side of the web chat."""

    def __init__(self, hub: Hub, door: Door, uploads: Uploads, origins: Origins) -> None:
        self._hub = hub
        self._door = door
        self._uploads = uploads
        self._origins = origins
        self._largest = hub.context.webchat.attachment_bytes

    def routes(self) -> list[BaseRoute]:
        """The routes, each with its preflight."""
        return [
            Route(SESSION_PATH, self._guarded(self.session), methods=["POST", "OPTIONS"]),
            Route(FILES_PATH, self._guarded(self.upload), methods=["POST", "OPTIONS"]),
            Route(FILES_PATH + "/{file}", self._guarded(self.fetch), methods=["GET", "OPTIONS"]),
        ]

    # --- what is asked ------------------------------------------------------------------------------------------

    async def session(self, request: Request) -> Response:
        """A token to open a socket with, and how things stand."""
        wait_ms = self._door.wait_ms(_address(request))
        if wait_ms:
            raise Refused(Problem("too_fast", "Too many requests from this address.", wait_ms))
        body = await _body(request, FRAME_MAX)
        try:
            asked = msgspec.json.decode(body or b"{}", type=SessionRequest)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
            raise Refused(Problem("bad_frame", str(problem)[:200])) from None
        token = asked.token or secrets.token_urlsafe(TOKEN_BYTES)
        queue = self._door.queue(asked.queue)
        status = self._hub.status(Visitor(token_hash(token), Hello(), queue))
        return _json(SessionReply(token, status, self._door.config(queue)), 200)

    async def upload(self, request: Request) -> Response:
        """Keep a file of a connected visitor. The body is the file, its name is in the query."""
        digest = _digest(request)
        if not self._hub.visitors.is_connected(digest):
            raise Refused(Problem("bad_token", "Open the chat's socket first: files belong to its visitor."))
        declared = request.headers.get("content-length", "")
        size = int(declared) if declared.isdigit() else self._largest
        refusal = self._uploads.refusal(digest, _address(request), size)
        if refusal is not None:
            raise Refused(refusal)
        data = await _body(request, self._largest, UPLOAD_TIMEOUT_S)
        kept = await self._uploads.keep(digest, request.query_params.get("name", ""), data)
        if isinstance(kept, Problem):
            raise Refused(kept)
        return _json(file_info(kept), 201)

    async def fetch(self, request: Request) -> Response:
        """The bytes of a file, to be saved and not shown."""
        digest = _digest(request)
        blob = await self._uploads.fetch(digest, request.path_params["file"])
        if blob is None:
            raise Refused(Problem("unknown_file", "There is no such file, or it isn't yours."))
        return saved_file(blob, resource_policy="cross-origin")

    # --- who may ask --------------------------------------------------------------------------------------------

    def _guarded(self, handler: Handler) -> Handler:
        """Only pages that may show the chat get an answer, and they get one they can read, whatever it is."""

        async def guarded(request: Request) -> Response:
            origin = request.headers.get("origin")
            if not self._origins.allow(origin, request.headers.get("host")):
                return _problem(Problem("bad_origin", "Pages of this origin may not show the chat."))
            response = Response(status_code=204) if request.method == "OPTIONS" else await _answer(handler, request)
            response.headers.update(_cors(origin))
            return response

        return guarded


async def _answer(handler: Handler, request: Request) -> Response:
    try:
        return await handler(request)
    except Refused as refused:
        return _problem(refused.problem)
    except Refusal as refusal:
        return _problem(Problem(refusal.error.code, refusal.error.message, refusal.error.retry_ms))
    except StoreBusy:
        return _problem(Problem("busy", "The server has much to do. Try again.", 2_000))
    except ClientDisconnect:
        return Response(status_code=400)


def _cors(origin: str | None) -> dict[str, str]:
    if origin is None:
        return {"vary": "Origin"}
    return {
        "vary": "Origin",
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, content-type",
        "access-control-expose-headers": "content-disposition",
        "access-control-max-age": str(PREFLIGHT_S),
    }


async def _body(request: Request, limit: int, timeout_s: float | None = None) -> bytes:
    try:
        return await read_body(request, limit, timeout_s)
    except TooBig:
        raise Refused(Problem("too_big", f"At most {limit} bytes are taken.")) from None
    except TimeoutError:
        raise Refused(Problem("bad_frame", "The body did not come in time.")) from None


def _digest(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or len(token) < TOKEN_MIN or not token.isascii():
        raise Refused(Problem("bad_token", "Say the visitor's token: Authorization: Bearer TOKEN."))
    return token_hash(token)


def _address(request: Request) -> str:
    return address_name(request.client.host if request.client else "")


def _json(value: object, status: int) -> Response:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def _problem(problem: Problem) -> Response:
    response = _json(problem, STATUS.get(problem.code, 400))
    if problem.retry_ms is not None:
        response.headers["retry-after"] = str(-(-problem.retry_ms // 1000))
    return response
