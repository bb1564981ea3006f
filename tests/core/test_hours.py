"""What begins while a queue isn't open, and what becomes of those who wait."""

from __future__ import annotations

import pytest

from agentdesk.core.commands import ConfigureDesk, SetHours
from agentdesk.core.events import HoursChanged, Overflowed, Queued
from agentdesk.core.model import CALLBACK, CHAT, MESSAGE, DeskConfig, Hours, Route, State
from tests.core.conftest import Make
from tests.core.play import SERVER, Play, queue, reloaded


def closed(play: Make, hours: Hours = Hours.CLOSED, **settings: object) -> Play:
    night = queue("night", channels=(CHAT, CALLBACK), skills={"late": 2})
    desk = play(queue("sales", **settings), night)
    desk.does(SetHours("sales", hours), SERVER)
    return desk


def test_hours_change_once(play: Make) -> None:
    desk = closed(play)
    assert desk.does(SetHours("sales", Hours.CLOSED), SERVER) == []
    assert desk.does(SetHours("sales", Hours.OPEN), SERVER) == [HoursChanged("sales", Hours.OPEN)]
    assert desk.desk.queue_stats("sales").hours is Hours.OPEN


def test_the_first_that_is_said_of_a_queues_hours_is_in_the_log(play: Make) -> None:
    # The log alone must tell when it was open, also after a night in which nobody was there to see it open.
    desk = play()
    assert desk.does(SetHours("sales", Hours.OPEN), SERVER) == [HoursChanged("sales", Hours.OPEN)]


def test_there_are_no_hours_of_no_queue(play: Make) -> None:
    assert play().refuses(SetHours("nowhere", Hours.OPEN), SERVER) == "unknown"


def test_hours_are_the_servers_to_say(play: Make) -> None:
    assert play().refuses(SetHours("sales", Hours.CLOSED), "ann") == "not_permitted"


def test_a_queue_without_a_route_lets_them_wait(play: Make) -> None:
    desk = closed(play)
    chat = desk.chat()
    assert desk.kinds() == ["CustomerCreated", "InteractionStarted", "Queued", "MessageAdded"]
    assert desk[chat].state is State.QUEUED
    assert desk.desk.queue_stats("sales").hours is Hours.CLOSED


def test_closed_goes_to_another_queue_with_its_skills(play: Make) -> None:
    desk = closed(play, closed=Route("night"))
    chat = desk.chat()
    _, started, overflowed, queued, _ = [recorded.event for recorded in desk.since]
    assert started.queue == "sales"  # type: ignore[union-attr]
    assert overflowed == Overflowed(chat, "night", CHAT, 1, "closed")
    assert isinstance(queued, Queued)
    assert (queued.queue, queued.reason, queued.segment_id) == ("night", "new", 1)
    assert (desk[chat].queue, desk[chat].skills) == ("night", {"late": 2})
    assert desk.desk.queue_stats("night").waiting == 1
    assert desk.desk.queue_stats("sales").waiting == 0


def test_a_holiday_has_a_route_of_its_own(play: Make) -> None:
    desk = closed(play, Hours.HOLIDAY, channels=(CHAT, MESSAGE), closed=Route("night"), holiday=Route(channel=MESSAGE))
    chat = desk.chat()
    assert (desk[chat].queue, desk[chat].channel) == ("sales", MESSAGE)
    assert "Overflowed" in desk.kinds()


def test_a_callback_weighs_what_a_callback_weighs(play: Make) -> None:
    desk = closed(play, closed=Route("night", CALLBACK))
    chat = desk.chat()
    assert (desk[chat].channel, desk[chat].weight) == (CALLBACK, 6)


def test_a_route_is_followed_once(play: Make) -> None:
    desk = play(queue(closed=Route("night")), queue("night", closed=Route("sales")))
    desk.does(SetHours("sales", Hours.CLOSED), SERVER)
    desk.does(SetHours("night", Hours.CLOSED), SERVER)
    assert desk[desk.chat()].queue == "night"


@pytest.mark.parametrize("route", [Route("gone"), Route("night", MESSAGE), Route("sales"), Route(channel=CHAT)])
def test_a_route_that_leads_nowhere_is_not_taken(play: Make, route: Route) -> None:
    desk = closed(play, closed=route)
    chat = desk.chat()
    assert (desk[chat].queue, desk[chat].channel) == ("sales", CHAT)
    assert "Overflowed" not in desk.kinds()


def test_what_waits_stays_when_the_queue_closes(play: Make) -> None:
    desk = play(queue(closed=Route("night")), queue("night"))
    chat = desk.chat()
    desk.does(SetHours("sales", Hours.CLOSED), SERVER)
    assert desk[chat].queue == "sales"


def test_a_queue_that_is_removed_and_comes_back_is_open(play: Make) -> None:
    desk = closed(play)
    desk.does(ConfigureDesk(DeskConfig(), (queue("night"),)), SERVER)
    desk.does(ConfigureDesk(DeskConfig(), (queue("night"), queue())), SERVER)
    assert desk.desk.queue_stats("sales").hours is Hours.OPEN


def test_after_a_restart_the_server_says_the_hours_again(play: Make) -> None:
    desk = closed(play)
    again = reloaded(desk)
    assert again.queue_stats("sales").hours is Hours.OPEN
    again.handle(SetHours("sales", Hours.CLOSED), desk.now, SERVER)
    assert again.queue_stats("sales").hours is Hours.CLOSED
