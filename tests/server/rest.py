"""A plain HTTP client of the REST interface for tests."""

from __future__ import annotations

from typing import Any

import httpx

from tests.serving import RunningServer

PREFIX = "/api/v1"


class Rest:
    """Calls with one token (or none); answers are httpx responses."""

    def __init__(self, server: RunningServer, token: str = "") -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.AsyncClient(base_url=server.url + PREFIX, headers=headers, timeout=10)

    async def __aenter__(self) -> Rest:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query)

    async def post(self, path: str, body: Any = None, *, key: str = "") -> httpx.Response:
        headers = {"idempotency-key": key} if key else {}
        return await self.http.post(path, json=body, headers=headers)

    async def put(self, path: str, body: Any) -> httpx.Response:
        return await self.http.put(path, json=body)


def code_of(response: httpx.Response) -> str:
    """The code of an error answer, which must have the documented shape."""
    body = response.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"code", "message", "remedy"}
    assert body["error"]["message"] and body["error"]["remedy"], body
    code = body["error"]["code"]
    assert isinstance(code, str)
    return code
