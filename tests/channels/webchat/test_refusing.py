"""Everything hostile is refused with a documented error, and the server stays as it was."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import agent_at
from serving import RunningServer, no_tracebacks, running_server
from serving import settings as server_settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from agentdesk.channels.webchat import socket as door
from agentdesk.channels.webchat.session import Session
from agentdesk.client.visitor import ChatRefused, Visitor
from agentdesk.config.server import WebchatSettings
from agentdesk.protocol.webchat import ERRORS, ChatMessage, ChatState, ChatStatus, Receipts

TOKEN = "t" * 43


@asynccontextmanager
async def raw(url: str, hello: dict[str, Any] | None = None, **options: Any) -> AsyncIterator[ClientConnection]:
    """A socket without manners; with `hello` it has been welcomed."""
    async with connect(url.replace("http", "ws") + "/chat/ws", proxy=None, compression=None, **options) as socket:
        if hello is not None:
            await socket.send(json.dumps({"type": "hello", **hello}))
            assert json.loads(await socket.recv())["type"] == "welcome"
        yield socket


async def refused(socket: ClientConnection) -> tuple[str, int | None]:
    """Read to the end: the last error's code, and what the socket was closed with."""
    code = ""
    try:
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == "error":
                assert frame["code"] in ERRORS
                code = frame["code"]
    except ConnectionClosed as closed:
        return code, closed.rcvd.code if closed.rcvd else None


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("no json", "bad_frame"),
        ('{"type":"nope"}', "bad_frame"),
        ('{"type":"end"}', "hello_first"),
        ('{"type":"hello","version":2}', "bad_version"),
        ('{"type":"hello","token":"short"}', "bad_frame"),
        ('{"type":"hello","queue":"nope"}', "unknown_queue"),
        ('{"type":"hello","page":"' + "x" * 70_000 + '"}', "too_big"),
        ("[" * 60_000, "bad_frame"),
        (b"\x00\x01", "bad_frame"),
    ],
)
async def test_a_bad_beginning_is_the_end(tmp_path: Path, first: str | bytes, code: str) -> None:
    with no_tracebacks():
        async with running_server(tmp_path) as server, raw(server.url) as socket:
            await socket.send(first)
            assert (await refused(socket))[0] == code


async def test_a_silent_socket_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HELLO_TIMEOUT_S", 0.05)
    async with running_server(tmp_path) as server, raw(server.url) as socket:
        assert await refused(socket) == ("hello_first", 1008)


async def test_a_second_hello_is_refused(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, raw(server.url, {}) as socket:
        await socket.send('{"type":"hello"}')
        assert await refused(socket) == ("hello_first", 1008)


async def test_pages_that_may_not_are_told(tmp_path: Path) -> None:
    chat = WebchatSettings(origins=("https://shop.example",))
    async with running_server(tmp_path, server_settings(tmp_path, webchat=chat)) as server:
        async with raw(server.url, {}, origin="https://shop.example"), raw(server.url, {}, origin=server.url):
            pass
        async with raw(server.url, origin="https://evil.example") as socket:
            assert await refused(socket) == ("bad_origin", 1008)


async def test_too_many_windows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "TABS_MAX", 2)
    async with (
        running_server(tmp_path) as server,
        raw(server.url, {"token": TOKEN}),
        raw(server.url, {"token": TOKEN}),
        raw(server.url) as third,
    ):
        await third.send(json.dumps({"type": "hello", "token": TOKEN}))
        assert await refused(third) == ("too_many", 1013)


async def test_too_many_connections_of_one_address_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CONNECTS_PER_MINUTE", 3)
    chat = WebchatSettings(chats_per_hour=1)
    async with running_server(tmp_path, server_settings(tmp_path, webchat=chat)) as server:
        for _ in range(3):
            async with raw(server.url, {}):
                pass
        async with raw(server.url) as socket:
            assert await refused(socket) == ("too_fast", 1013)


async def test_too_many_messages_wait_and_are_not_lost(tmp_path: Path) -> None:
    chat = WebchatSettings(messages_per_minute=60)
    async with (
        running_server(tmp_path, server_settings(tmp_path, webchat=chat)) as server,
        agent_at(server.url, await server.token("ana")),
        raw(server.url, {}) as socket,
    ):
        for number in range(61):
            await socket.send(json.dumps({"type": "msg", "cid": str(number), "text": "x"}))
        error = await _next(socket, "error")
        assert (error["code"], error["cid"]) == ("too_fast", "60")
        assert 0 < error["retry_ms"] <= 1_000
        await socket.send('{"type":"ping","n":5}')
        assert (await _next(socket, "pong"))["n"] == 5, "the socket lives on"


async def test_a_flood_of_anything_ends(tmp_path: Path) -> None:
    chat = WebchatSettings(messages_per_minute=1)
    async with (
        running_server(tmp_path, server_settings(tmp_path, webchat=chat)) as server,
        raw(server.url, {}) as socket,
    ):
        for _ in range(300):
            await socket.send('{"type":"ping"}')
        assert await refused(socket) == ("too_fast", 1008)


