"""Chats go by the settings: rules on what is written, routes outside hours, and new settings while visitors wait."""

from __future__ import annotations

from pathlib import Path

import msgspec
from people import agent_at
from serving import quick_queue, running_server, settings

from agentdesk.client.visitor import Visitor
from agentdesk.config.server import HoursSettings, RouteSettings, RuleSettings, ThenSettings, WhenSettings
from agentdesk.protocol.webchat import ChatState

NEVER = HoursSettings(timezone="UTC")


async def test_a_rule_sends_a_chat_by_its_words_and_language(tmp_path: Path) -> None:
    rule = RuleSettings(
        name="refunds",
        when=WhenSettings(words=("uang kembali",), languages=("id",), page=("*/cart*",)),
        then=ThenSettings(queue="billing", priority=3, tags=("refund",)),
    )
    config = settings(tmp_path, queues=(quick_queue(), quick_queue("billing")), rules=(rule,))
    async with (
        running_server(tmp_path, config) as server,
        agent_at(server.url, await server.token("ana", queues=("billing",))) as ana,
        agent_at(server.url, await server.token("eko", queues=("support",))) as eko,
        Visitor(server.url, page="https://shop.example/cart?x=1") as budi,
        Visitor(server.url, page="https://shop.example/") as sari,
    ):
        await budi.say("Saya mau UANG KEMBALI")
        it = ana.conversation(await ana.accept()).interaction
        assert (it.queue, it.priority, it.tags, it.language) == ("billing", 3, ("refund",), "id")
        await sari.say("mau uang kembali dong")
        it = eko.conversation(await eko.accept()).interaction
        assert (it.queue, it.priority, it.tags) == ("support", 0, ()), "not from that page"


async def test_outside_hours_another_queue_serves(tmp_path: Path) -> None:
    day = quick_queue(hours=NEVER, closed=RouteSettings(queue="night"))
    async with (
        running_server(tmp_path, settings(tmp_path, queues=(day, quick_queue("night")))) as server,
        agent_at(server.url, await server.token("ana", queues=("night",))) as ana,
        Visitor(server.url) as budi,
    ):
        await budi.wait_for(lambda memory: memory.status.state is ChatState.NEW)
        await budi.say("anybody awake?")
        assert ana.conversation(await ana.accept()).interaction.queue == "night"


async def test_a_visitor_sees_a_queue_close_by_new_settings(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, settings(tmp_path, queues=(quick_queue(),))) as server,
        agent_at(server.url, await server.token("ana")),
        Visitor(server.url) as budi,
    ):
        await budi.wait_for(lambda memory: memory.status.state is ChatState.NEW)
        closed = msgspec.structs.replace(server.parts.settings, queues=(quick_queue(hours=NEVER),))
        await server.parts.configurations._take(closed)
        await budi.wait_for(lambda memory: memory.status.state is ChatState.OFFLINE)
