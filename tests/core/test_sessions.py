from __future__ import annotations

from agentdesk.core.commands import (
    ConfigureAgent,
    EndInteraction,
    Hold,
    ServerStarted,
    SessionClosed,
    SessionOpened,
    SetPresence,
)
from agentdesk.core.model import AgentConfig, Presence, State
from tests.core.conftest import Make
from tests.core.play import SERVER, queue


def test_the_last_session_takes_the_offers_with_it_but_not_what_is_held(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.connect("ann")
    held, offered = desk.active("ann"), desk.chat()
    desk.disconnect("ann")
    assert desk.kinds() == ["AgentDisconnected"]
    desk.disconnect("ann")
    assert desk.kinds() == ["AgentDisconnected", "OfferRescinded", "Queued"]
    assert desk[offered].state is State.QUEUED
    assert desk[held].agent == "ann"


def test_back_within_the_grace_time_goes_on_as_before(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    held = desk.active("ann")
    desk.disconnect("ann")
    desk.later(59)
    desk.connect("ann")
    assert desk.later(600) == []
    assert (desk[held].agent, desk.who("ann").presence) == ("ann", Presence.AVAILABLE)


def test_a_lost_agents_conversations_return_to_their_old_place(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    active, held, wrapping = (desk.active("ann") for _ in range(3))
    place = (desk[active].queued_ms, desk[active].place)
    desk.does(Hold(held), "ann")
    desk.does(EndInteraction(wrapping), "ann")
    desk.disconnect("ann")
    later = desk.chat()
    desk.later(60)
    assert desk.kinds() == ["AgentLost", "Queued", "Queued"]
    assert {recorded.agent for recorded in desk.since} == {"ann"}
    assert desk.desk.waiting_order("sales") == [active, held, later]
    assert (desk[active].queued_ms, desk[active].place) == place
    assert (desk[wrapping].state, desk[wrapping].agent) == (State.WRAPPING, "ann")
    assert (desk.who("ann").presence, desk.who("ann").reason) == (Presence.OFFLINE, "lost")


def test_who_comes_back_gets_their_own_first(play: Make) -> None:
    desk = play(agent_grace_s=60)
    older = desk.chat(priority=5)
    desk.agent("ann", capacity=2)
    desk.accept(older, "ann")
    mine = desk.active("ann")
    desk.disconnect("ann")
    desk.later(60)
    desk.agent("ben", capacity=1)
    assert desk.offered_to(older) == "ben"
    newer = desk.chat(priority=9)
    desk.connect("ann")
    desk.does(SetPresence(Presence.AVAILABLE), "ann")
    offers = [recorded.event.offer.interaction_id for recorded in desk.since[1:]]  # type: ignore[union-attr]
    assert offers == [mine, newer]


def test_what_prefers_someone_goes_to_them_before_who_is_idle_longer(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(EndInteraction(chat), "ann")
    desk.disconnect("ann")
    desk.later(60)
    desk.agent("ben")
    # The customer writes into the wrap-up of someone who is gone; meanwhile she is back, but not at her desk.
    desk.writes(chat)
    assert desk.kinds() == ["InteractionReopened", "Queued", "MessageAdded", "Offered"]
    assert desk.offered_to(chat) == "ben"


def test_a_wrap_up_goes_on_when_its_agent_returns(play: Make) -> None:
    desk = play(queue(wrapup_s=600), agent_grace_s=60)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(EndInteraction(chat), "ann")
    desk.disconnect("ann")
    desk.later(61)
    desk.connect("ann")
    assert desk[chat].agent == "ann"
    desk.later(600)
    assert desk.kinds() == ["InteractionClosed"]


def test_an_offline_agent_with_nothing_is_not_lost(play: Make) -> None:
    desk = play()
    desk.agent("ann", Presence.OFFLINE)
    desk.disconnect("ann")
    assert desk.desk.next_deadline() is None


def test_an_offline_agent_who_holds_something_is_lost_without_change_of_presence(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(SetPresence(Presence.OFFLINE, "home"), "ann")
    since = desk.now
    desk.disconnect("ann")
    desk.later(60)
    assert desk[chat].state is State.QUEUED
    assert (desk.who("ann").reason, desk.who("ann").presence_since_ms) == ("home", since)


def test_a_new_server_process_has_no_sessions(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    desk.connect("ann")
    desk.does(ConfigureAgent(AgentConfig("ben", "Ben")), SERVER)
    chat = desk.active("ann")
    desk.does(ServerStarted(), SERVER)
    assert desk.kinds() == ["AgentDisconnected"]
    assert desk.who("ann").sessions == 0
    desk.later(60)
    assert desk[chat].state is State.QUEUED


def test_whose_sessions(play: Make) -> None:
    desk = play()
    assert desk.refuses(SessionOpened("ghost"), SERVER) == "unknown"
    assert desk.refuses(SessionClosed("ghost"), SERVER) == "unknown"
    assert desk.refuses(SessionOpened("ann"), "ann") == "not_permitted"
    desk.agent("ann", Presence.OFFLINE)
    desk.disconnect("ann")
    assert desk.disconnect("ann") == []
