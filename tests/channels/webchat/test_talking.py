"""A visitor and an agent talk through a real server."""

from __future__ import annotations

from pathlib import Path

from people import agent_at
from serving import running_server

from agentdesk.client.visitor import Visitor
from agentdesk.protocol.webchat import ChatState


async def test_a_chat_goes_both_ways(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, agent_at(server.url, await server.token("ana")) as ana:
        async with Visitor(server.url, name="Budi", language="id", page="https://shop.example/cart") as budi:
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
            assert budi.memory.duplicates == 0
            assert budi.memory.unsent == ()