async def test_too_many_chats_of_one_address_are_refused(tmp_path: Path) -> None:
    chat = WebchatSettings(chats_per_hour=2)
    async with (
        running_server(tmp_path, server_settings(tmp_path, webchat=chat)) as server,
        agent_at(server.url, await server.token("ana")),
    ):
        for _ in range(2):
            async with Visitor(server.url) as visitor:
                await visitor.say("hello")
        async with raw(server.url, {}) as socket:
            await socket.send('{"type":"msg","cid":"a","text":"hello"}')
            error = await _next(socket, "error")
            assert error["code"] == "too_many" and error["retry_ms"] > 60_000


async def test_an_empty_message_is_refused(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")),
        Visitor(server.url) as visitor,
    ):
        for text in ("", " \n\t"):
            with pytest.raises(ChatRefused, match="empty"):
                await visitor.say(text)
        with pytest.raises(ChatRefused, match="unknown_file"):
            await visitor.say("here", ("nope",))


async def test_nobody_acts_on_a_chat_that_is_not_theirs(tmp_path: Path) -> None:
    """There is no id to guess: what a visitor says, ends or confirms is always their own."""
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url) as victim,
        Visitor(server.url) as thief,
    ):
        await victim.say("mine")
        chat = await ana.accept()
        await thief.end()
        await thief.say("also mine")
        assert await ana.accept() != chat
        assert ana.conversation(chat).interaction.ended_ms is None
        assert [one.text for one in thief.memory.messages.values()] == ["also mine"]


FRAMES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KNOWN = st.fixed_dictionaries(
    {"type": st.sampled_from(["msg", "typing", "read", "received", "leave", "end", "ping", "hello", "welcome"])},
    optional=dict.fromkeys(("cid", "text", "files", "upto", "active", "n", "token", "email", "again"), FRAMES),
)


async def test_arbitrary_frames_give_documented_errors_and_nothing_else(tmp_path: Path) -> None:
    with no_tracebacks():
        async with running_server(tmp_path) as server, agent_at(server.url, await server.token("ana")):
            for text in _samples():
                async with raw(server.url, {}) as socket:
                    await socket.send(text)
                    await socket.send('{"type":"ping","n":77}')
                    assert await _answered(socket), text


def _samples() -> list[str]:
    found: list[str] = []

    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(KNOWN.map(json.dumps), FRAMES.map(json.dumps), st.text(max_size=60)))
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


async def _answered(socket: ClientConnection) -> bool:
    """Whether the server either went on or said why not."""
    try:
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == "error" and frame["code"] in ERRORS:
                return True
            if frame["type"] == "pong" and frame["n"] == 77:
                return True
    except ConnectionClosed:
        return False


async def _next(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(await socket.recv())
        if frame["type"] == kind:
            return frame


class _Deaf:
    """A socket that takes nothing."""


def test_a_visitor_who_does_not_read_is_cut() -> None:
    session = Session(_Deaf(), outbox_bytes=10_000)  # type: ignore[arg-type]
    session.begin(ChatStatus(ChatState.NEW), Receipts(), 0)
    for number in range(1, 1_000):
        session.message(ChatMessage(number, "agent", "x" * 100, 0), b"x" * 100)
    assert session.is_closing
    assert [json.loads(frame) for frame in session._outbox] == [{"type": "bye", "reason": "slow"}]


def test_what_comes_while_history_is_read_follows_it_once() -> None:
    session = Session(_Deaf(), outbox_bytes=10_000)  # type: ignore[arg-type]
    for number in (4, 5, 6):
        session.message(ChatMessage(number, "agent", "x", 0), str(number).encode())
    session.begin(ChatStatus(ChatState.NEW), Receipts(), 5)
    session.message(ChatMessage(6, "agent", "x", 0), b"6")
    session.message(ChatMessage(7, "agent", "x", 0), b"7")
    assert list(session._outbox) == [b"6", b"7"]


def test_nothing_is_told_twice() -> None:
    session = Session(_Deaf(), outbox_bytes=10_000)  # type: ignore[arg-type]
    session.begin(ChatStatus(ChatState.NEW), Receipts(), 0)
    session.status(ChatStatus(ChatState.NEW))
    session.receipts(Receipts())
    assert not session._outbox
    session.status(ChatStatus(ChatState.WAITING, position=2))
    session.status(ChatStatus(ChatState.WAITING, position=2))
    assert len(session._outbox) == 1


def test_a_history_that_never_comes_does_not_fill_memory(tmp_path: Path) -> None:
    session = Session(_Deaf(), outbox_bytes=10_000)  # type: ignore[arg-type]
    for number in range(2_000):
        session.message(ChatMessage(number, "agent", "x", 0), b"x")
    assert session.is_closing


async def test_the_server_keeps_nothing_of_those_who_are_gone(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server:
        for _ in range(5):
            async with raw(server.url, {}):
                pass
        await _until_empty(server)


async def _until_empty(server: RunningServer) -> None:
    chat = server.app.channels[0]
    async with Visitor(server.url) as one:
        await one.wait_for(lambda memory: memory.welcomes)
        assert chat.visitors == 1  # type: ignore[attr-defined]
