"""The one shape of an error over HTTP: {"error": {"code", "message", "remedy"}}, and how each kind gets there."""

from __future__ import annotations

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from agentdesk.core.commands import Refused
from agentdesk.errors import DeskError, StoreBusy
from agentdesk.server.auth import TooManyTries

PREFIX = "/api/v1"


class Problem(msgspec.Struct, frozen=True):
    """What went wrong (`code` for programs, `message` for people) and what to do about it.

    Codes: bad_request, too_big, not_signed_in, sign_in_refused, not_permitted, not_found, bad_method, too_fast, busy,
    broken, and the codes of the desk's refusals.
    """

    code: str
    message: str
    remedy: str = ""


class ProblemBody(msgspec.Struct, frozen=True):
    """The body of every answer that is an error."""

    error: Problem


class ApiError(Exception):
    """An answer that is an error, from anywhere inside an operation."""

    def __init__(self, status: int, code: str, message: str, remedy: str, retry_s: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.problem = Problem(code, message, remedy)
        self.retry_s = retry_s


def bad_request(message: str, remedy: str) -> ApiError:
    """What was sent doesn't fit."""
    return ApiError(400, "bad_request", message, remedy)


def not_found(what: str) -> ApiError:
    """There is no such thing."""
    return ApiError(404, "not_found", f"There is no {what}.", "Check the address and the id in it.")


REFUSAL_STATUS = {
    "unknown": 404,
    "not_permitted": 403,
    "too_late": 409,
    "wrong_state": 409,
    "stale": 409,
    "no_capacity": 409,
    "closed": 409,
    "invalid": 422,
    "too_many": 429,
    "busy": 503,
}

REFUSAL_REMEDY = {
    "unknown": "Check the id.",
    "not_permitted": "Ask whoever holds it, or a supervisor.",
    "too_late": "Nothing to do: somebody else has it, or it is over.",
    "stale": "Read what came since, then send it again without `seen`.",
    "no_capacity": "End or wrap up something first.",
    "closed": "Start a new interaction.",
    "invalid": f"See {PREFIX}/openapi.json",
    "too_many": "Take something away first.",
    "busy": "Try again in a moment.",
}


def refused(refusal: Refused) -> ApiError:
    """A refusal of the desk as an error."""
    remedy = REFUSAL_REMEDY.get(refusal.code, "Read its state first, then ask for what fits it.")
    return ApiError(REFUSAL_STATUS.get(refusal.code, 409), refusal.code, refusal.message, remedy)


def from_desk_error(problem: DeskError) -> ApiError:
    """An error that reaches a person, as an answer."""
    if isinstance(problem, TooManyTries):
        remedy = problem.remedy or f"Try again in {problem.retry_s} seconds."
        return ApiError(429, "too_fast", problem.message, remedy, problem.retry_s)
    if isinstance(problem, StoreBusy):
        return ApiError(503, "busy", problem.message, problem.remedy, 1)
    return ApiError(500, "broken", problem.message, problem.remedy)


BROKEN = ApiError(500, "broken", "The server could not do this; it is in its log.", "Tell the admin if it stays so.")


def problem_response(error: ApiError) -> Response:
    """The error as a response."""
    headers = {"cache-control": "no-store"}
    if error.retry_s is not None:
        headers["retry-after"] = str(error.retry_s)
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    body = msgspec.json.encode(ProblemBody(error.problem))
    return Response(body, error.status, headers, media_type="application/json")


_KNOWN = {404: ("not_found", "There is nothing at this address."), 405: ("bad_method", "Not this method here.")}


async def on_http_exception(request: Request, problem: Exception) -> Response:
    """What Starlette itself refuses: unknown addresses and methods."""
    assert isinstance(problem, HTTPException)
    code, message = _KNOWN.get(problem.status_code, ("bad_request", str(problem.detail)))
    response = problem_response(ApiError(problem.status_code, code, message, f"See {PREFIX}/openapi.json"))
    response.headers.update(problem.headers or {})
    return response
