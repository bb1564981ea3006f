"""Arbitrary and mutated frames and bodies against a real server: the documented error, and never a traceback."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from agentdesk.core.commands import AcceptOffer, SetPresence
from agentdesk.core.model import Presence
from agentdesk.protocol.messages import Hello, Ping, Pong, ServerFrame
from agentdesk.server.http.routes import OPERATIONS
from tests.protocol.test_codec import CLIENT_TEXTS, mutated
from tests.server.rest import PREFIX, code_of
from tests.server.wire import Wire, start_chat, wire
from tests.serving import RunningServer

CHECKS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
BODIES = [one for one in OPERATIONS if one.body is not None and one.name != "sign_in"]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
field_names = st.sampled_from(
    ["type", "text", "kind", "presence", "reason", "interaction_id", "queue", "customer", "channel", "command"]
)
bodies = st.dictionaries(field_names | st.text(max_size=8), json_values, max_size=6)


@st.composite
def commands(draw: st.DrawFn) -> bytes:
    """A well-formed `do` whose numbers and texts are anything at all."""
    frame = msgspec.json.decode(draw(st.sampled_from([one for one in CLIENT_TEXTS if b'"do"' in one])))
    frame["key"] = draw(st.text(min_size=1, max_size=20))
    for name, value in frame["command"].items():
        if isinstance(value, int) and not isinstance(value, bool):
            frame["command"][name] = draw(st.integers(-(2**70), 2**70) | st.integers(-2, 5))
        elif isinstance(value, str) and name not in ("type", "kind", "presence"):
            frame["command"][name] = draw(st.text(max_size=60))
    return msgspec.json.encode(frame)


async def _answered(connection: Wire) -> list[ServerFrame]:
    """Everything that came until the server has read all that was sent."""
    await connection.send(Ping(424_242))
    await connection.until(Pong, lambda pong: pong.n == 424_242)
    return connection.seen


async def _alive(server: RunningServer, token: str) -> None:
    async with wire(server, token) as fresh:
        await fresh.hello(client="after")


@settings(max_examples=30, suppress_health_check=CHECKS)
@given(frames=st.lists(st.binary(max_size=200) | mutated(CLIENT_TEXTS) | commands(), min_size=1, max_size=15))
async def test_an_open_session_bears_anything(server: RunningServer, frames: list[bytes]) -> None:
    token = await server.token("ana")
    async with wire(server, token) as connection:
        await connection.hello()
        try:
            for frame in frames:
                await connection.socket.send(frame, text=True)
            await _answered(connection)
        except ConnectionClosed:
            assert connection.socket.close_code in (1000, 1007, 4001, 4002)
    await _alive(server, token)


@settings(max_examples=30, suppress_health_check=CHECKS)
@given(frame=st.binary(max_size=200) | mutated(CLIENT_TEXTS))
async def test_a_first_frame_bears_anything(server: RunningServer, frame: bytes) -> None:
    async with wire(server, "none") as connection:
        await connection.socket.send(frame, text=True)
        try:
            await _answered(connection)
        except ConnectionClosed:
            assert connection.socket.close_code in (1007, 4001, 4002)


@settings(max_examples=30, suppress_health_check=CHECKS)
@given(frames=st.lists(commands(), min_size=1, max_size=6))
async def test_no_command_breaks_the_desk(server: RunningServer, frames: list[bytes]) -> None:
    token = await server.token("sue", "supervisor")
    async with wire(server, token) as connection:
        await connection.hello()
        await _hold_something(server, connection)
        for frame in frames:
            await connection.socket.send(frame, text=True)
        await _answered(connection)
    assert server.parts.loop.is_accepting
    await _alive(server, token)


async def _hold_something(server: RunningServer, connection: Wire) -> None:
    """Have one interaction at hand that commands can hit; its number is whatever it is by now."""
    await connection.do(SetPresence(Presence.AVAILABLE))
    view = server.parts.loop.view
    if view.working_on("sue"):
        return
    await start_chat(server, visitor=f"v{view.seq}")
    offers = view.agent("sue").offers
    if offers:
        await connection.do(AcceptOffer(offers[0]))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("operation", BODIES, ids=[one.name for one in BODIES])
@settings(max_examples=20, suppress_health_check=CHECKS)
@given(body=st.binary(max_size=100) | bodies.map(msgspec.json.encode), query=st.text(max_size=30))
async def test_bodies_bear_anything(shared_server: RunningServer, operation: Any, body: bytes, query: str) -> None:
    path = PREFIX + operation.path.replace("{id:int}", "1").replace("{agent}", "ana")
    headers = {"authorization": f"Bearer {await shared_server.token('boss', 'admin')}"}
    async with httpx.AsyncClient(base_url=shared_server.url, headers=headers, timeout=10) as http:
        answer = await http.request(operation.method, path, content=body, params={query: query} if query else {})
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert code_of(answer)


READS = [one for one in OPERATIONS if one.method == "GET" and one.query is not None]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("operation", READS, ids=[one.name for one in READS])
@settings(max_examples=20, suppress_health_check=CHECKS)
@given(values=st.lists(st.text(max_size=40) | st.integers().map(str), min_size=6, max_size=6))
async def test_queries_bear_anything(shared_server: RunningServer, operation: Any, values: list[str]) -> None:
    path = PREFIX + operation.path.replace("{id:int}", "1").replace("{agent}", "ana")
    headers = {"authorization": f"Bearer {await shared_server.token('boss', 'admin')}"}
    names = operation.query.__struct_fields__
    async with httpx.AsyncClient(base_url=shared_server.url, headers=headers, timeout=10) as http:
        answer = await http.get(path, params=dict(zip(names, values, strict=False)))
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert code_of(answer)


async def test_a_hello_of_anything_is_answered(server: RunningServer) -> None:
    for token in ("", "x" * 200, "\u0000", "é" * 100):
        async with wire(server, token) as connection:
            await connection.send(Hello(token, "c"))
            assert await connection.closed() == 4001


async def test_binary_and_oversized_frames_end_the_session(server: RunningServer) -> None:
    token = await server.token("ana")
    async with wire(server, token) as connection:
        await connection.hello()
        await connection.socket.send(b"binary")
        assert await connection.closed() == 1003
    async with wire(server, token) as connection:
        await connection.hello()
        await connection.socket.send("x" * 2_000_000)
        assert await connection.closed() == 1009
