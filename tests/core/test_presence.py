from __future__ import annotations

from agentdesk.core.commands import ConfigureAgent, SetPresence
from agentdesk.core.events import PresenceChanged
from agentdesk.core.model import AgentConfig, Presence
from tests.core.conftest import Make
from tests.core.play import BOSS, SERVER


def test_who_says_available_is_offered_what_waits(play: Make) -> None:
    desk = play()
    desk.agent("ann", Presence.OFFLINE)
    desk.chat()
    desk.does(SetPresence(Presence.AVAILABLE), "ann")
    assert desk.kinds() == ["PresenceChanged", "Offered"]


def test_who_is_available_but_not_connected_is_not(play: Make) -> None:
    desk = play()
    desk.does(ConfigureAgent(AgentConfig("ann", "Ann")), SERVER)
    desk.chat()
    desk.does(SetPresence(Presence.AVAILABLE), "ann")
    assert desk.kinds() == ["PresenceChanged"]
    desk.connect("ann")
    assert desk.kinds() == ["AgentConnected", "Offered"]


def test_a_reason_belongs_to_it_and_another_reason_does_not_restart_the_time(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.does(SetPresence(Presence.AWAY, "lunch"), "ann")
    since = desk.now
    desk.does(SetPresence(Presence.AWAY, "training"), "ann")
    assert (desk.who("ann").reason, desk.who("ann").presence_since_ms) == ("training", since)


def test_saying_the_same_again_changes_nothing(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    assert desk.does(SetPresence(Presence.AVAILABLE), "ann") == []


def test_a_supervisor_may_say_it_for_others(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    events = desk.does(SetPresence(Presence.AWAY, "meeting", "ann"), BOSS)
    assert events == [PresenceChanged("ann", Presence.AWAY, "meeting", "boss")]


def test_who_may_say_what(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    assert desk.refuses(SetPresence(Presence.AWAY, agent="ann"), "ben") == "not_permitted"
    assert desk.refuses(SetPresence(Presence.AWAY), SERVER) == "not_permitted"
    assert desk.refuses(SetPresence(Presence.AWAY), "ghost") == "unknown"
    assert desk.refuses(SetPresence(Presence.NOT_RESPONDING), "ann") == "invalid"
