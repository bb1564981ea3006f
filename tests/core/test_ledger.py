"""What each agent was offered and did with it, by day."""

from __future__ import annotations

from agentdesk.core.commands import CompleteWrapup, DeclineOffer, EndInteraction
from agentdesk.core.ledger import DAY_MS, counted, day_of
from agentdesk.core.model import Ledger, WrapupMode
from tests.core.conftest import Make
from tests.core.play import Play, queue


def stats(desk: Play, agent: str = "ann") -> Ledger:
    found = desk.desk.agent_stats(agent)
    assert found is not None
    return found.ledger


def test_a_day_begins_where_the_desk_says() -> None:
    assert day_of(DAY_MS - 1, 0) == 0
    assert day_of(DAY_MS, 0) == 1
    assert day_of(DAY_MS + 3_599_999, 3_600_000) == 0
    assert counted(Ledger(3, 1, 1), 3 * DAY_MS, 0, "offered") == Ledger(3, 2, 1)
    assert counted(Ledger(3, 1, 1), 3 * DAY_MS, -DAY_MS, "missed") == Ledger(4, missed=1)


def test_offered_taken_declined_missed_and_done(play: Make) -> None:
    desk = play(missed_offers_max=0, refused_pause_s=0)
    desk.agent("ann")
    done = desk.active("ann")
    desk.does(EndInteraction(done), "ann")
    desk.does(CompleteWrapup(done), "ann")
    chat = desk.chat()
    desk.does(DeclineOffer(desk.offer(chat)), "ann")
    desk.later(30)
    assert stats(desk) == Ledger(0, offered=4, accepted=1, declined=1, missed=1, handled=1)


def test_what_is_taken_for_them_counts_as_taken(play: Make) -> None:
    desk = play(queue(auto_accept=True, wrapup=WrapupMode.NONE))
    desk.agent("ann")
    desk.does(EndInteraction(desk.chat()), "ann")
    assert stats(desk) == Ledger(0, offered=1, accepted=1, handled=1)


def test_a_new_day_begins_at_nothing(play: Make) -> None:
    desk = play(day_offset_ms=DAY_MS // 2)
    desk.agent("ann")
    desk.active("ann")
    assert stats(desk) == Ledger(-1, 1, 1)
    desk.later(DAY_MS / 1_000)
    desk.chat()
    assert stats(desk) == Ledger(0, 1, 0)
    assert desk.who("ann").ledger == Ledger(0, 1, 0)


def test_yesterday_is_not_shown_as_today(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.active("ann")
    desk.later(DAY_MS / 1_000)
    desk.agent("bob")
    assert stats(desk) == Ledger(1)
    assert desk.who("ann").ledger == Ledger(0, 1, 1)
