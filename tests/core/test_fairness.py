"""Fairness can be proved from the log, nothing starves, and the strategies do what their names say."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from agentdesk.core import commands as c
from agentdesk.core.events import Offered
from agentdesk.core.model import DeskConfig, QueueConfig, Strategy, WrapupMode
from tests.core.desk_dice import Dice
from tests.core.desk_draws import Draw
from tests.core.desk_game import DeskGame
from tests.core.log_proof import Proof
from tests.core.play import Play, queue

STEPS = 300


class PlainDraw(Draw):
    """The longest idle get it, of a queue's own agents."""

    def queue(self, name: str) -> QueueConfig:
        return replace(super().queue(name), strategy=Strategy.LONGEST_IDLE, rings=())

    def desk(self) -> DeskConfig:
        return replace(super().desk(), interrupts={})


class PlainGame(DeskGame):
    drawing = PlainDraw


def test_the_log_proves_the_idle_order_and_the_ledgers() -> None:
    assert sum(proved(seed) for seed in range(10)) > 20, "hardly anybody was ever chosen from several"


def proved(seed: int) -> int:
    """Play a game and read its log; how many offers went to the longest idle of several."""
    dice, game = Dice(seed), PlainGame()
    game.open(dice)
    for _ in range(STEPS):
        dice.step(game)
    proof = Proof()
    proof.read(game.events)
    agents = game.desk.state.agents.values()
    assert {name: someone.ledger for name, someone in proof.people.items()} == {a.id: asdict(a.ledger) for a in agents}
    assert {name: someone.touched for name, someone in proof.people.items()} == {a.id: a.idle_seq for a in agents}
    return proof.checked


SERVICE_LEVELS = {"fast": 10, "slow": 60}
PRIORITIES = (0, 1, 2, 3)
arrivals = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(sorted(SERVICE_LEVELS)), st.sampled_from(PRIORITIES)),
    min_size=2,
    max_size=12,
)


@given(arrivals, st.sampled_from((0, 5, 30)), st.sampled_from((0, 50, 100)))
def test_nothing_that_comes_after_the_bound_overtakes(
    comes: list[tuple[int, str, int]], priority_s: int, slack_percent: int
) -> None:
    desk = Play(
        *(queue(name, service_level_s=level, wrapup=WrapupMode.NONE) for name, level in SERVICE_LEVELS.items()),
        priority_s=priority_s,
        slack_percent=slack_percent,
    )
    desk.agent("ann", capacity=0)
    came: dict[int, tuple[int, str, int]] = {}
    for after_s, name, priority in comes:
        desk.later(after_s)
        number = desk.chat(name, priority=priority)
        came[number] = (desk.now, name, priority)
    desk.agent("ann", capacity=1)
    taken = []
    while len(taken) < len(came):
        offer = desk.desk.state.interactions[desk.desk.state.offers[desk.who("ann").offers[0]]]
        taken.append(offer.id)
        desk.accept(offer.id, "ann")
        desk.does(c.EndInteraction(offer.id), "ann")
    for place, first in enumerate(taken):
        for overtaken in taken[place + 1 :]:
            at, name, priority = came[overtaken]
            bound_s = (max(PRIORITIES) - priority) * priority_s
            bound_s += (SERVICE_LEVELS[name] - min(SERVICE_LEVELS.values())) * slack_percent // 100
            assert came[first][0] <= at + bound_s * 1000


def shares(play: Play, work: int, seed: int) -> Counter[str]:
    """Who was offered how many of so many chats that last for very different times."""
    random = Random(seed)
    for agent in ("ann", "ben", "eve"):
        play.agent(agent, capacity=2)
    running: list[int] = []
    for _ in range(work):
        if len(running) == 3:
            # Ann is quick: what she has ends first.
            running.sort(key=lambda number: (play[number].agent != "ann", random.random()))
            gone = running.pop(0)
            play.does(c.EndInteraction(gone), str(play[gone].agent))
        number = play.chat()
        play.accept(number, str(play.offered_to(number)))
        running.append(number)
    return Counter(one.event.offer.agent for one in play.log if isinstance(one.event, Offered))


def test_fewest_handled_and_round_robin_spread_evenly() -> None:
    for strategy in (Strategy.FEWEST_HANDLED, Strategy.ROUND_ROBIN):
        taken = shares(Play(queue(strategy=strategy, wrapup=WrapupMode.NONE), return_s=0), 150, 1)
        assert max(taken.values()) - min(taken.values()) <= 40, (strategy, taken)


def test_the_longest_idle_gives_more_to_the_quick() -> None:
    taken = shares(Play(queue(wrapup=WrapupMode.NONE)), 150, 1)
    assert taken["ann"] > 1.2 * max(taken["ben"], taken["eve"])
