from __future__ import annotations

from agentdesk.core.commands import CompleteWrapup, ConfigureAgent, DeclineOffer, EndInteraction, RemoveAgent
from agentdesk.core.model import AgentConfig, State, WrapupMode
from tests.core.conftest import Make
from tests.core.play import SECOND, SERVER, queue

QUICK = {"wrapup": WrapupMode.NONE}


def test_first_come_first_served(play: Make) -> None:
    desk = play()
    first, second = desk.chat(), desk.chat()
    desk.agent("ann", capacity=1)
    assert desk.offered_to(first) == "ann"
    assert desk[second].state is State.QUEUED


def test_a_step_of_priority_is_worth_so_much_waiting(play: Make) -> None:
    desk = play(priority_s=60)
    long_ago = desk.chat()
    desk.now += 61 * SECOND
    urgent = desk.chat(priority=1)
    desk.now -= 3 * SECOND
    more_urgent = desk.chat(priority=2)
    assert desk.desk.waiting_order("sales") == [more_urgent, long_ago, urgent]


def test_who_has_been_idle_longest_gets_it(play: Make) -> None:
    desk = play()
    for agent in ("ann", "ben", "eve"):
        desk.agent(agent)
    assert [desk.offered_to(desk.chat()) for _ in range(4)] == ["ann", "ben", "eve", "ann"]


def test_being_freed_counts_as_not_idle(play: Make) -> None:
    desk = play(queue(**QUICK))
    desk.agent("ann")
    chat = desk.active("ann")
    desk.agent("ben")
    desk.does(EndInteraction(chat), "ann")
    assert desk.offered_to(desk.chat()) == "ben"


def test_capacity_is_in_points_and_channels_weigh_differently(play: Make) -> None:
    desk = play(queue(channels=("chat", "call")), weights={"chat": 1, "call": 3}, refused_pause_s=0)
    desk.agent("ann", capacity=4)
    chats = [desk.chat(), desk.chat()]
    call = desk.chat(channel="call")
    assert desk[call].state is State.QUEUED
    desk.does(DeclineOffer(desk.offer(chats[0])), "ann")
    # The only agent there has refused it, so it starts again; but the call, though later, does not fit either way.
    assert desk.offered_to(chats[0]) == "ann"
    for chat in chats:
        desk.accept(chat, "ann")
    desk.does(EndInteraction(chats[0]), "ann")
    desk.does(CompleteWrapup(chats[0]), "ann")
    assert desk.offered_to(call) == "ann"
    assert desk.who("ann").load == 4


def test_a_channel_may_have_a_limit_of_its_own(play: Make) -> None:
    desk = play(queue(channels=("chat", "email")))
    desk.agent("ann", channel_max={"email": 1})
    first = desk.chat(channel="email")
    second = desk.chat(channel="email")
    chat = desk.chat()
    assert desk.offered_to(first) == desk.offered_to(chat) == "ann"
    assert desk[second].state is State.QUEUED
    desk.accept(first, "ann")
    desk.does(EndInteraction(first), "ann")
    desk.does(CompleteWrapup(first), "ann")
    assert desk.offered_to(second) == "ann"


def test_a_limit_set_later_counts_what_is_there_already(play: Make) -> None:
    desk = play(queue(channels=("chat", "email")))
    desk.agent("ann")
    desk.active("ann", channel="email")
    desk.does(ConfigureAgent(AgentConfig("ann", "Ann", channel_max={"email": 1})), SERVER)
    assert desk[desk.chat(channel="email")].state is State.QUEUED


def test_queues_and_skills_decide_who_can(play: Make) -> None:
    desk = play(queue(), queue("support", skills={"tech": 3, "any": 0}))
    desk.agent("seller", queues=("sales",), skills={"tech": 5})
    desk.agent("junior", skills={"tech": 2})
    chat = desk.chat("support")
    assert desk[chat].state is State.QUEUED
    desk.agent("expert", queues=("support",), skills={"tech": 3})
    assert desk.offered_to(chat) == "expert"
    assert [desk.offered_to(desk.chat()) for _ in range(2)] == ["seller", "junior"]


def test_one_agent_may_serve_many_queues_the_best_placed_first(play: Make) -> None:
    desk = play(queue("a"), queue("b"), queue("c"))
    order = [desk.chat("c"), desk.chat("a"), desk.chat("b", priority=1)]
    desk.agent("ann", capacity=1)
    assert desk.offered_to(order[2]) == "ann"


def test_when_several_become_free_together_the_first_in_line_goes_to_the_longest_idle(play: Make) -> None:
    desk = play(queue(**QUICK), queue("other", **QUICK), agent_grace_s=60)
    desk.agent("ann", capacity=2)
    desk.active("ann")
    desk.active("ann", queue="other")
    desk.agent("ben", capacity=1)
    blocker = desk.active("ben")
    desk.agent("eve", capacity=1)
    other = desk.active("eve")
    desk.disconnect("ann")
    desk.later(60)
    assert desk.desk.waiting_order("sales") == [1]
    desk.does(EndInteraction(blocker), "ben")
    assert desk.offered_to(1) == "ben"
    desk.does(EndInteraction(other), "eve")
    assert desk.offered_to(2) == "eve"


def test_many_wrap_ups_that_end_together_are_filled_one_by_one(play: Make) -> None:
    desk = play(queue(wrapup_s=30))
    chats = []
    for agent in ("ann", "ben", "eve"):
        desk.agent(agent, capacity=1)
        chats.append(desk.active(agent))
    waiting = [desk.chat() for _ in range(4)]
    for agent, chat in zip(("ann", "ben", "eve"), chats, strict=True):
        desk.does(EndInteraction(chat), agent)
    desk.later(31)
    assert [desk.offered_to(chat) for chat in waiting[:3]] == ["ann", "ben", "eve"]
    assert desk[waiting[3]].state is State.QUEUED


def test_a_refused_one_is_found_among_the_others_by_rank(play: Make) -> None:
    desk = play()
    desk.agent("ann", capacity=2)
    first, second = desk.chat(), desk.chat()
    desk.agent("ben", capacity=1)
    desk.agent("eve", capacity=1)
    for agent in ("ben", "eve"):
        desk.active(agent)
    third = desk.chat()
    desk.decline(first, "ann")
    assert desk.offered_to(third) == "ann"
    desk.does(EndInteraction(desk.who("ben").holding[0]), "ben")
    desk.does(CompleteWrapup(desk.who("ben").holding[0]), "ben")
    assert desk.offered_to(first) == "ben"
    assert desk.offered_to(second) == "ann"


def test_a_refused_one_goes_past_its_refuser_who_is_idle_longest(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.agent("ben", capacity=1)
    desk.active("ann")
    chat = desk.active("ben")
    lonely = desk.chat()
    desk.decline(lonely, "ann")
    # Ann refused it, then Ben and Eve are touched after her: she stands first and is passed over.
    desk.does(EndInteraction(chat), "ben")
    desk.does(CompleteWrapup(chat), "ben")
    assert desk.offered_to(lonely) == "ben"
    desk.agent("eve")
    desk.decline(lonely, "ben")
    assert desk.offered_to(lonely) == "eve"


def test_an_agent_who_was_removed_is_not_waited_for(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    desk.agent("ben", capacity=1)
    chat = desk.chat()
    desk.active("ben")
    desk.decline(chat, "ann")
    assert desk[chat].state is State.QUEUED
    desk.does(RemoveAgent("ben"), SERVER)
    assert desk.kinds() == ["Queued", "AgentRemoved", "InteractionRested", "Offered"]
    desk.later(15)
    assert desk.offered_to(chat) == "ann"
