"""Visitors and an agent talk through a real server."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from people import agent_at
from serving import RunningServer, no_tracebacks, quick_queue, running_server, settings

from agentdesk.channels.webchat import lines, visitors
from agentdesk.client.visitor import ChatRefused, Visitor
from agentdesk.client.visitor_memory import VisitorMemory
from agentdesk.config.server import HoursSettings, OverflowSettings, RouteSettings, WebchatSettings
from agentdesk.core.commands import CompleteWrapup, EndInteraction, MarkRead
from agentdesk.core.model import MessageKind, State
from agentdesk.protocol.webchat import AgentTyping, Bye, ChatState, Received, Say, ServerFrame, Welcome
from agentdesk.store.sqlite import restore

QUEUES = (quick_queue(channels=("chat", "message")),)


async def test_a_chat_goes_both_ways(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url, name="Budi", language="id", page="https://shop.example/cart") as budi,
    ):
        said = await budi.say("Halo?")
        chat = await ana.accept()
        first = await ana.reads(chat, "Halo?")
        assert (first.id, first.author, first.client_id != "") == (said, "Budi", True)
        interaction = ana.conversation(chat).interaction
        assert (interaction.language, interaction.attributes["page"]) == ("id", "https://shop.example/cart")
        await budi.wait_for(lambda memory: memory.status.state is ChatState.ACTIVE)
        assert budi.memory.status.agent == "Ana"
        answered = await ana.say(chat, "Selamat siang")
        await budi.wait_for(lambda memory: answered in memory.messages)
        message = budi.memory.messages[answered]
        assert (message.who, message.name, message.text, message.cid) == ("agent", "Ana", "Selamat siang", "")
        await ana.wait_for(lambda m: m.conversations[chat].interaction.read_upto == answered)
        assert list(budi.memory.messages) == [said, answered]
        assert (budi.memory.duplicates, budi.memory.unsent) == (0, ())


async def test_where_the_page_says_no_language_the_text_does(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url) as budi,
    ):
        await budi.say("pesanan saya belum sampai")
        chat = await ana.accept()
        assert ana.conversation(chat).interaction.language == "id"


async def test_notes_are_never_told(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url) as budi,
    ):
        await budi.say("hello")
        chat = await ana.accept()
        await ana.say(chat, "careful, rude", kind=MessageKind.NOTE)
        answered = await ana.say(chat, "hi")
        await budi.wait_for(lambda memory: answered in memory.messages)
        again = Visitor(server.url, token=budi.memory.token)
        async with again:
            await again.wait_for(lambda memory: answered in memory.messages)
        for visitor in (budi, again):
            assert [one.text for one in visitor.memory.messages.values()] == ["hello", "hi"]


async def test_what_was_read_is_told_both_ways(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url, receipts=False) as budi,
    ):
        said = await budi.say("hello")
        chat = await ana.accept()
        assert budi.memory.receipts.read == 0
        await ana.client.do(MarkRead(chat, said))
        await budi.wait_for(lambda memory: memory.receipts.read == said)
        answered = await ana.say(chat, "hi")
        await budi.wait_for(lambda memory: answered in memory.messages)
        await budi.send(Received(answered))
        interaction = await ana.wait_for(lambda m: _delivered(m.conversations[chat].interaction, answered))
        assert interaction.read_upto == 0


def _delivered(interaction, upto):  # type: ignore[no-untyped-def]
    return interaction if interaction.delivered_upto == upto else None


async def test_typing_is_shown_both_ways(tmp_path: Path) -> None:
    heard: list[ServerFrame] = []
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url, listener=heard.append) as budi,
    ):
        await budi.say("hello")
        await budi.type("nobody holds it yet")
        chat = await ana.accept()
        await budi.wait_for(lambda memory: memory.status.state is ChatState.ACTIVE)
        await budi.type("my order")
        await budi.type("dropped: too soon after the first")
        await budi.type(active=False)
        shown = await ana.heard_of("typing")
        assert (shown.interaction_id, shown.active, shown.text) == (chat, True, "my order")
        stopped = await ana.heard_of("typing", lambda frame: not frame.active)
        assert stopped.text == ""
        assert len([1 for topic, _ in ana.heard if topic == "typing"]) == 2
        ana.client.typing(chat, True)
        await budi.wait_for(lambda memory: memory.agent_typing)
        assert AgentTyping(True, "Ana") in heard


async def test_said_again_is_said_once(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, settings(tmp_path, queues=QUEUES)) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url) as budi,
    ):
        first = await budi.say("hello", cid="one")
        chat = await ana.accept()
        assert await budi.say("hello", cid="one") == first
        second = await budi.say("more", cid="two")
        assert await budi.say("more", cid="two") == second
        await ana.client.do(EndInteraction(chat))
        await budi.wait_for(lambda memory: memory.status.state is ChatState.ENDED)
        await budi.say("hello", cid="one")
        await budi.say("more", cid="two")
        assert [one.text for one in budi.memory.messages.values()] == ["hello", "more"]
        assert await asyncio.to_thread(lambda: [one.id for one in server.store.interactions()]) == [chat]


async def test_two_windows_who_both_begin_begin_one_chat(tmp_path: Path) -> None:
    token = "t" * 43
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url, token=token) as one,
        Visitor(server.url, token=token) as other,
    ):
        for window in (one, other):
            await window.wait_for(lambda memory: memory.welcomes)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(one.say("from one"))
            tasks.create_task(other.say("from the other"))
        for window in (one, other):
            await window.wait_for(lambda memory: len(memory.messages) == 2)
        assert list(one.memory.messages.items()) == list(other.memory.messages.items())
        await ana.accept()
        assert len(list(server.parts.loop.view.interactions())) == 1


async def test_after_the_end_a_new_chat_begins_with_the_same_customer(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, settings(tmp_path, queues=QUEUES)) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url, name="Budi") as budi,
    ):
        await budi.say("hello")
        first = await ana.accept()
        await budi.end()
        await budi.wait_for(lambda memory: memory.status.state is ChatState.ENDED)
        await budi.say("one more thing")
        second = await ana.accept()
        assert second != first
        customers = [ana.conversation(chat).interaction.customer_id for chat in (second,)]
        kept = await asyncio.to_thread(server.store.interaction, first)
        assert kept is not None and customers == [kept.customer_id]
        async with Visitor(server.url, token=budi.memory.token) as window:
            await window.wait_for(lambda memory: len(memory.messages) == 2)
            assert [one.text for one in window.memory.messages.values()] == ["hello", "one more thing"]


async def test_writing_during_wrap_up_reopens(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
        Visitor(server.url) as budi,
    ):
        await budi.say("hello")
        chat = await ana.accept()
        await ana.client.do(EndInteraction(chat))
        await budi.wait_for(lambda memory: memory.status.state is ChatState.ENDED)
        await budi.say("wait")
        await ana.reads(chat, "wait")
        await budi.wait_for(lambda memory: memory.status.state is ChatState.ACTIVE)
        await ana.client.do(EndInteraction(chat))
        await ana.client.do(CompleteWrapup(chat, "solved"))
        await budi.say("and another thing")
        assert await ana.accept() != chat


async def test_the_place_in_line_is_told_and_moves(tmp_path: Path) -> None:
    config = settings(tmp_path, queues=QUEUES)
    async with running_server(tmp_path, config) as server:
        token = await server.token("ana", capacity=1)
        async with (
            agent_at(server.url, token) as ana,
            Visitor(server.url) as first,
            Visitor(server.url) as second,
            Visitor(server.url) as third,
        ):
            await first.say("1")
            chat = await ana.accept()
            await second.say("2")
            await third.say("3")
            await third.wait_for(lambda memory: memory.status.position == 2)
            await second.wait_for(lambda memory: memory.status.position == 1)
            assert third.memory.status.state is ChatState.WAITING
            await ana.client.do(EndInteraction(chat))
            await ana.accept()
            await third.wait_for(lambda memory: memory.status.position == 1)
            assert third.memory.status.estimate_ms is not None
            assert third.memory.status.estimate_ms % 15_000 == 0


async def test_nobody_there_means_a_message_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "RESTART_S", 0.0)
    async with running_server(tmp_path, settings(tmp_path, queues=QUEUES)) as server:
        token = await server.token("ana")
        async with Visitor(server.url) as sari:
            await sari.wait_for(lambda memory: memory.status.state is ChatState.OFFLINE)
            with pytest.raises(ChatRefused, match="offline"):
                await sari.say("anybody?")
            await sari.leave("call me", name="Bu Sari", email=" sari@example.org ")
            assert sari.memory.status.state is ChatState.OFFLINE
            async with agent_at(server.url, token) as ana:
                await sari.wait_for(lambda memory: memory.status.online)
                left = await ana.accept()
                interaction = ana.conversation(left).interaction
                assert (interaction.channel, interaction.customer_name) == ("message", "Bu Sari")
                assert interaction.attributes["email"] == "sari@example.org"
                answered = await ana.say(left, "will do")
                await sari.wait_for(lambda memory: answered in memory.messages)
                await sari.say("thanks")
                await ana.reads(left, "thanks")
            await sari.wait_for(lambda memory: not memory.status.online, timeout_s=10)


async def test_one_too_many_is_told_that_they_hear_back_later(tmp_path: Path) -> None:
    overflow = (OverflowSettings(to=RouteSettings(channel="message"), longer_than=0),)
    config = settings(tmp_path, queues=(quick_queue(channels=("chat", "message"), overflow=overflow),))
    async with running_server(tmp_path, config) as server:
        token = await server.token("ana", capacity=1)
        async with (
            agent_at(server.url, token) as ana,
            Visitor(server.url) as first,
            Visitor(server.url) as second,
            Visitor(server.url) as third,
        ):
            await first.say("1")
            chat = await ana.accept()
            await second.say("2")
            await second.wait_for(lambda memory: memory.status.state is ChatState.WAITING)
            await third.say("3")
            await third.wait_for(lambda memory: memory.status.state is ChatState.OFFLINE)
            assert second.memory.status.state is ChatState.WAITING
            await ana.client.do(EndInteraction(chat))
            waited = await ana.accept()
            await ana.client.do(EndInteraction(waited))
            left = await ana.accept()
            assert ana.conversation(left).interaction.channel == "message"
            await third.wait_for(lambda memory: memory.status.state is ChatState.ACTIVE)
            await third.say("still here")
            await ana.reads(left, "still here")


async def test_outside_hours_nobody_is_there_whoever_is(tmp_path: Path) -> None:
    closed = quick_queue(channels=("chat", "message"), hours=HoursSettings(timezone="UTC"))
    async with (
        running_server(tmp_path, settings(tmp_path, queues=(closed,))) as server,
        agent_at(server.url, await server.token("ana")),
        Visitor(server.url) as sari,
    ):
        await sari.wait_for(lambda memory: memory.status.state is ChatState.OFFLINE)
        with pytest.raises(ChatRefused, match="offline"):
            await sari.say("anybody?")


async def test_without_the_form_nothing_is_left(tmp_path: Path) -> None:
    chat = WebchatSettings(offline_form=False)
    async with (
        running_server(tmp_path, settings(tmp_path, queues=QUEUES, webchat=chat)) as server,
        Visitor(server.url) as sari,
    ):
        with pytest.raises(ChatRefused, match="refused"):
            await sari.leave("call me")


async def test_the_desk_hears_of_one_who_leaves_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "LEAVE_AFTER_S", 0.0)
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")) as ana,
    ):
        async with Visitor(server.url) as budi:
            await budi.say("hello")
            chat = await ana.accept()
        await ana.wait_for(lambda m: m.conversations[chat].interaction.customer_away_since_ms is not None)
        answered = await ana.say(chat, "are you there?")
        known = budi.memory
        async with Visitor(server.url, token=known.token, after=known.last_id, epoch=known.epoch) as again:
            await again.wait_for(lambda memory: answered in memory.messages)
            assert list(again.memory.messages) == [answered], "just what was missed"
            await ana.wait_for(lambda m: m.conversations[chat].interaction.customer_away_since_ms is None)


async def test_a_restart_keeps_the_conversation_and_the_place(tmp_path: Path) -> None:
    """The server's end is clean here; the browser's tests kill it."""
    config = settings(tmp_path)
    memories: list[VisitorMemory] = []
    async with running_server(tmp_path, config) as server:
        token = await server.token("ana")
        async with agent_at(server.url, token), Visitor(server.url) as first, Visitor(server.url) as second:
            await first.say("first")
            await second.say("second")
            memories = [first.memory, second.memory]
    async with (
        running_server(tmp_path, config) as server,
        Visitor(server.url, token=memories[1].token, after=memories[1].last_id, epoch=memories[1].epoch) as second,
    ):
        await second.wait_for(lambda memory: memory.status.state is ChatState.WAITING)
        await second.say("still here")
        async with agent_at(server.url, token) as ana:
            chats = [await ana.accept(), await ana.accept()]
            await ana.reads(chats[0], "first")
            await ana.reads(chats[1], "still here")
            assert ana.conversation(chats[1]).interaction.state is State.ACTIVE


async def test_visitors_are_told_when_the_server_stops(tmp_path: Path) -> None:
    heard: list[ServerFrame] = []
    async with contextlib.AsyncExitStack() as stack:
        async with running_server(tmp_path) as server, agent_at(server.url, await server.token("ana")):
            budi = await stack.enter_async_context(Visitor(server.url, listener=heard.append))
            await stack.enter_async_context(Visitor(server.url, token="x" * 43, listener=heard.append))
            await budi.say("hello")
            await budi.wait_for(lambda _: sum(isinstance(one, Welcome) for one in heard) == 2)
        assert heard.count(Bye("restart")) == 2


async def test_a_restored_backup_is_shown_as_it_is(tmp_path: Path) -> None:
    """Ids begin below what the visitor's side has: nothing of the new ones may be taken for something old."""
    config, backup = settings(tmp_path), tmp_path / "backup.db"
    async with contextlib.AsyncExitStack() as stack:
        async with running_server(tmp_path, config) as server:
            token = await server.token("ana")
            budi = await stack.enter_async_context(Visitor(server.url))
            async with agent_at(server.url, token):
                await budi.say("kept")
                await asyncio.to_thread(server.store.backup, backup)
                for number in range(9):
                    await budi.say(f"lost {number}")
        lost, epoch = budi.memory.last_id, budi.memory.epoch
        await asyncio.to_thread(restore, backup, Path(config.database))
        async with running_server(tmp_path, config) as server, agent_at(server.url, token) as ana:
            budi.url = server.url
            chat = await ana.accept()
            answered = await ana.say(chat, "new")
            assert answered < lost
            await budi.wait_for(lambda memory: memory.epoch != epoch and answered in memory.messages)
            assert [one.text for one in budi.memory.messages.values()] == ["kept", "new"]
            await ana.wait_for(lambda m: m.conversations[chat].interaction.read_upto == answered)


