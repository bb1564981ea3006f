"""The desk in memory that screens are tested with stands as the real core does."""

from __future__ import annotations

import pytest

from agentdesk.core.commands import CompleteWrapup, EndInteraction, Refused, SaveDraft, SendMessage
from agentdesk.core.model import Presence, Role, State
from agentdesk.errors import Failed
from tests.client.fake_port import FakeDesk


@pytest.fixture
def desk() -> FakeDesk:
    desk = FakeDesk("ana")
    desk.connect()
    desk.available()
    return desk


def test_it_connects_and_is_available(desk: FakeDesk) -> None:
    assert desk.link.state == "live"
    assert desk.mirror.agent is not None
    assert desk.mirror.agent.presence is Presence.AVAILABLE
    assert set(desk.mirror.queues) == {"support", "sales"}


def test_a_customer_is_offered_answered_and_wrapped_up(desk: FakeDesk) -> None:
    chat = desk.customer_writes("Budi", "halo")
    assert [offer.interaction_id for offer in desk.mirror.offers.values()] == [chat]
    desk.accept(chat)
    desk.submit(SendMessage(chat, "selamat pagi", seen=desk.mirror.conversations[chat].interaction.last_message_id))
    desk.customer_writes("Budi", "terima kasih")
    conversation = desk.mirror.conversations[chat]
    assert [m.text for m in conversation.messages] == ["halo", "selamat pagi", "terima kasih"]
    assert conversation.pending == [] and conversation.unread == 1
    desk.submit(EndInteraction(chat))
    assert desk.mirror.conversations[chat].interaction.state is State.WRAPPING
    desk.submit(CompleteWrapup(chat, "solved"))
    assert chat not in desk.mirror.conversations


def test_while_the_server_holds_back_a_reply_is_pending(desk: FakeDesk) -> None:
    chat = desk.chat("Budi", "halo")
    desk.hold()
    desk.submit(SendMessage(chat, "ya"))
    assert [p.command.text for p in desk.mirror.conversations[chat].pending] == ["ya"]
    desk.release()
    assert desk.mirror.conversations[chat].pending == []


def test_what_is_written_offline_goes_out_later_and_what_came_is_counted(desk: FakeDesk) -> None:
    chat = desk.chat("Budi", "halo")
    desk.go_offline()
    desk.customer_writes("Budi", "masih di sana?")
    desk.submit(SaveDraft(chat, "ya, sa", version=1))
    assert desk.link.state == "offline"
    desk.come_back()
    assert (desk.link.state, desk.link.missed) == ("live", 1)
    draft = desk.mirror.conversations[chat].interaction.draft
    assert draft is not None and draft.text == "ya, sa"


def test_an_offer_runs_out(desk: FakeDesk) -> None:
    desk.customer_writes("Budi", "halo")
    desk.advance(31)
    assert desk.mirror.offers == {}
    assert desk.mirror.agent is not None
    assert desk.mirror.agent.presence is Presence.NOT_RESPONDING


def test_a_stale_reply_is_refused(desk: FakeDesk) -> None:
    chat = desk.chat("Budi", "halo")
    seen = desk.mirror.conversations[chat].interaction.last_message_id
    desk.customer_writes("Budi", "eh, tunggu")
    desk.submit(SendMessage(chat, "baik", seen=seen))
    (pending,) = desk.mirror.conversations[chat].pending
    assert pending.code == "stale"


async def test_history_and_search_are_the_stores(desk: FakeDesk) -> None:
    chat = desk.chat("Budi", "pesanan saya belum sampai")
    customer = desk.mirror.conversations[chat].interaction.customer_id
    assert [entry.interaction_id for entry in await desk.timeline(customer)] == [chat]
    assert [hit.message.interaction_id for hit in await desk.search("pesanan")] == [chat]
    desk.refuse_reads = "down"
    with pytest.raises(Failed):
        await desk.search("pesanan")


async def test_do_waits_for_the_answer(desk: FakeDesk) -> None:
    assert isinstance(await desk.do(EndInteraction(99)), Refused)


def test_a_supervisor_sees_agents() -> None:
    desk = FakeDesk("sri", role=Role.SUPERVISOR, mode="monitor")
    desk.colleague("ana")
    desk.connect()
    assert desk.mirror.agent_stats["ana"].presence == "available"
    desk.customer_writes("Budi", "halo")
    assert desk.mirror.agent_stats["ana"].offered == 1
    assert desk.mirror.queue_stats["support"].offered == 1
