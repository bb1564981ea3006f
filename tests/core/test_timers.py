from __future__ import annotations

from agentdesk.core.commands import Tick
from agentdesk.core.timers import SLACK, Timer, Timers
from tests.core.conftest import Make
from tests.core.play import SERVER, reloaded


def test_the_earliest_comes_first_and_what_no_longer_holds_is_dropped() -> None:
    due: dict[int | str, int] = {1: 30, 2: 20, 3: 10}
    timers = Timers(lambda _, whose: due.get(whose))
    for whose, when in due.items():
        timers.set(when, Timer.OFFER, whose)
    del due[3]
    due[2] = 40
    timers.set(40, Timer.OFFER, 2)
    assert timers.next() == (30, Timer.OFFER, 1)
    timers.pop()
    assert timers.next() == (40, Timer.OFFER, 2)
    timers.pop()
    assert timers.next() is None


def test_what_no_longer_holds_does_not_pile_up() -> None:
    due: dict[int | str, int] = {0: 5}
    timers = Timers(lambda _, whose: due.get(whose))
    timers.set(5, Timer.WRAPUP, 0)
    for when in range(10, 10 + 3 * SLACK):
        due[1] = when
        timers.set(when, Timer.OFFER, 1)
    assert len(timers._heap) <= SLACK + 4
    assert timers.next() == (5, Timer.WRAPUP, 0)
    timers.pop()
    assert timers.next() == (10 + 3 * SLACK - 1, Timer.OFFER, 1)


def test_a_tick_may_also_be_a_command(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.chat()
    desk.now += 31_000
    desk.does(Tick(), SERVER)
    assert desk.kinds()[0] == "OfferMissed"
    assert desk.does(Tick(), SERVER) == []


def test_time_never_goes_back(play: Make) -> None:
    desk = play()
    desk.chat()
    before = desk.now
    desk.now -= 10_000
    chat = desk.chat()
    assert desk[chat].queued_ms == before
    desk.now = before


def test_a_restart_remembers_what_rests(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.decline(chat, "ann")
    again = reloaded(desk)
    assert again.next_deadline() == desk.now + 15_000
    events = again.tick(desk.now + 15_000).events
    assert [type(recorded.event).__name__ for recorded in events] == ["EveryoneRefused", "Offered"]


def test_a_restart_remembers_who_is_being_waited_for(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    desk.active("ann")
    desk.disconnect("ann")
    # The check at the end compares the next deadline of this desk with that of one loaded from its rows.
    assert desk.desk.next_deadline() == desk.now + 60_000
