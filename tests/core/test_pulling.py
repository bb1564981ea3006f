"""Agents who take the next themselves, or one out of its order."""

from __future__ import annotations

import pytest

from agentdesk.core.commands import EndInteraction, Pick, SetPriority, SetSkills, TakeNext, Transfer
from agentdesk.core.events import OfferAccepted, Offered, PrioritySet, SkillsSet
from agentdesk.core.model import Presence, State
from tests.core.conftest import Make
from tests.core.play import BOSS, Play, queue


def pulling(play: Make) -> Play:
    return play(queue(pull=True), queue("other", pull=True, skills={"fr": 2}))


def test_the_next_is_taken_at_once(play: Make) -> None:
    desk = pulling(play)
    desk.agent("ann", Presence.AWAY)
    first, second = desk.chat(), desk.chat()
    events = desk.does(TakeNext(), "ann")
    offered, accepted = events
    assert isinstance(offered, Offered)
    assert offered.trace is not None
    assert (offered.trace.how, offered.trace.ring, offered.trace.score_s) == ("next", 0, 0)
    assert isinstance(accepted, OfferAccepted)
    assert (accepted.interaction_id, accepted.pulled, accepted.automatic) == (first, "next", False)
    assert (desk[first].agent, desk[second].state) == ("ann", State.QUEUED)
    ledger = desk.who("ann").ledger
    assert (ledger.offered, ledger.accepted, ledger.next, ledger.picked) == (1, 1, 1, 0)


def test_the_best_placed_of_all_or_of_one_queue_that_they_could_take(play: Make) -> None:
    desk = pulling(play)
    desk.agent("ann", Presence.AWAY, skills={"fr": 3})
    desk.agent("bob", Presence.AWAY)
    french, first, urgent = desk.chat("other"), desk.chat(), desk.chat(priority=9)
    desk.does(TakeNext(), "ann")
    assert desk[urgent].agent == "ann"
    desk.does(TakeNext("sales"), "ann")
    assert desk[first].agent == "ann"
    assert desk.refuses(TakeNext(), "bob") == "no_capacity"
    desk.does(TakeNext(), "ann")
    assert desk[french].agent == "ann"


def test_no_room_no_next(play: Make) -> None:
    desk = pulling(play)
    desk.agent("ann", Presence.AWAY, capacity=1)
    desk.chat()
    desk.chat()
    desk.does(TakeNext(), "ann")
    assert desk.refuses(TakeNext(), "ann") == "no_capacity"


def test_who_asks_for_the_next_is_a_known_agent_and_so_is_the_queue(play: Make) -> None:
    desk = pulling(play)
    desk.agent("ann")
    assert desk.refuses(TakeNext("nowhere"), "ann") == "unknown"
    assert desk.refuses(TakeNext(), "zoe") == "unknown"
    assert desk.refuses(TakeNext()) == "not_permitted"


def test_picking_is_a_permission(play: Make) -> None:
    desk = pulling(play)
    desk.agent("ann")
    desk.agent("bob", may_pick=True)
    desk.agent("boss")
    chats = [desk.chat("other") for _ in range(3)]
    assert desk.refuses(Pick(chats[2]), "ann") == "not_permitted"
    assert desk.refuses(Pick(chats[2]), "zoe") == "unknown"
    events = desk.does(Pick(chats[2]), "bob")
    assert events[-1] == OfferAccepted(chats[2], 1, "bob", desk[chats[2]].segment.id, pulled="picked")
    desk.does(Pick(chats[1]), BOSS)
    assert desk[chats[1]].agent == "boss"
    assert desk.who("bob").ledger.picked == 1


def test_only_what_waits_can_be_picked_by_who_has_room(play: Make) -> None:
    desk = pulling(play)
    desk.agent("bob", Presence.AWAY, may_pick=True, capacity=1)
    first, second = desk.chat(), desk.chat()
    desk.does(Pick(first), "bob")
    assert desk.refuses(Pick(first), "bob") == "wrong_state"
    assert desk.refuses(Pick(second), "bob") == "no_capacity"
    assert desk.refuses(Pick(99), "bob") == "unknown"


def test_who_is_not_connected_takes_nothing(play: Make) -> None:
    desk = pulling(play)
    desk.agent("bob", may_pick=True)
    chat = desk.chat("other")
    desk.disconnect("bob")
    assert desk.refuses(TakeNext(), "bob") == "wrong_state"
    assert desk.refuses(Pick(chat), "bob") == "wrong_state"


def test_without_traces_none_is_kept(play: Make) -> None:
    desk = play(queue(pull=True), trace=False)
    desk.agent("ann", Presence.AWAY)
    desk.chat()
    offered = desk.does(TakeNext(), "ann")[0]
    assert isinstance(offered, Offered)
    assert offered.trace is None


def test_a_supervisor_moves_what_waits(play: Make) -> None:
    desk = play()
    first, second = desk.chat(), desk.chat()
    assert desk.does(SetPriority(second, 5), BOSS) == [PrioritySet(second, 5)]
    assert desk.desk.waiting_order("sales") == [second, first]
    assert desk.does(SetPriority(second, 5), BOSS) == []
    desk.agent("ann", capacity=1)
    assert desk.offered_to(second) == "ann"
    desk.does(SetPriority(second, -5), BOSS)
    desk.decline(second, "ann")
    assert desk.offered_to(first) == "ann"


def test_priority_has_bounds_and_is_for_what_waits(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    assert desk.refuses(SetPriority(chat, 1), BOSS) == "wrong_state"
    assert desk.refuses(SetPriority(99, 1), BOSS) == "unknown"
    assert desk.refuses(SetPriority(desk.chat(), 1_001), BOSS) == "invalid"
    assert desk.refuses(SetPriority(chat, 1), "ann") == "not_permitted"
    assert desk.refuses(SetPriority(chat, 1)) == "not_permitted"


@pytest.mark.parametrize("level", [3, 0])
def test_skills_set_by_hand_say_who_may_take_it(play: Make, level: int) -> None:
    desk = play(queue(skills={"fr": 2}))
    desk.agent("ann", skills={"fr": level})
    chat = desk.chat()
    assert desk.offered_to(chat) == ("ann" if level else None)
    wanted = {"fr": 0, "de": 1} if level else {"fr": 0}
    kept = {"de": 1} if level else {}
    assert desk.does(SetSkills(chat, wanted), BOSS)[0] == SkillsSet(chat, kept)
    assert desk[chat].skills == kept
    assert desk.offered_to(chat) == "ann"


def test_a_holder_says_what_it_needs_before_they_hand_it_on(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    assert desk.does(SetSkills(chat, {"fr": 1}), "ann") == [SkillsSet(chat, {"fr": 1})]
    assert desk.does(SetSkills(chat, {"fr": 1, "de": 0}), "ann") == []
    desk.does(EndInteraction(chat), "ann")
    assert desk.refuses(SetSkills(chat, {}), "ann") == "wrong_state"
    assert desk.refuses(SetSkills(desk.chat(), {}), "ann") == "not_permitted"


def test_what_everyone_able_has_refused_can_be_taken_by_them_after_a_pause(play: Make) -> None:
    desk = play(queue(), queue("other", pull=True), refused_pause_s=10)
    desk.agent("ann")
    chat = desk.active("ann")
    desk.does(Transfer(chat, "other"), "ann")
    assert desk.kinds() == ["InteractionTransferred", "Queued", "InteractionRested"]
    assert desk.refuses(TakeNext(), "ann") == "no_capacity"
    desk.later(10)
    desk.does(TakeNext(), "ann")
    assert desk[chat].agent == "ann"
