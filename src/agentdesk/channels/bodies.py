"""Bodies over HTTP: read within bounds of size and time; files answered so that nothing in them can run."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from agentdesk.channels.base import StoredFile

BODY_TIMEOUT_S = 30.0


class TooBig(Exception):
    """The body is larger than may be."""


async def read_body(request: Request, limit: int, timeout_s: float | None = None) -> bytes:
    """The body, read no further than `limit` (`TooBig`); `TimeoutError` when it does not come in time."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 18 or int(declared) > limit):
        raise TooBig
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(BODY_TIMEOUT_S if timeout_s is None else timeout_s):
        async for part in request.stream():
            size += len(part)
            if size > limit:
                raise TooBig
            parts.append(part)
    return b"".join(parts)


def saved_file(file: StoredFile, *, resource_policy: str) -> Response:
    """A file to be saved, never run: not by its type, not by its content, not in a frame. Its id names these bytes
    for good, so a browser may keep it. `resource_policy` says whose pages may use it."""
    headers = {
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": resource_policy,
        "cache-control": "private, max-age=3600, immutable",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
    }
    return Response(file.data, headers=headers, media_type=file.media_type)
