from __future__ import annotations

import msgspec

from agentdesk.core.commands import ConfigureAgent, ConfigureDesk, CustomerEnds, EndInteraction, RemoveAgent, Snooze
from agentdesk.core.events import AgentConfigured, QueueConfigured, QueueRemoved
from agentdesk.core.model import AgentConfig, DeskConfig, State
from tests.core.conftest import Make
from tests.core.play import SERVER, queue


def test_only_what_differs_is_an_event(play: Make) -> None:
    desk = play()
    assert desk.does(ConfigureDesk(DeskConfig(), (queue(),)), SERVER) == []
    other = queue(service_level_s=5)
    assert desk.does(ConfigureDesk(DeskConfig(), (other,)), SERVER) == [QueueConfigured(other)]
    config = AgentConfig("ann", "Ann")
    assert desk.does(ConfigureAgent(config), SERVER) == [AgentConfigured(config)]
    assert desk.does(ConfigureAgent(config), SERVER) == []


def test_a_queue_goes_when_nothing_of_it_is_live(play: Make) -> None:
    desk = play(queue(), queue("old"))
    chat = desk.chat("old")
    assert desk.does(ConfigureDesk(DeskConfig(), (queue(),)), SERVER) == []
    desk.does(CustomerEnds(chat))
    assert desk.does(ConfigureDesk(DeskConfig(), (queue(),)), SERVER) == [QueueRemoved("old")]
    assert desk.take().queues == {"sales": queue(), "old": None}


def test_a_longer_grace_time_counts_for_who_is_already_away(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    desk.disconnect("ann")
    desk.does(ConfigureDesk(DeskConfig(agent_grace_s=600), (queue(),)), SERVER)
    assert desk.later(599) == []
    desk.later(2)
    assert desk.kinds() == ["AgentLost"]


def test_a_shorter_one_too(play: Make) -> None:
    desk = play(agent_grace_s=600, customer_grace_s=600)
    desk.agent("ann")
    desk.agent("ben", capacity=0)
    desk.disconnect("ann")
    desk.chat()
    desk.does(ConfigureDesk(DeskConfig(agent_grace_s=60), (queue(),)), SERVER)
    desk.later(61)
    assert desk.kinds() == ["AgentLost"]


def test_what_priority_is_worth_can_change_while_they_wait(play: Make) -> None:
    desk = play(priority_s=0)
    desk.agent("busy", capacity=0)
    first = desk.chat()
    second = desk.chat(priority=1)
    assert desk.desk.waiting_order("sales") == [first, second]
    desk.does(ConfigureDesk(DeskConfig(priority_s=60), (queue(),)), SERVER)
    assert desk.desk.waiting_order("sales") == [second, first]
    desk.agent("ann")
    assert desk.offered_to(second) == "ann"


def test_more_capacity_is_used_at_once(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=1)
    desk.chat()
    waiting = desk.chat()
    desk.does(ConfigureAgent(AgentConfig("ann", "Ann", capacity=2)), SERVER)
    assert desk.offered_to(waiting) == "ann"


def test_other_skills_open_other_queues(play: Make) -> None:
    desk = play(queue(skills={"german": 3}))
    desk.agent("ann", skills={"german": 2})
    chat = desk.chat()
    assert desk[chat].state is State.QUEUED
    desk.does(ConfigureAgent(AgentConfig("ann", "Ann", skills={"german": 3})), SERVER)
    assert desk.offered_to(chat) == "ann"


def test_a_removed_agents_work_goes_back_and_their_wrap_ups_close(play: Make) -> None:
    desk = play(queue(default_disposition="none"))
    desk.agent("ann")
    wrapping, active, snoozed = (desk.active("ann") for _ in range(3))
    desk.does(EndInteraction(wrapping), "ann")
    desk.does(Snooze(snoozed, desk.now + 60_000), "ann")
    offered = desk.chat()
    desk.does(RemoveAgent("ann"), SERVER)
    assert desk.kinds()[-1] == "AgentRemoved"
    assert desk.take().removed_agents == {"ann"}
    assert {desk[i].state for i in (active, snoozed, offered)} == {State.QUEUED}
    assert desk[wrapping].disposition == "none"
    assert desk.desk.waiting_order("sales") == [active, snoozed, offered]
    assert desk.refuses(RemoveAgent("ann"), SERVER) == "unknown"


def test_a_removed_agent_may_come_back(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.does(RemoveAgent("ann"), SERVER)
    desk.agent("ben")
    desk.agent("ann")
    first, second = desk.chat(), desk.chat()
    assert {desk.offered_to(first), desk.offered_to(second)} == {"ann", "ben"}
    assert desk.take().removed_agents == set()


def test_changes_handed_out_do_not_change_any_more(play: Make) -> None:
    desk = play()
    chat = desk.chat()
    row = desk.take().interactions[chat]
    before = msgspec.json.encode(row)
    desk.writes(chat)
    assert msgspec.json.encode(row) == before
