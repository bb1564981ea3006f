"""Agents' sessions against a real server: opening, resuming exactly, being told, being cut, ending."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from agentdesk.config.server import LimitSettings
from agentdesk.core.commands import AcceptOffer, Done, EndInteraction, SaveDraft, SendMessage
from agentdesk.core.events import (
    AgentConnected,
    MessageAdded,
    OfferAccepted,
    Offered,
    PresenceChanged,
    Queued,
)
from agentdesk.core.model import MessageKind, Presence, State
from agentdesk.protocol.messages import (
    AgentsFrame,
    Bye,
    ErrorFrame,
    EventFrame,
    Hello,
    Live,
    Ping,
    Pong,
    QueueFrame,
    Snapshot,
    Welcome,
)
from agentdesk.server import catchup
from agentdesk.server.recent import MESSAGES_SHOWN
from agentdesk.store.base import User
from tests.server.conftest import server_settings
from tests.server.wire import Wire, agent, start_chat, wire, write
from tests.serving import RunningServer, put_token, put_user, running_server

WAIT_S = 10.0


async def accept(connection: Wire) -> int:
    """Take what is offered; the interaction's id."""
    offered = await connection.event(Offered)
    assert isinstance(await connection.do(AcceptOffer(offered.offer.id)), Done)
    return offered.offer.interaction_id


# --- opening ----------------------------------------------------------------------------------------------------


async def test_hello_brings_welcome_snapshot_live_and_figures(server: RunningServer) -> None:
    async with wire(server, await server.token("ana")) as ana:
        welcome = await ana.hello()
        await ana.until(QueueFrame)
        kinds = [type(one) for one in ana.seen]
        assert kinds == [Welcome, Snapshot, Live, QueueFrame]
        snapshot = ana.seen[1]
        assert isinstance(snapshot, Snapshot)
        assert (welcome.user, welcome.role, welcome.resume) == ("ana", "agent", "snapshot")
        assert snapshot.agent is not None
        assert snapshot.agent.sessions == 1
        assert {one.id for one in snapshot.queues} == {"support", "sales"}


async def test_a_token_that_is_no_token(server: RunningServer) -> None:
    async with wire(server, "nonsense") as nobody:
        await nobody.send(Hello("nonsense", "c"))
        error = await nobody.until(ErrorFrame)
        assert error.code == "bad_token"
        assert await nobody.closed() == 4001


async def test_an_agent_may_not_monitor_and_a_supervisor_may(server: RunningServer) -> None:
    async with wire(server, await server.token("ana")) as ana:
        await ana.send(Hello(ana.token, "c", mode="monitor"))
        assert (await ana.until(ErrorFrame)).code == "not_permitted"
    async with wire(server, await server.token("sue", "supervisor")) as sue:
        await sue.hello(mode="monitor")
        snapshot = sue.seen[1]
        assert isinstance(snapshot, Snapshot)
        assert snapshot.agent is None
        async with agent(server, "ana"):
            frame = await sue.until(AgentsFrame, lambda one: any(a.presence == "available" for a in one.agents))
            assert [one.id for one in frame.agents if one.presence == "available"] == ["ana"]


async def test_agents_see_the_figures_of_their_own_queues_only(server: RunningServer) -> None:
    async with wire(server, await server.token("bo", queues=("sales",))) as bo:
        await bo.hello()
        frame = await bo.until(QueueFrame)
        assert [one.id for one in frame.queues] == ["sales"]
        snapshot = bo.seen[1]
        assert isinstance(snapshot, Snapshot)
        assert [one.id for one in snapshot.queues] == ["sales"]
        await start_chat(server, queue="support")
        await start_chat(server, queue="sales", visitor="v2")
        frame = await bo.until(QueueFrame)
        assert [(one.id, one.waiting) for one in frame.queues] == [("sales", 1)]
        assert not any(isinstance(one, AgentsFrame) for one in bo.seen)


