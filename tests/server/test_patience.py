"""Connections that only hold a place: a head that never comes, never ends, or is far too long."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from agentdesk.server import patience
from tests.serving import RunningServer

REQUEST = b"GET /api/v1/health/live HTTP/1.1\r\nHost: x\r\n"


def address(server: RunningServer) -> tuple[str, int]:
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


async def end_of(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the server ends the connection."""
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""


@pytest.mark.parametrize("sent", [b"", b"GET / HT", REQUEST], ids=["nothing", "half a line", "half a head"])
async def test_who_does_not_say_what_they_want_is_dropped(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(patience, "HEAD_TIMEOUT_S", 0.2)
    reader, writer = await asyncio.open_connection(*address(server))
    writer.write(sent)
    assert await end_of(reader) == b""
    writer.close()


async def test_the_second_request_has_to_come_in_time_as_well(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = await asyncio.open_connection(*address(server))
    writer.write(REQUEST + b"\r\n")
    assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
    monkeypatch.setattr(patience, "HEAD_TIMEOUT_S", 0.2)
    writer.write(REQUEST)
    assert await end_of(reader) == b""
    writer.close()


async def test_a_head_that_never_ends_is_dropped(server: RunningServer) -> None:
    reader, writer = await asyncio.open_connection(*address(server))
    writer.write(REQUEST)
    for number in range(40):
        writer.write(b"X-%d: " % number + b"x" * 4_000 + b"\r\n")
    assert await end_of(reader) == b""
    writer.close()


async def test_a_large_body_is_no_large_head(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        answer = await http.post("/api/v1/login", content=b'{"user":"a","password":"b"' + b" " * 300_000 + b"}")
        assert answer.status_code == 401
