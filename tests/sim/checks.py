"""What must hold once a simulated afternoon has come to rest."""

from __future__ import annotations

from collections import Counter, defaultdict

import msgspec

from agentdesk.core import commands as c
from agentdesk.core import events as e
from agentdesk.core.events import Recorded
from agentdesk.core.model import Agent, Message, MessageKind
from tests.sim.agents import SimAgent
from tests.sim.world import World

EVENTS_MAX = 1_000_000
NEWEST = 2**62


def check(world: World) -> None:
    """All of it."""
    log = world.store.events(0, EVENTS_MAX)
    messages = [one.event.message for one in log if isinstance(one.event, e.MessageAdded)]
    assert [one.seq for one in log] == list(range(1, len(log) + 1)), "the log has a gap"
    _nothing_twice(messages)
    _nothing_lost(world, log, messages)
    _order_kept(world, messages)
    _one_owner(log)
    _durable_as_it_stands(world)
    for agent in world.agents.values():
        _mirror_is_the_servers_view(world, agent)


def _nothing_twice(messages: list[Message]) -> None:
    names = Counter(message.client_id for message in messages if message.client_id)
    twice = [name for name, count in names.items() if count > 1]
    assert not twice, f"handled twice: {twice}"


def _nothing_lost(world: World, log: list[Recorded], messages: list[Message]) -> None:
    kept = {message.client_id: message for message in messages}
    for visitor in world.visitors:
        for said in visitor.acknowledged:
            assert said in kept, f"lost: {said}"
    for told in world.told:
        if isinstance(told.command, c.SendMessage):
            message = kept.get(told.command.client_id)
            assert message is not None and message.id == told.done.id, f"lost: {told}"
    _commands_took_effect(world, log)


def _commands_took_effect(world: World, log: list[Recorded]) -> None:
    accepted = {(one.event.agent, one.event.offer_id) for one in log if isinstance(one.event, e.OfferAccepted)}
    closed = {one.event.interaction_id for one in log if isinstance(one.event, e.InteractionClosed)}
    for told in world.told:
        assert told.done.seq <= len(log), f"acknowledged and gone: {told}"
        if isinstance(told.command, c.AcceptOffer):
            assert (told.agent, told.command.offer_id) in accepted, f"not theirs: {told}"
        if isinstance(told.command, c.CompleteWrapup):
            assert told.command.interaction_id in closed, f"not closed: {told}"


def _order_kept(world: World, messages: list[Message]) -> None:
    lines: dict[object, list[int]] = defaultdict(list)
    for message in messages:
        if message.kind is MessageKind.INBOUND:
            lines[message.text.split()[0]].append(int(message.text.split()[1]))
        elif message.client_id:
            client, _, number = message.client_id.rpartition(".")
            lines[client, message.interaction_id].append(int(number))
    for line, numbers in lines.items():
        assert numbers == sorted(numbers), f"{line} said it in another order: {numbers}"


def _one_owner(log: list[Recorded]) -> None:
    owner: dict[int, str] = {}
    for recorded in log:
        match recorded.event:
            case e.OfferAccepted(interaction_id=number, agent=agent):
                assert number not in owner, f"{number} went to {agent} while {owner[number]} had it"
                owner[number] = agent
            case e.Queued(interaction_id=number) | e.InteractionTransferred(interaction_id=number):
                owner.pop(number, None)
            case e.InteractionClosed(interaction_id=number) | e.InteractionAbandoned(interaction_id=number):
                owner.pop(number, None)


def _durable_as_it_stands(world: World) -> None:
    """What a restart would find is what the desk has now."""
    state = world.server.parts.loop.desk.state
    loaded = world.store.load()
    assert {one.id: one for one in loaded.interactions} == state.interactions
    assert {one.config.id: one for one in loaded.agents} == state.agents
    assert loaded.counters == state.counters


def _mirror_is_the_servers_view(world: World, agent: SimAgent) -> None:
    desk = world.server.parts.loop.desk
    mirror, state = agent.mirror, desk.state
    ours = state.working_on(state.agents[agent.name])
    shown = {number: chat.interaction for number, chat in mirror.conversations.items()}
    assert shown == {one.id: one for one in ours}, f"{agent.name}'s conversations"
    assert set(mirror.offers) == {one.offer.id for one in ours if one.offer is not None}
    assert mirror.agent is not None
    assert _comparable(mirror.agent) == _comparable(state.agents[agent.name])
    assert mirror.queue_stats == {queue: desk.queue_stats(queue) for queue in state.queues}
    for number, chat in mirror.conversations.items():
        kept = world.store.messages(number, before=NEWEST, limit=max(1, len(chat.messages)))
        assert chat.messages == kept, f"{agent.name}'s transcript of {number}"
        assert not [pending for pending in chat.pending if not pending.failed], f"{number} still pending"
        assert chat.customer is not None and chat.customer == world.store.customer(chat.interaction.customer_id)
        assert chat.unread == sum(m.kind is MessageKind.INBOUND and m.id > chat.seen_upto for m in kept)


def _comparable(agent: Agent) -> Agent:
    """Without what only routing needs, and in one order."""
    return msgspec.structs.replace(
        agent,
        idle_since_ms=0,
        idle_seq=0,
        holding=tuple(sorted(agent.holding)),
        offers=tuple(sorted(agent.offers)),
    )