async def test_figures_that_did_not_change_are_not_sent(server: RunningServer) -> None:
    async with agent(server) as ana:
        figures = [one for one in ana.seen if isinstance(one, QueueFrame)]
        if not any(q.agents_ready for one in figures for q in one.queues):
            await ana.until(QueueFrame, lambda one: any(q.agents_ready for q in one.queues))
        ana.seen.clear()
        await ana.send(Ping(1))
        await ana.until(Pong)
        await server.parts.publisher.send_figures()
        await ana.send(Ping(2))
        await ana.until(Pong)
        assert [type(one) for one in ana.seen] == [Pong, Pong]


# --- events -----------------------------------------------------------------------------------------------------


async def test_a_chat_reaches_its_agent_and_is_answered(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server, "where is my parcel?")
        frame = await ana.until(EventFrame, lambda one: isinstance(one.event, Offered))
        assert frame.about is not None
        assert [one.text for one in frame.about.messages] == ["where is my parcel?"]
        assert frame.about.customer is not None
        assert frame.about.customer.name == "Mai"
        assert frame.about.interaction.state is State.OFFERED
        assert isinstance(frame.event, Offered)
        assert isinstance(await ana.do(AcceptOffer(frame.event.offer.id)), Done)
        number = frame.event.offer.interaction_id
        sent = await ana.do(SendMessage(number, "on its way", client_id="1"))
        assert isinstance(sent, Done)
        await write(server, number, "thanks")
        assert (await ana.event(MessageAdded)).message.text == "thanks"
        seqs = [one.seq for one in ana.events]
        assert seqs == sorted(set(seqs))


async def test_all_sessions_of_an_agent_get_the_same_bytes_and_others_none(server: RunningServer) -> None:
    async with agent(server) as ana, wire(server, ana.token) as second, agent(server, "bo", available=False) as bo:
        await second.hello(client="c-second")
        await start_chat(server)
        one = await ana.until(EventFrame, lambda frame: isinstance(frame.event, Offered))
        two = await second.until(EventFrame, lambda frame: isinstance(frame.event, Offered))
        assert one == two
        await bo.send(Ping(1))
        await bo.until(Pong)
        assert not any(isinstance(frame.event, Offered) for frame in bo.events)


