"""Customers come back to the agent they know, as long as that agent is there and the queue lets them wait."""

from __future__ import annotations

import pytest

from agentdesk.core.commands import CustomerRef, DeclineOffer, SetPresence, StartInteraction, Transfer
from agentdesk.core.events import AffinityEnded, Queued
from agentdesk.core.model import CHAT, Customer, Presence, Rule, Then
from tests.core.conftest import Make
from tests.core.play import BOSS, Play, queue, reloaded

KIM = Customer(70, "Kim", 5)


def comes(desk: Play, ref: CustomerRef, to: str = "sales", **more: object) -> Queued:
    events = desk.does(StartInteraction(CHAT, to, ref, **more))  # type: ignore[arg-type]
    return next(event for event in events if isinstance(event, Queued))


def desk_with(play: Make, **settings: object) -> Play:
    desk: Play = play(queue("sales", affinity_s=30, **settings), queue("plain"))
    for agent in ("ann", "bob"):
        desk.agent(agent, capacity=1)
    return desk


def busy(desk: Play, agent: str) -> int:
    """Ann or Bob have something; whoever else was idle is as before."""
    chat = desk.chat("plain", "Hello")
    while desk.offered_to(chat) != agent:
        desk.decline(chat, desk.offered_to(chat) or "")
    desk.accept(chat, agent)
    return chat


def test_it_does_not_wait_for_who_is_not_there_or_not_able(play: Make) -> None:
    desk = desk_with(play, skills={"fr": 1})
    desk.agent("bob", skills={"fr": 2})
    desk.agent("cy", Presence.AWAY, skills={"fr": 2})
    for last_agent in ("ann", "cy", "zoe", ""):
        number = comes(desk, CustomerRef(name="Kim", last_agent=last_agent)).interaction_id
        assert desk[number].prefer is None


def test_another_queue_of_the_agents_is_not_theirs_to_serve(play: Make) -> None:
    desk = desk_with(play)
    desk.agent("cy", queues=("plain",))
    assert comes(desk, CustomerRef(known=KIM, last_agent="cy")).prefer is None


def test_the_owner_comes_before_who_holds_another_and_they_before_the_last(play: Make) -> None:
    desk = desk_with(play)
    for agent in ("ann", "bob", "cy"):
        desk.agent(agent, capacity=9)
    first = comes(desk, CustomerRef(known=KIM)).interaction_id
    holder = desk.offered_to(first) or ""
    desk.accept(first, holder)
    others = [agent for agent in ("ann", "bob", "cy") if agent != holder]
    assert comes(desk, CustomerRef(known=KIM, last_agent=others[0])).prefer == holder
    owned = CustomerRef(known=KIM, last_agent=others[0])
    assert comes(desk, owned, attributes={"owner": others[1]}).prefer == others[1]
    customers = CustomerRef(known=KIM, attributes={"owner": others[1]})
    assert comes(desk, customers).prefer == others[1]


def test_a_queue_without_affinity_waits_for_nobody(play: Make) -> None:
    desk = desk_with(play)
    queued = comes(desk, CustomerRef(known=KIM, last_agent="ann"), "plain")
    assert (queued.prefer, queued.prefer_until_ms) == (None, None)


def test_who_is_waited_for_comes_before_whom_a_rule_prefers(play: Make) -> None:
    desk: Play = play(queue(affinity_s=30), rules=(Rule("bob", then=Then(prefer=("bob",))),))
    for agent in ("ann", "bob"):
        desk.agent(agent)
    assert comes(desk, CustomerRef(known=KIM, last_agent="ann")).prefer == "ann"
    queued = comes(desk, CustomerRef(name="Other", last_agent="zoe"))
    assert (queued.prefer, queued.prefer_until_ms) == ("bob", None)


def test_who_declines_or_misses_is_not_waited_for(play: Make) -> None:
    desk = desk_with(play)
    number = comes(desk, CustomerRef(known=KIM, last_agent="ann")).interaction_id
    desk.does(DeclineOffer(desk.offer(number)), "ann")
    assert (desk[number].prefer, desk[number].prefer_until_ms) == (None, None)
    assert desk.offered_to(number) == "bob"


def test_to_another_queue_it_goes_without(play: Make) -> None:
    desk = desk_with(play)
    busy(desk, "ann")
    number = comes(desk, CustomerRef(known=KIM, last_agent="ann")).interaction_id
    desk.does(Transfer(number, "plain"), BOSS)
    assert (desk[number].prefer, desk.offered_to(number)) == (None, "bob")


def test_its_time_is_over_at_a_deadline_that_a_restart_knows(play: Make) -> None:
    desk = desk_with(play)
    busy(desk, "ann")
    busy(desk, "bob")
    number = comes(desk, CustomerRef(known=KIM, last_agent="ann")).interaction_id
    assert reloaded(desk).next_deadline() == desk.now + 30_000
    assert desk.later(30) == [AffinityEnded(number, "time")]
    assert (desk[number].prefer, desk[number].prefer_until_ms) == ("ann", None)


def test_it_waits_for_the_last_agent_while_others_are_free(play: Make) -> None:
    desk = desk_with(play)
    chat = busy(desk, "ann")
    queued = comes(desk, CustomerRef(known=KIM, last_agent="ann"))
    assert (queued.prefer, queued.prefer_until_ms) == ("ann", desk.now + 30_000)
    assert desk.offered_to(queued.interaction_id) is None
    desk.does(Transfer(chat, "plain", "bob"), "ann")
    assert desk.offered_to(queued.interaction_id) == "ann"
    desk.accept(queued.interaction_id, "ann")
    taken = desk[queued.interaction_id]
    assert (taken.prefer, taken.prefer_until_ms) == (None, None)


def test_after_its_time_it_goes_to_anyone(play: Make) -> None:
    desk = desk_with(play)
    busy(desk, "ann")
    number = comes(desk, CustomerRef(known=KIM, last_agent="ann")).interaction_id
    events = desk.later(30)
    assert events[0] == AffinityEnded(number, "time")
    assert (desk[number].prefer, desk[number].prefer_until_ms) == ("ann", None)
    assert desk.offered_to(number) == "bob"


@pytest.mark.parametrize("how", ["away", "gone"])
def test_it_is_released_when_they_are_no_longer_there(play: Make, how: str) -> None:
    desk = desk_with(play)
    busy(desk, "ann")
    number = comes(desk, CustomerRef(known=KIM, last_agent="ann")).interaction_id
    events = desk.does(SetPresence(Presence.AWAY), "ann") if how == "away" else desk.disconnect("ann")
    assert AffinityEnded(number, "unavailable") in events
    assert desk.offered_to(number) == "bob"


def test_an_offer_that_ends_with_the_session_releases_it(play: Make) -> None:
    desk = desk_with(play)
    number = comes(desk, CustomerRef(known=KIM, last_agent="ann")).interaction_id
    assert desk.offered_to(number) == "ann"
    desk.disconnect("ann")
    assert AffinityEnded(number, "unavailable") in [recorded.event for recorded in desk.since]
    assert desk.offered_to(number) == "bob"
