from __future__ import annotations

from agentdesk.core.commands import (
    CustomerEnds,
    CustomerRef,
    EndInteraction,
    Hold,
    RemoveAgent,
    SetPresence,
    Snooze,
    StartInteraction,
    Transfer,
)
from agentdesk.core.model import Ledger, Presence
from agentdesk.core.stats import HEAD_MAX, AgentStats, QueueStats, WaitingItem
from tests.core.conftest import Make
from tests.core.play import BOSS, SECOND, SERVER, Play, queue


def stats(desk: Play, name: str = "sales") -> QueueStats:
    return desk.desk.queue_stats(name)


def test_a_queue_at_rest(play: Make) -> None:
    desk = play(queue(service_level_s=20, reply_target_s=90))
    assert stats(desk) == QueueStats("sales", "Sales", 0, 0, 0, None, 0, 0, 0, 0, 0, None, 20, 90)


def test_where_everything_is(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=5)
    held, snoozed, wrapping, active = (desk.active("ann") for _ in range(4))
    desk.does(Hold(held), "ann")
    desk.does(EndInteraction(wrapping), "ann")
    offered = desk.chat()
    desk.does(Snooze(snoozed, desk.now + 9_000), "ann")
    desk.chat()
    waiting = desk.chat()
    figures = stats(desk)
    assert (figures.waiting, figures.offered, figures.active) == (1, 2, 3)
    assert (figures.agents_ready, figures.agents_signed_in) == (0, 1)
    assert figures.head == (WaitingItem(waiting, "chat", "Kim 7", desk.now, 0),)
    ann = desk.desk.agent_stats("ann")
    assert ann == AgentStats(
        "ann", "Ann", "available", "", ann.since_ms if ann else 0, True, 5, 5, 3, 1, 2, Ledger(0, 6, 4)
    )
    assert desk[offered].offer
    assert desk[active].agent


def test_answered_in_time_is_within_the_service_level(play: Make) -> None:
    desk = play(queue(service_level_s=10))
    late = desk.chat()
    desk.now += 20 * SECOND
    desk.agent("ann")
    desk.accept(late, "ann")
    desk.active("ann")
    assert (stats(desk).answered, stats(desk).answered_in_time) == (2, 1)


def test_abandoned_counts_who_left_before_an_answer(play: Make) -> None:
    desk = play()
    desk.does(CustomerEnds(desk.chat()))
    assert stats(desk).abandoned == 1


def test_the_oldest_is_not_always_the_first_in_line(play: Make) -> None:
    desk = play()
    oldest = desk.chat()
    since = desk.now
    urgent = desk.chat(priority=9)
    assert [item.interaction_id for item in stats(desk).head] == [urgent, oldest]
    assert stats(desk).oldest_ms == since
    desk.does(CustomerEnds(oldest))
    assert stats(desk).oldest_ms == desk[urgent].queued_ms


def test_one_that_came_back_is_as_old_as_before(play: Make) -> None:
    desk = play(agent_grace_s=60)
    desk.agent("ann")
    chat = desk.active("ann")
    since = desk[chat].queued_ms
    desk.disconnect("ann")
    desk.chat()
    desk.later(60)
    assert stats(desk).oldest_ms == since
    desk.does(CustomerEnds(chat))
    assert stats(desk).oldest_ms == desk[2].queued_ms


def test_the_head_is_bounded_and_leaves_out_who_left(play: Make) -> None:
    desk = play()
    chats = [desk.chat() for _ in range(HEAD_MAX + 10)]
    for chat in chats[2:6]:
        desk.does(CustomerEnds(chat))
    expected = [chat for chat in chats if chat not in chats[2:6]][:HEAD_MAX]
    assert [item.interaction_id for item in stats(desk).head] == expected


def test_a_line_over_several_channels_and_skills_is_one_line(play: Make) -> None:
    desk = play(queue(channels=("chat", "email")), queue("other"))
    moved = desk.chat("other")
    order = [desk.chat(), desk.chat(channel="email"), desk.chat()]
    desk.does(Transfer(moved, "sales"), BOSS)
    assert desk.desk.waiting_order("sales") == [moved, *order]
    assert [item.interaction_id for item in stats(desk).head] == [moved, *order]
    assert desk.desk.waiting_order("other") == []


def test_the_estimate_follows_the_pace_of_late_answers(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=3)
    assert stats(desk).estimate_ms == 0
    assert desk.desk.estimate_ms("sales", 1, desk.now) == 0
    for _ in range(3):
        desk.now += 30 * SECOND
        desk.active("ann")
    desk.chat()
    pace = desk.desk.estimate_ms("sales", 1, desk.now)
    assert pace is not None
    assert 20_000 < pace < 31_000
    assert desk.desk.estimate_ms("sales", 3, desk.now) == 3 * pace
    later = desk.desk.estimate_ms("sales", 1, desk.now + 90 * SECOND)
    assert later is not None
    assert later > pace


def test_nobody_signed_in_or_nothing_answered_yet_means_no_estimate(play: Make) -> None:
    desk = play()
    desk.chat()
    assert desk.desk.estimate_ms("sales", 1, desk.now) is None
    desk.agent("ann", capacity=2)
    desk.accept(1, "ann")
    desk.active("ann")
    desk.does(SetPresence(Presence.OFFLINE), "ann")
    assert desk.desk.estimate_ms("sales", 1, desk.now) is None


def test_what_changed_is_told_once(play: Make) -> None:
    desk = play(queue(), queue("other"))
    desk.desk.take_dirty_queues()
    desk.desk.take_dirty_agents()
    desk.chat()
    assert desk.desk.take_dirty_queues() == {"sales"}
    assert desk.desk.take_dirty_queues() == set()
    desk.agent("ann", queues=("other",))
    assert desk.desk.take_dirty_agents() == {"ann"}
    assert desk.desk.take_dirty_queues() == {"other"}
    desk.agent("ben")
    assert desk.desk.take_dirty_queues() == {"sales", "other"}
    desk.does(RemoveAgent("ben"), SERVER)
    assert "ben" in desk.desk.take_dirty_agents()
    assert desk.desk.agent_stats("ben") is None
    desk.does(StartInteraction("chat", "sales", CustomerRef()))


def test_what_everyone_refused_is_counted_while_it_rests(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.chat()
    desk.decline(chat, "ann")
    assert stats(desk).refused == 1
    desk.later(15)
    assert (stats(desk).refused, desk.offered_to(chat)) == (0, "ann")
    desk.decline(chat, "ann")
    desk.does(CustomerEnds(chat))
    assert stats(desk).refused == 0


def test_a_queue_says_whether_its_agents_pull(play: Make) -> None:
    desk = play(queue(pull=True), queue("other"))
    assert [desk.desk.queue_stats(name).pull for name in ("sales", "other")] == [True, False]