async def test_without_the_epoch_a_last_message_counts_for_nothing(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, agent_at(server.url, await server.token("ana")):
        async with Visitor(server.url) as budi:
            said = await budi.say("hello")
        async with Visitor(server.url, token=budi.memory.token, after=said + 100, epoch="another") as again:
            await again.wait_for(lambda memory: said in memory.messages)


async def test_many_visitors_at_once_each_get_their_own(tmp_path: Path) -> None:
    async with running_server(tmp_path, settings(tmp_path, queues=QUEUES)) as server:
        token = await server.token("ana", capacity=100)
        with no_tracebacks():
            async with agent_at(server.url, token) as ana:
                await asyncio.gather(*(_one_of_many(server, number) for number in range(30)))
                assert len(ana.client.mirror.offers) == 30


async def _one_of_many(server: RunningServer, number: int) -> None:
    async with Visitor(server.url, name=f"V{number}") as visitor:
        for text in range(5):
            await visitor.say(f"{number}.{text}")
        await visitor.wait_for(lambda memory: len(memory.messages) == 5)
        assert [one.text for one in visitor.memory.messages.values()] == [f"{number}.{text}" for text in range(5)]
        assert visitor.memory.duplicates == 0


async def test_what_waits_is_sent_in_order_whatever_the_connection_does(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path) as server,
        agent_at(server.url, await server.token("ana")),
        Visitor(server.url) as budi,
    ):
        said = [asyncio.ensure_future(budi.say(str(number))) for number in range(20)]
        for _ in range(5):
            await budi.wait_for(lambda memory: memory.welcomes)
            assert budi._socket is not None
            budi._socket.transport.abort()
            await budi.wait_for(lambda _: not budi.connected)
            await budi.wait_for(lambda _: budi.connected)
        ids = await asyncio.gather(*said)
        assert ids == sorted(ids)
        await budi.wait_for(lambda memory: len(memory.messages) == 20)
        assert [one.text for one in budi.memory.messages.values()] == [str(number) for number in range(20)]


def test_a_visitors_memory_gives_up_what_the_server_will_not_take() -> None:
    from agentdesk.protocol.webchat import Error, Hello

    memory = VisitorMemory(Hello())
    memory.hold(Say("a", "x"))
    memory.receive(Error("too_fast", "", "a", 100))
    assert memory.unsent == ("a",)
    memory.receive(Error("empty", "", "a"))
    assert memory.unsent == ()
