"""The connection under a session: where it goes, how long it pauses, and that it comes back after a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from agentdesk.client.address import is_loopback, socket_url
from agentdesk.client.desk import DeskClient
from agentdesk.client.link import DELAY_MAX_S, Link
from agentdesk.client.mirror import Mirror
from agentdesk.client.session import Session
from agentdesk.client.visitor import Visitor
from agentdesk.core.commands import AcceptOffer, SaveDraft, SendMessage, SetPresence
from agentdesk.core.model import Presence
from tests.client.test_desk_client import WAIT_S, until
from tests.serving import running_server, settings


@pytest.mark.parametrize(
    ("url", "socket"),
    [
        ("http://127.0.0.1:8420", "ws://127.0.0.1:8420/api/v1/desk"),
        ("https://desk.example.com/", "wss://desk.example.com/api/v1/desk"),
        ("https://example.com/desk", "wss://example.com/desk/api/v1/desk"),
    ],
)
def test_the_socket_is_beside_the_rest_interface(url: str, socket: str) -> None:
    assert socket_url(url) == socket


def test_no_proxy_leads_to_this_machine() -> None:
    assert is_loopback("http://localhost:8420") and is_loopback("http://[::1]:8420")
    assert not is_loopback("https://desk.example.com")


async def test_pauses_grow_to_a_bound_and_differ_by_chance() -> None:
    longest = Link("http://x", Session("", "c", Mirror()), lambda notices: None, pick=lambda: 1.0)
    shortest = Link("http://x", Session("", "c", Mirror()), lambda notices: None, pick=lambda: 0.0)
    pauses = [(shortest._delay(), longest._delay()) for _ in range(12)]
    assert pauses[0] == (0.05, 0.1)
    assert all(low == high / 2 for low, high in pauses)
    assert pauses[-1][1] == DELAY_MAX_S


async def test_after_a_restart_it_resumes_and_sends_what_was_written_offline(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    config = settings(tmp_path)
    there = type(config.server)(port=unused_tcp_port, data_dir=str(tmp_path))
    config = type(config)(**{name: getattr(config, name) for name in config.__struct_fields__} | {"server": there})
    url = f"http://127.0.0.1:{unused_tcp_port}"
    async with asyncio.TaskGroup() as tasks:
        async with running_server(tmp_path, config) as server:
            ana = DeskClient(url, await server.token("ana"))
            running = tasks.create_task(ana.run())
            await until(ana, lambda: ana.link.state == "live")
            async with Visitor(url, name="Budi") as budi:
                await ana.do(SetPresence(Presence.AVAILABLE))
                await budi.say("halo")
                await until(ana, lambda: ana.mirror.offers)
                (offer,) = ana.mirror.offers.values()
                chat = offer.interaction_id
                await ana.do(AcceptOffer(offer.id))
        await until(ana, lambda: ana.link.state == "offline")
        ana.submit(SendMessage(chat, "masih di sini"))
        ana.submit(SaveDraft(chat, "dan", version=1))
        assert [p.command.text for p in ana.mirror.conversations[chat].pending] == ["masih di sini"]
        async with running_server(tmp_path, config) as server:
            ana.hurry()
            await until(ana, lambda: ana.link.state == "live" and not ana.mirror.asked)
            assert [m.text for m in server.store.messages(chat)] == ["halo", "masih di sini"]
            running.cancel()


async def test_a_server_of_another_kind_is_told_apart() -> None:
    async def refuse(connection: ServerConnection) -> None:
        await connection.send("hello, I am a chat bot")

    async with serve(refuse, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        client = DeskClient(f"http://127.0.0.1:{port}", "token")
        async with asyncio.timeout(WAIT_S), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(client.run())
            await until(client, lambda: client.link.state == "offline")
            assert "doesn't understand" in client.link.detail
            running.cancel()
