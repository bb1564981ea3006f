"""The client against a real server: sign in, chat, lose the connection, read history, be refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from agentdesk.client.bot import Bot, Manners
from agentdesk.client.desk import DeskClient
from agentdesk.client.visitor import Visitor
from agentdesk.core.commands import AcceptOffer, Done, SendMessage, SetPresence
from agentdesk.core.model import Presence
from agentdesk.errors import Failed, SignInRefused, Unreachable
from agentdesk.server.passwords import token_hash
from tests.serving import RunningServer, running_server

WAIT_S = 10


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    async with running_server(tmp_path) as server:
        yield server


@asynccontextmanager
async def connected(url: str, token: str, **options: str) -> AsyncIterator[DeskClient]:
    client = DeskClient(url, token, **options)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(client.run())
        await until(client, lambda: client.link.state in ("live", "refused"))
        yield client
        running.cancel()


async def until(client: DeskClient, ready: Callable[[], object]) -> None:
    """Wait until something the client hears makes it so."""
    heard = asyncio.Event()
    stop = client.listen(lambda topic, detail: heard.set())
    try:
        async with asyncio.timeout(WAIT_S):
            while not ready():
                heard.clear()
                await heard.wait()
    finally:
        stop()


async def test_a_chat_from_the_visitors_socket_to_the_agents_mirror_and_back(server: RunningServer) -> None:
    token = await server.token("ana")
    async with connected(server.url, token) as ana, Visitor(server.url, name="Budi") as budi:
        assert isinstance(await ana.do(SetPresence(Presence.AVAILABLE)), Done)
        await budi.say("halo")
        await until(ana, lambda: ana.mirror.offers)
        (offer,) = ana.mirror.offers.values()
        assert [m.text for m in ana.mirror.conversations[offer.interaction_id].messages] == ["halo"]
        await ana.do(AcceptOffer(offer.id))
        await ana.do(SendMessage(offer.interaction_id, "selamat pagi"))
        await budi.wait_for(lambda memory: [m for m in memory.messages.values() if m.who == "agent"])
        await until(ana, lambda: not ana.mirror.conversations[offer.interaction_id].pending)
        assert ana.now_ms() == pytest.approx(server.parts.clock.now_ms(), abs=1000)
        await until(ana, lambda: ana.link.round_trip_ms is not None)


async def test_history_search_and_settings_come_by_rest(server: RunningServer) -> None:
    token = await server.token("ana")
    async with connected(server.url, token) as ana, Visitor(server.url, name="Budi") as budi:
        await ana.do(SetPresence(Presence.AVAILABLE))
        await budi.say("pesanan saya belum sampai")
        await until(ana, lambda: ana.mirror.offers)
        (conversation,) = ana.mirror.conversations.values()
        customer = conversation.interaction.customer_id
        assert (await ana.customer(customer)).name == "Budi"
        (entry,) = await ana.timeline(customer)
        assert entry.last_text == "pesanan saya belum sampai"
        (message,) = await ana.messages(entry.interaction_id)
        (hit,) = await ana.search("pesanan", customer_id=customer)
        assert hit.message == message
        assert await ana.settings()
        with pytest.raises(Failed):
            await ana.customer(999)


async def test_pages_of_messages_begin_with_the_newest(server: RunningServer) -> None:
    token = await server.token("ana")
    async with connected(server.url, token) as ana, Visitor(server.url, name="Budi") as budi:
        await ana.do(SetPresence(Presence.AVAILABLE))
        for number in range(60):
            await budi.say(str(number))
        (chat,) = ana.mirror.conversations
        newest = await ana.messages(chat)
        older = await ana.messages(chat, before=newest[0].id)
        assert [m.text for m in (*older, *newest)] == [str(number) for number in range(60)]
        assert newest[-1].text == "59"


async def test_a_wrong_token_is_refused_for_good(server: RunningServer) -> None:
    client = DeskClient(server.url, "wrong")
    async with asyncio.timeout(WAIT_S):
        await client.run()
    assert client.link.state == "refused"
    with pytest.raises(SignInRefused):
        await client.settings()
    await client.api.close()


async def test_signing_in_again_goes_on_where_it_was_and_sends_once_what_waited(server: RunningServer) -> None:
    token = await server.token("ana")
    ana = DeskClient(server.url, token)
    async with Visitor(server.url, name="Budi") as budi, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(ana.run())
        await until(ana, lambda: ana.link.state == "live")
        await ana.do(SetPresence(Presence.AVAILABLE))
        await budi.say("halo")
        await until(ana, lambda: ana.mirror.offers)
        chat = ana.mirror.offers[next(iter(ana.mirror.offers))].interaction_id
        await ana.do(AcceptOffer(next(iter(ana.mirror.offers))))
        await server.parts.access.revoke(token_hash(token))
        async with asyncio.timeout(WAIT_S):
            await running
        assert (ana.link.state, ana.link.code, ana.link.needs_sign_in) == ("refused", "signed_out", True)

        ana.submit(SendMessage(chat, "selamat pagi"))
        await budi.say("ada orang?")
        await ana.renew(await server.token("ana"))
        running = tasks.create_task(ana.run())
        await until(ana, lambda: not ana.mirror.asked and ana.link.state == "live")
        assert ana.link.missed == 1
        said = [(m.kind.value, m.text) for m in ana.mirror.conversations[chat].messages]
        assert said == [("inbound", "halo"), ("inbound", "ada orang?"), ("outbound", "selamat pagi")]
        await budi.wait_for(lambda memory: [m for m in memory.messages.values() if m.who == "agent"])
        assert await ana.settings(), "REST goes on with the new token, too"
        running.cancel()


async def test_a_desk_does_not_go_on_as_somebody_else(server: RunningServer) -> None:
    token = await server.token("ana")
    async with connected(server.url, token) as ana:
        await server.parts.access.revoke(token_hash(token))
        await until(ana, lambda: ana.link.state == "refused")
        await ana.renew(await server.token("ben"))
        async with asyncio.timeout(WAIT_S):
            await ana.run()
        assert (ana.link.state, ana.link.code) == ("refused", "other_user")
        assert "ana" in ana.link.detail and "ben" in ana.link.detail
        assert ana.mirror.user == "ana"


async def test_where_nobody_answers_it_keeps_trying_and_says_so(unused_tcp_port: int) -> None:
    client = DeskClient(f"http://127.0.0.1:{unused_tcp_port}", "token")
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(client.run())
        await until(client, lambda: client.link.state == "offline")
        assert client.link.retry_in_s is not None
        with pytest.raises(Unreachable):
            await client.settings()
        running.cancel()


async def test_a_scripted_agent_works_by_itself(server: RunningServer) -> None:
    bot = Bot(DeskClient(server.url, await server.token("ana")), Manners(goodbyes=("bye",)), Random(1))
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(bot.run())
        async with Visitor(server.url, name="Budi") as budi:
            await budi.wait_for(lambda memory: memory.welcomes and memory.status.state == "new")
            await budi.say("halo")
            await budi.wait_for(lambda memory: len(memory.messages) == 2)
            await budi.say("ok, bye")
            await budi.wait_for(lambda memory: memory.status.state == "ended")
            assert [m.who for m in budi.memory.messages.values()] == ["visitor", "agent", "visitor", "agent"]
        await until(bot.client, lambda: not bot.client.mirror.conversations)
        working.cancel()
    (closed,) = server.store.interactions()
    assert (closed.state, closed.agent) == ("closed", "ana")
