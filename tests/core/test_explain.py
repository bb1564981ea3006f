"""Why something waits and why nothing comes: the explanation names whom the desk then offers it to."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.core import events as e
from agentdesk.core.apply import apply
from agentdesk.core.commands import SetPresence
from agentdesk.core.desk import Desk
from agentdesk.core.model import Presence, Ring, State, Strategy
from agentdesk.core.routing.explain import Stop, why_agent, why_interaction
from tests.core.play import Play, nothing, queue
from tests.core.test_routed_game import Game

BY_ROUTING = frozenset((*(strategy.value for strategy in Strategy), "preferred", "affinity"))


def explained(play: Play) -> int:
    """Follow the log; before each offer that routing made, the explanation has to name its agent first."""
    desk, count = Desk(nothing()), 0
    for recorded in play.log:
        event = recorded.event
        if isinstance(event, e.Offered) and event.trace is not None and event.trace.how in BY_ROUTING:
            why = why_interaction(desk.state, event.offer.interaction_id, recorded.at_ms)
            assert why is not None
            first = why.candidates[0]
            assert (first.agent, first.rank, first.stop) == (event.offer.agent, 1, None)
            assert (why.how, why.score_s, why.ring) == (event.trace.how, event.trace.score_s, event.trace.ring)
            count += 1
        apply(desk.state, recorded)
    return count


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_whom_it_calls_first_gets_the_offer(seed: int) -> None:
    game = Game(seed)
    for _ in range(120):
        game.step()
    explained(game.desk)
    state = game.desk.desk.state
    for one in state.interactions.values():
        why = why_interaction(state, one.id, game.desk.now)
        assert why is not None
        if one.state is State.QUEUED and not why.pull:
            assert why.free == 0, "what somebody could take is offered"
            assert sum(why.stopped.values()) == len(state.agents)


@given(st.sampled_from(tuple(Strategy)), st.lists(st.integers(0, 5), min_size=2, max_size=5), st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_it_agrees_by_every_strategy(strategy: Strategy, levels: list[int], chats: int) -> None:
    play = Play(queue(strategy=strategy, skills={"fr": 1}, wrapup_s=0))
    for number, level in enumerate(levels):
        play.agent(f"a{number}", skills={"fr": level}, capacity=1 + level % 3)
    for number in range(chats):
        chat = play.chat()
        if number % 3 and (agent := play.offered_to(chat)):
            play.accept(chat, agent)
    offered = sum(isinstance(recorded.event, e.Offered) for recorded in play.log)
    assert explained(play) == offered


def test_it_names_the_first_filter_that_removes_each() -> None:
    play = Play(queue(skills={"fr": 3}, rings=(Ring(30, {"fr": 1}),)), queue("back"))
    play.agent("away", Presence.AWAY, skills={"fr": 3})
    play.agent("gone", skills={"fr": 3})
    play.disconnect("gone")
    play.agent("other", queues=("back",))
    play.agent("poor", skills={"fr": 1})
    play.agent("full", skills={"fr": 3}, capacity=0)
    play.agent("maxed", skills={"fr": 3}, channel_max={"chat": 0})
    chat = play.chat()
    why = why_interaction(play.desk.state, chat, play.now)
    assert why is not None
    stops = {one.agent: one.stop for one in why.candidates}
    assert stops == {
        "away": Stop("away"),
        "gone": Stop("signed_out"),
        "other": Stop("queue", "sales"),
        "poor": Stop("skill", "fr", 3, 1),
        "full": Stop("room", "", 1, 0),
        "maxed": Stop("channel_max", "chat", 1, 0),
    }
    assert {one.agent: one.ring for one in why.candidates if one.ring} == {"poor": 1}
    assert (why.place, why.waiting, why.free) == (1, 1, 0)
    assert [(one.what, one.at_ms) for one in why.coming] == [("ring", play[chat].entered_ms + 30_000)]
    cut = why_interaction(play.desk.state, chat, play.now, limit=2)
    assert cut is not None and len(cut.candidates) == 2 and sum(cut.stopped.values()) == 6


def test_what_is_offered_says_until_when() -> None:
    play = Play(queue(affinity_s=60))
    play.agent("ana", capacity=1)
    play.agent("ben", capacity=1)
    first = play.chat()
    refuser = play.offered_to(first)
    assert refuser is not None
    play.decline(first, refuser)
    state = play.desk.state
    why = why_interaction(state, first, play.now)
    assert why is not None and why.state is State.OFFERED and why.agent not in (None, refuser)
    assert [one.what for one in why.coming] == ["offer"]
    assert why_interaction(state, 99, play.now) is None


def test_why_nothing_comes_to_an_agent() -> None:
    play = Play(queue(skills={"fr": 2}), queue("back"), queue("pull", pull=True))
    play.agent("ana", skills={"fr": 1})
    play.chat()
    pulled = play.chat("pull")
    why = why_agent(play.desk.state, "ana", play.now)
    assert why is not None
    assert [(one.queue, one.waiting, one.free, one.stopped) for one in why.queues] == [
        ("sales", 1, 0, {"skill": 1}),
        ("pull", 1, 1, {}),
    ]
    assert why.next == pulled
    play.does(SetPresence(Presence.AWAY, "lunch"), "ana")
    why = why_agent(play.desk.state, "ana", play.now)
    assert why is not None and (why.presence, why.reason) == (Presence.AWAY, "lunch")
    assert why.queues[0].stopped == {"away": 1}
    assert why_agent(play.desk.state, "nobody", play.now) is None
