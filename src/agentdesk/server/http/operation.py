"""One REST operation: described once; checking who asks, decoding, answering and OpenAPI follow from that."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from agentdesk.channels.bodies import TooBig, read_body
from agentdesk.core.commands import Actor, Answer, AnyCommand, Done, Refused
from agentdesk.core.model import Role
from agentdesk.errors import DeskError
from agentdesk.limits import RateLimit
from agentdesk.server.auth import Principal
from agentdesk.server.http.problems import (
    BROKEN,
    PREFIX,
    ApiError,
    bad_request,
    from_desk_error,
    not_found,
    problem_response,
    refused,
)
from agentdesk.server.parts import Parts

KEY_MAX = 100
ID_MAX = 2**63 - 1

logger = logging.getLogger("agentdesk.http")


@dataclass(frozen=True)
class Operation:
    """What one method of one path does. `role` None: nobody need be signed in. `answer` None: no content.

    `keyed` operations take an Idempotency-Key. `body_max` names the limit of the body (`LimitSettings`); with
    `body` None a body is read as bytes only if `raw_body`. `produces` is the media type of answers that aren't JSON.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Callable[[Call], Awaitable[object]]
    answer: Any = None
    role: Role | None = Role.AGENT
    query: type[msgspec.Struct] | None = None
    body: Any = None
    raw_body: bool = False
    body_max: str = "body_bytes"
    keyed: bool = False
    status: int = 200
    produces: str = "application/json"
    tag: str = "desk"


@dataclass
class Call:
    """One request, checked and decoded."""

    parts: Parts
    request: Request
    principal: Principal | None
    query: Any
    body: Any
    path: Mapping[str, Any]

    @property
    def who(self) -> Principal:
        """Who asks, where somebody must be signed in."""
        assert self.principal is not None
        return self.principal

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client is not None else ""

    async def read(self, read: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A blocking read of the store, off the loop."""
        return await self.parts.readers.run(read, *args, **kwargs)

    async def ask(self, command: AnyCommand, *, as_channel: bool = False) -> Done:
        """Submit a command in the name of who asks, under the request's key; a refusal is an error answer.

        `as_channel` brings in what a customer did elsewhere.
        """
        key = self.request.headers.get("idempotency-key", "")
        if len(key) > KEY_MAX:
            raise bad_request(f"Idempotency-Key may have {KEY_MAX} characters.", "Use a shorter one.")
        actor = self.who.actor
        if as_channel:
            actor = Actor("customer", f"rest:{actor.id}")
        answer: Answer = await self.parts.loop.submit(command, actor, f"{actor.id}:{key}" if key else "")
        if isinstance(answer, Refused):
            raise refused(answer)
        return answer


class Api:
    """Turns operations into routes of one application."""

    def __init__(self, parts: Parts) -> None:
        limits = parts.settings.limits
        self._parts = parts
        self._rate = RateLimit(limits.requests_per_s * 2, limits.requests_per_s)
        self.requests = 0

    def route(self, operation: Operation) -> Route:
        """The route of an operation."""

        async def endpoint(request: Request) -> Response:
            self.requests += 1
            try:
                return await self._answer(operation, request)
            except ApiError as error:
                return problem_response(error)
            except DeskError as problem:
                return problem_response(from_desk_error(problem))
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception:
                logger.exception("%s %s failed", operation.method, operation.path)
                return problem_response(BROKEN)

        return Route(PREFIX + operation.path, endpoint, methods=[operation.method], name=operation.name)

    async def _answer(self, operation: Operation, request: Request) -> Response:
        principal = await self._principal(operation, request)
        call = Call(
            self._parts,
            request,
            principal,
            _query(operation, request),
            await self._body(operation, request),
            _path(request.path_params),
        )
        result = await operation.handler(call)
        if isinstance(result, Response):
            return result
        if operation.answer is None:
            return Response(status_code=204, headers={"cache-control": "no-store"})
        content = msgspec.json.encode(result)
        return Response(content, operation.status, {"cache-control": "no-store"}, media_type="application/json")

    async def _principal(self, operation: Operation, request: Request) -> Principal | None:
        """Who asks, if they may."""
        address = request.client.host if request.client is not None else ""
        if operation.role is None:
            self._slow_down(address)
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            self._slow_down(address)
            raise ApiError(401, "not_signed_in", "A token is needed.", "Send Authorization: Bearer TOKEN.")
        principal = await self._parts.access.principal(token)
        if principal is None:
            self._slow_down(address)
            raise ApiError(401, "not_signed_in", "The token is unknown, expired or revoked.", "Sign in again.")
        self._slow_down(principal.token)
        if not principal.may(operation.role):
            raise ApiError(403, "not_permitted", f"This is for the role {operation.role} and above.", "Ask an admin.")
        return principal

    def _slow_down(self, name: str) -> None:
        wait_ms = self._rate.take(name, self._parts.clock.steady_s())
        if wait_ms:
            raise ApiError(429, "too_fast", "Too many requests.", "Try again in a moment.", wait_ms // 1000 + 1)

    async def _body(self, operation: Operation, request: Request) -> Any:
        if operation.body is None and not operation.raw_body:
            return None
        limit: int = getattr(self._parts.settings.limits, operation.body_max)
        try:
            data = await read_body(request, limit)
        except TooBig:
            raise ApiError(413, "too_big", f"The body may have {limit} bytes.", "Send less.") from None
        except TimeoutError:
            raise ApiError(408, "bad_request", "The body did not come in time.", "Send it again.") from None
        if operation.raw_body:
            return data
        try:
            return msgspec.json.decode(data, type=operation.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            text = str(problem) if isinstance(problem, msgspec.DecodeError) else "The body is not JSON in UTF-8."
            raise bad_request(text, f"See {PREFIX}/openapi.json") from None


def _query(operation: Operation, request: Request) -> Any:
    if operation.query is None:
        return None
    try:
        return msgspec.convert(dict(request.query_params), operation.query, strict=False)
    except msgspec.ValidationError as problem:
        raise bad_request(f"In the query: {problem}", f"See {PREFIX}/openapi.json") from None


def _path(params: Mapping[str, Any]) -> Mapping[str, Any]:
    for value in params.values():
        if isinstance(value, int) and value > ID_MAX:
            raise not_found("such number")
    return params