async def test_the_same_key_does_nothing_again(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        first = await ana.do(SendMessage(number, "hi"), key="k")
        assert await ana.do(SendMessage(number, "hi"), key="k") == first
        async with wire(server, ana.token) as other:
            await other.hello(client="c-other")
            assert await other.do(SendMessage(number, "hi"), key="k", again=True) == first
        said = await asyncio.to_thread(server.store.messages, number)
        assert [one.text for one in said] == ["hello", "hi"]


async def test_another_users_key_is_another_key(server: RunningServer) -> None:
    async with agent(server) as ana, agent(server, "bo", available=False) as bo:
        await start_chat(server)
        number = await accept(ana)
        await ana.do(SendMessage(number, "hi"), key="k")
        refused = await bo.do(SendMessage(number, "hi"), key="k")
        assert not isinstance(refused, Done)
        assert refused.code == "not_permitted"


async def test_typing_is_relayed_for_what_one_holds(server: RunningServer) -> None:
    told: list[tuple[int, bool]] = []
    server.parts.on_typing.append(lambda number, active: told.append((number, active)))
    async with agent(server) as ana, agent(server, "bo", available=False) as bo:
        await start_chat(server)
        number = await accept(ana)
        from agentdesk.protocol.messages import Typing

        await bo.send(Typing(number))
        await bo.send(Ping(1))
        await bo.until(Pong)
        await ana.send(Typing(number))
        await ana.send(Ping(1))
        await ana.until(Pong)
        assert told == [(number, True)]
        server.parts.publisher.to_agent("ana", Typing(number, True))
        assert (await ana.until(Typing)).active


# --- resuming ---------------------------------------------------------------------------------------------------


async def test_resume_brings_exactly_what_followed(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        welcome = ana.seen[0]
        assert isinstance(welcome, Welcome)
        last = ana.events[-1].seq
    texts = [f"line {n}" for n in range(20)]
    for text in texts:
        await write(server, number, text)
    async with wire(server, ana.token) as back:
        again = await back.hello(client="c-ana", last_seq=last, epoch=welcome.epoch)
        assert again.resume == "events"
        assert not any(isinstance(one, Snapshot) for one in back.seen)
        said = [one.event.message.text for one in back.events if isinstance(one.event, MessageAdded)]
        assert said == texts
        stored = await asyncio.to_thread(server.store.events, last, 1000, "ana")
        missed = [one.seq for one in stored]
        assert [one.seq for one in back.events][: len(missed)] == missed


async def test_resume_and_what_happens_meanwhile_are_without_gap_or_double(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        welcome = ana.seen[0]
        assert isinstance(welcome, Welcome)
        last = ana.events[-1].seq

    async def talk() -> None:
        for n in range(150):
            await write(server, number, f"line {n}")

    talking = asyncio.ensure_future(talk())
    heard: list[EventFrame] = []
    while not talking.done():
        async with wire(server, ana.token) as back:
            await back.send(Hello(back.token, "c-ana", last_seq=last, epoch=welcome.epoch))
            await _read_some(back, talking)
            assert not any(isinstance(one, Snapshot) for one in back.seen)
            heard += back.events
            last = max([last, *(one.seq for one in back.seen if isinstance(one, EventFrame | Live))])
    await talking
    async with wire(server, ana.token) as back:
        await back.hello(client="c-ana", last_seq=last, epoch=welcome.epoch)
        heard += back.events
    seqs = [one.seq for one in heard]
    assert seqs == sorted(set(seqs))
    texts = [one.event.message.text for one in heard if isinstance(one.event, MessageAdded)]
    assert texts == [f"line {n}" for n in range(150)]


async def _read_some(connection: Wire, talking: asyncio.Future[None]) -> None:
    """A dozen frames, or those that come while the customer still writes."""
    for _ in range(12):
        reading = asyncio.ensure_future(connection.recv())
        await asyncio.wait((reading, talking), return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            reading.cancel()
            return
        reading.result()


async def test_an_offer_that_was_missed_is_resumed_with_what_led_to_it(server: RunningServer) -> None:
    async with agent(server) as ana, wire(server, ana.token) as second:
        welcome = await second.hello(client="c-second")
        last = max([one.seq for one in second.events], default=welcome.seq)
        await second.socket.close()
        await start_chat(server, "in between")
        await accept(ana)
        async with wire(server, ana.token) as back:
            assert (await back.hello(client="c-second", last_seq=last, epoch=welcome.epoch)).resume == "events"
            offered = [one for one in back.events if isinstance(one.event, Offered)]
            assert [one.text for one in offered[0].about.messages] == ["in between"]  # type: ignore[union-attr]
            assert offered[0].about.interaction.state is State.OFFERED  # type: ignore[union-attr]
            assert any(isinstance(one.event, OfferAccepted) for one in back.events)


@pytest.mark.parametrize(
    ("last_seq", "epoch"), [(10**9, None), (1, "another"), (-5, None)], ids=["ahead", "another epoch", "negative"]
)
async def test_who_can_not_resume_gets_a_snapshot(server: RunningServer, last_seq: int, epoch: str | None) -> None:
    async with wire(server, await server.token("ana")) as ana:
        epoch = server.parts.epoch if epoch is None else epoch
        assert (await ana.hello(last_seq=last_seq, epoch=epoch)).resume == "snapshot"


async def test_who_is_too_far_behind_gets_a_snapshot(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catchup, "RESUME_MAX", 10)
    async with agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        last = ana.events[-1].seq
    for n in range(11):
        await write(server, number, f"line {n}")
    async with wire(server, ana.token) as back:
        assert (await back.hello(last_seq=last, epoch=server.parts.epoch)).resume == "snapshot"
        snapshot = back.seen[1]
        assert isinstance(snapshot, Snapshot)
        assert [one.text for one in snapshot.held[0].messages] == ["hello", *(f"line {n}" for n in range(11))]


async def test_a_snapshot_carries_the_newest_messages_only(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
    for n in range(MESSAGES_SHOWN + 5):
        await write(server, number, f"line {n}")
    async with wire(server, ana.token) as back:
        await back.hello()
        snapshot = back.seen[1]
        assert isinstance(snapshot, Snapshot)
        texts = [one.text for one in snapshot.held[0].messages]
        assert texts == [f"line {n}" for n in range(5, MESSAGES_SHOWN + 5)]
        assert snapshot.held[0].interaction.agent == "ana"


async def test_a_draft_survives_in_the_snapshot(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        await ana.do(SaveDraft(number, "half a sen", MessageKind.OUTBOUND, 3))
    async with wire(server, ana.token) as back:
        await back.hello()
        snapshot = back.seen[1]
        assert isinstance(snapshot, Snapshot)
        draft = snapshot.held[0].interaction.draft
        assert draft is not None
        assert (draft.text, draft.version) == ("half a sen", 3)


async def test_everything_goes_on_after_a_restart(tmp_path: Path) -> None:
    config = server_settings(tmp_path)
    async with running_server(tmp_path, config) as server, agent(server) as ana:
        await start_chat(server, "before")
        number = await accept(ana)
        first = await ana.do(SendMessage(number, "reply"), key="k")
        welcome = ana.seen[0]
        assert isinstance(welcome, Welcome)
        last = ana.events[-1].seq
    async with running_server(tmp_path, config) as server, wire(server, ana.token) as back:
        again = await back.hello(client="c-ana", last_seq=last, epoch=welcome.epoch)
        assert again.resume == "events"
        assert await back.do(SendMessage(number, "reply"), key="k", again=True) == first
        await write(server, number, "after")
        assert (await back.event(MessageAdded)).message.text == "after"
        assert isinstance(await back.do(EndInteraction(number)), Done)


async def test_an_offer_of_what_waited_before_a_restart_shows_its_messages(tmp_path: Path) -> None:
    config = server_settings(tmp_path)
    async with running_server(tmp_path, config) as server:
        await start_chat(server, "I was here first")
    async with running_server(tmp_path, config) as server, agent(server) as ana:
        frame = next((one for one in ana.events if isinstance(one.event, Offered)), None)
        frame = frame or await ana.until(EventFrame, lambda one: isinstance(one.event, Offered))
        assert frame.about is not None
        assert [one.text for one in frame.about.messages] == ["I was here first"]
        await start_chat(server, "second", visitor="v2")
        second = await ana.until(EventFrame, lambda one: isinstance(one.event, Offered))
        assert second.seq > frame.seq


# --- ending -----------------------------------------------------------------------------------------------------


async def test_a_client_that_comes_back_takes_the_place_of_its_lost_connection(server: RunningServer) -> None:
    async with agent(server) as ana, wire(server, ana.token) as again:
        await again.hello(client="c-ana")
        assert (await ana.until(Bye)).reason == "replaced"
        assert await ana.closed() == 1000
        assert server.parts.loop.view.agent("ana").sessions == 1


async def test_a_ninth_session_takes_the_place_of_the_first(server: RunningServer) -> None:
    import contextlib

    token = await server.token("ana")
    async with contextlib.AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(wire(server, token)) for _ in range(9)]
        for number, screen in enumerate(screens):
            await screen.hello(client=f"c-{number}")
        assert (await screens[0].until(Bye)).reason == "too_many"
        assert server.parts.loop.view.agent("ana").sessions == 8


async def test_a_revoked_token_ends_its_session_within_two_seconds(server: RunningServer) -> None:
    async with agent(server) as ana:
        await asyncio.sleep(0)
        hashed = next(iter(server.store.tokens("ana"))).hash
        async with asyncio.timeout(2.5):
            await asyncio.to_thread(server.store.revoke_token, hashed)
            assert (await ana.until(Bye)).reason == "signed_out"
        assert await ana.closed() == 4001


async def test_a_disabled_user_is_out_and_what_they_held_waits_again(server: RunningServer) -> None:
    async with agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        user = server.store.user("ana")
        assert user is not None
        import msgspec

        waits = asyncio.Event()
        server.parts.loop.on_committed(
            lambda events: waits.set() if any(isinstance(one.event, Queued) for one in events) else None
        )
        async with asyncio.timeout(2.5):
            await asyncio.to_thread(server.store.put_user, msgspec.structs.replace(user, disabled=True))
            assert (await ana.until(Bye)).reason == "signed_out"
            await waits.wait()
        interaction = server.parts.loop.view.interaction(number)
        assert interaction is not None
        assert interaction.agent is None


async def test_a_changed_account_changes_the_agent_at_once(server: RunningServer) -> None:
    import msgspec

    async with agent(server) as ana:
        user = server.store.user("ana")
        assert isinstance(user, User)
        changed = msgspec.structs.replace(user, name="Ana B.", skills={"vi": 5}, capacity=2)
        await asyncio.to_thread(server.store.put_user, changed)
        from agentdesk.core.events import AgentConfigured

        config = (await ana.event(AgentConfigured)).agent
        assert (config.name, config.skills, config.capacity) == ("Ana B.", {"vi": 5}, 2)


async def test_a_promoted_user_sees_more_without_signing_in_again(server: RunningServer) -> None:
    import msgspec

    async with agent(server) as ana:
        user = server.store.user("ana")
        assert user is not None
        await asyncio.to_thread(server.store.put_user, msgspec.structs.replace(user, role="supervisor"))
        await ana.until(AgentsFrame)


async def test_the_server_says_goodbye_and_answers_first(tmp_path: Path) -> None:
    async with running_server(tmp_path, server_settings(tmp_path)) as server, agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        from agentdesk.protocol.messages import Do, Reply

        await ana.send(Do("last", SendMessage(number, "the last word")))
        await ana.until(Reply, lambda one: one.key == "last")
        server.stop()
        assert (await ana.until(Bye)).reason == "restart"
        assert await ana.closed() == 1012


async def test_a_full_house_turns_others_away(tmp_path: Path) -> None:
    config = server_settings(tmp_path, limits=LimitSettings(sessions_max=1))
    async with running_server(tmp_path, config) as server, agent(server, available=False):
        from websockets.exceptions import InvalidStatus

        with pytest.raises(InvalidStatus):
            async with wire(server, await server.token("bo")):
                pass


async def test_a_client_that_never_reads_is_cut_and_costs_the_others_nothing(tmp_path: Path) -> None:
    config = server_settings(tmp_path, limits=LimitSettings(outbox_bytes=65_536, commands_per_s=5_000))
    async with running_server(tmp_path, config) as server, agent(server) as ana:
        lazy = await asyncio.to_thread(_deaf_client, server, ana.token)
        try:
            await start_chat(server)
            number = await accept(ana)
            for n in range(600):
                await write(server, number, f"{n} " + "x" * 10_000)
                await ana.event(MessageAdded)
                if len(server.parts.sessions) == 1:
                    break
            assert len(server.parts.sessions) == 1
            assert isinstance(await ana.do(SendMessage(number, "still here")), Done)
        finally:
            lazy.close()


def _deaf_client(server: RunningServer, token: str) -> socket.socket:
    """A WebSocket client in the simplest form that says hello and then never reads."""
    from websockets.sync.client import connect

    opened = socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1])))
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client = connect(server.ws_url, sock=opened, compression=None, max_queue=1, legacy=True)
    from agentdesk.protocol.codec import encode

    client.send(encode(Hello(token, "c-deaf")).decode())
    while '"live"' not in client.recv(WAIT_S):
        pass
    client.protocol.recv_buffer = None  # type: ignore[attr-defined]
    return client.socket


async def test_connected_agents_get_their_grace_time_after_a_restart(tmp_path: Path) -> None:
    config = server_settings(tmp_path)
    async with running_server(tmp_path, config) as server, agent(server) as ana:
        await start_chat(server)
        number = await accept(ana)
        await asyncio.to_thread(put_user, server.store, "zoe")
        await asyncio.to_thread(put_token, server.store, "zoe")
    async with running_server(tmp_path, config) as server:
        known = server.parts.loop.view.agent("ana")
        assert known.sessions == 0
        assert known.lost_since_ms is not None
        assert known.presence is Presence.AVAILABLE
        assert server.parts.loop.view.interaction(number).agent == "ana"


async def test_presence_events_reach_the_agent(server: RunningServer) -> None:
    async with agent(server) as ana:
        kinds = [type(one.event) for one in ana.events]
        assert PresenceChanged in kinds
        assert AgentConnected not in kinds
