"""What REST answers become for a person: each failure says what happened and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agentdesk.client.api import Api
from agentdesk.errors import DeskError, Failed, SignInRefused, Unreachable


@asynccontextmanager
async def answering(status: str, body: bytes) -> AsyncIterator[Api]:
    """A server that gives one answer to everything, and an API client of it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        api = Api(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "token")
        try:
            yield api
        finally:
            await api.close()


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            "404 Not Found",
            b'{"error":{"code":"not_found","message":"There is no such customer."}}',
            Failed,
            "There is no such customer.",
        ),
        ("401 Unauthorized", b'{"error":{"code":"not_signed_in","message":"Who?"}}', SignInRefused, "Who?"),
        ("502 Bad Gateway", b"<html>proxy</html>", Failed, "502"),
        ("200 OK", b'{"id":"no number"}', Failed, "not what this client expects"),
        ("200 OK", b"\xff\xfe", Failed, "not what this client expects"),
    ],
)
async def test_an_error_says_what_happened(status: str, body: bytes, kind: type[DeskError], words: str) -> None:
    async with answering(status, body) as api:
        with pytest.raises(kind) as raised:
            await api.customer(7)
    assert words in raised.value.message


async def test_where_nobody_listens_it_says_so(unused_tcp_port: int) -> None:
    api = Api(f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(Unreachable) as raised:
        await api.settings()
    assert str(unused_tcp_port) in raised.value.message and raised.value.remedy
    await api.close()
