"""When something breaks: a commit that fails, connections that vanish, a port that is taken, TLS and its absence."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import httpx
import msgspec
import pytest

from agentdesk.config.server import ListenSettings, TlsSettings
from agentdesk.core.commands import AcceptOffer, Done, SendMessage
from agentdesk.core.events import Offered
from agentdesk.core.model import Presence
from agentdesk.protocol.codec import encode
from agentdesk.protocol.messages import Bye, Do, Hello, Live
from agentdesk.server.listen import CantListen, open_port
from agentdesk.server.loop import CommitFailed
from agentdesk.store.sqlite import open_store
from tests.server.conftest import server_settings
from tests.server.wire import agent, start_chat, wire
from tests.serving import RunningServer, put_token, put_user, running_server, server_process


async def test_a_commit_that_fails_tells_the_sessions_and_ends_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BaseExceptionGroup) as raised:
        async with running_server(tmp_path, server_settings(tmp_path)) as server, agent(server) as ana:

            def full(batches: object) -> None:
                raise OSError("no space left on device")

            monkeypatch.setattr(server.store, "commit", full)
            from agentdesk.core.commands import SetPresence

            await ana.send(Do("k", SetPresence(Presence.AWAY, "lunch")))
            assert (await ana.until(Bye)).reason == "restart"
            assert await ana.closed() == 1012
            replies = [one for one in ana.seen if type(one).__name__ == "Reply" and one.key == "k"]  # type: ignore[union-attr]
            assert replies == []
    assert raised.group_contains(CommitFailed, match="no space left")


async def test_connections_that_vanish_in_a_broadcast_cost_nothing(server: RunningServer) -> None:
    token = await server.token("ana")
    host, port = server.url.removeprefix("http://").split(":")
    hello = encode(Hello(token, "c")).decode()

    async def come_and_go(number: int) -> None:
        async with wire(server, token) as one:
            await one.send(hello.replace('"c"', f'"c{number}"'))
            await one.until(Live)
            one.socket.transport.abort()

    for wave in range(6):
        visits = [come_and_go(number) for number in range(7)]
        chats = [start_chat(server, visitor=f"w{wave}-{n}") for n in range(5)]
        figures = [server.parts.publisher.send_figures() for _ in range(3)]
        with contextlib.suppress(Exception):
            await asyncio.gather(*visits, return_exceptions=True)
        await asyncio.gather(*chats, *figures)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /api/v1/desk HTTP/1.1\r\n")
    writer.transport.abort()
    async with agent(server, "bo") as bo:
        offered = next(one.event for one in bo.events if isinstance(one.event, Offered))
        assert isinstance(await bo.do(AcceptOffer(offered.offer.id)), Done)
        assert isinstance(await bo.do(SendMessage(offered.offer.interaction_id, "hello")), Done)
    assert reader is not None


async def test_a_task_that_breaks_is_logged_and_a_vital_one_ends_the_server(tmp_path: Path) -> None:
    async def broken() -> None:
        raise ValueError("a bug")

    with pytest.raises(BaseExceptionGroup):
        async with running_server(tmp_path, server_settings(tmp_path)) as server, agent(server) as ana:
            server.parts.loop.spawn(broken(), "something small")
            assert isinstance(await ana.do(_away()), Done)
            server.parts.loop.spawn(broken(), "something vital", vital=True)
            assert (await ana.until(Bye)).reason == "restart"


def _away() -> object:
    from agentdesk.core.commands import SetPresence

    return SetPresence(Presence.AWAY, "break")


def test_a_port_that_is_taken_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CantListen, match="in use"):
        open_port(ListenSettings(port=taken.getsockname()[1]))


def test_other_machines_are_served_over_tls_or_by_explicit_wish() -> None:
    with pytest.raises(CantListen, match="no TLS"):
        open_port(ListenSettings(host="0.0.0.0", port=0))
    open_port(ListenSettings(host="0.0.0.0", port=0, insecure_listen=True)).close()
    open_port(ListenSettings(host="::1", port=0)).close()


async def test_tls_from_the_settings(tmp_path: Path, require_service: object) -> None:
    openssl = require_service("openssl", "apt install openssl")  # type: ignore[operator]
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    paths = ["-keyout", str(key), "-out", str(cert)]
    await asyncio.to_thread(subprocess.run, [*command, *names, *paths], check=True, capture_output=True)
    listen = ListenSettings(port=0, data_dir=str(tmp_path), tls=TlsSettings(str(cert), str(key)))
    trusting = ssl.create_default_context(cafile=str(cert))
    async with running_server(tmp_path, server_settings(tmp_path, server=listen)) as server:
        assert server.url.startswith("https://")
        async with httpx.AsyncClient(verify=trusting) as http:
            assert (await http.get(f"{server.url}/api/v1/health/ready")).status_code == 200
        async with wire(server, await server.token("ana"), ssl=trusting) as ana:
            await ana.hello()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_process_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with server_process(tmp_path, server_settings(tmp_path)) as server:
        assert httpx.get(f"{server.url}/api/v1/health/ready").status_code == 200
        server.process.send_signal(number)
        assert server.process.wait(15) == 0
        assert "Traceback" not in server.log.read_text()


async def test_a_killed_process_goes_on_where_it_was(tmp_path: Path) -> None:
    config = server_settings(tmp_path)
    store = open_store(config.database)
    put_user(store, "ana")
    token = put_token(store, "ana")
    store.close()
    with server_process(tmp_path, config) as server:
        async with _process_wire(server.ws_url, token) as ana:
            await ana.hello()
            assert isinstance(await ana.do(_away(), key="k"), Done)  # type: ignore[arg-type]
            server.kill()
    with server_process(tmp_path, config) as server:
        async with _process_wire(server.ws_url, token) as ana:
            welcome = await ana.hello()
            assert welcome.seq > 0
            from agentdesk.protocol.messages import Snapshot

            snapshot = ana.seen[1]
            assert isinstance(snapshot, Snapshot)
            assert snapshot.agent is not None
            assert (snapshot.agent.presence, snapshot.agent.reason) == (Presence.AWAY, "break")
        assert server.stop() == 0


def _process_wire(ws_url: str, token: str) -> contextlib.AbstractAsyncContextManager[object]:
    class _Address(msgspec.Struct):
        ws_url: str

    return wire(_Address(ws_url), token)  # type: ignore[arg-type]
