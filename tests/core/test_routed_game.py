"""Everything that routing can do, at random: the log and the rows rebuild the desk, and agents see what it is.

What is right to decide is for the oracle to judge (`test_desk_stateful`); here nothing may contradict itself.
"""

from __future__ import annotations

from copy import copy
from random import Random

import msgspec
import pytest

from agentdesk.client.fold import fold
from agentdesk.client.mirror import Mirror
from agentdesk.core import commands as c
from agentdesk.core import events as e
from agentdesk.core.model import (
    CALL,
    CALLBACK,
    CHAT,
    MESSAGE,
    Hours,
    Identity,
    Overflow,
    Presence,
    Ring,
    Route,
    Rule,
    State,
    Strategy,
    Then,
    When,
    WrapupMode,
)
from agentdesk.protocol import messages as wire
from tests.core.play import BOSS, SERVER, Play, check_parts, queue

AGENTS = ("ann", "bob", "cy")
QUEUES = (
    queue(
        channels=(CHAT, CALL, MESSAGE),
        skills={"fr": 2},
        rings=(Ring(10, {"fr": 1}), Ring(25, queues=("back",)), Ring(40, any_agent=True)),
        affinity_s=20,
        overflow=(Overflow(Route("back"), longer_than=1), Overflow(Route("back", CALLBACK), after_s=60)),
        closed=Route(channel=MESSAGE),
        holiday=Route("back"),
        offer_timeouts={CALL: 5},
        wrapup_s=30,
    ),
    queue(
        "back",
        channels=(CHAT, CALLBACK, MESSAGE),
        strategy=Strategy.FEWEST_HANDLED,
        overflow=(Overflow(Route("pull"), after_s=45),),
        wrapup=WrapupMode.NONE,
        auto_accept=True,
    ),
    queue("pull", channels=(CHAT, MESSAGE), pull=True, rings=(Ring(5, any_agent=True),)),
)
RULES = (
    Rule("gold", When(words=("gold",)), Then(priority=4, tags=("gold",), prefer=("bob", "ann"))),
    Rule("french", When(words=("bonjour",)), Then("back", {"fr": 1})),
)


class Game:
    """A desk, people who do anything at any time, and what each agent's client makes of it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.desk = Play(
            *QUEUES, rules=RULES, silent_after_s=15, silent_weights={CHAT: 0, MESSAGE: 0}, return_s=150,
            customer_grace_s=20, agent_grace_s=15, refused_pause_s=5, missed_offers_max=2,
            interrupts={CALL: (CHAT,)}, slack_percent=50,
        )  # fmt: skip
        for agent in AGENTS:
            skills = {"fr": self.random.randint(0, 3)}
            queues = self.random.choice(((), ("sales",), ("back", "pull")))
            may_pick, capacity = self.random.random() < 0.5, self.random.randint(2, 8)
            self.desk.agent(agent, skills=skills, queues=queues, may_pick=may_pick, capacity=capacity)
        self.mirrors = {agent: self._mirror(agent) for agent in AGENTS}

    def _mirror(self, agent: str) -> Mirror:
        mirror = Mirror()
        fold(mirror, wire.Welcome(1, agent, agent, "agent", 0, "e", "snapshot", 0, 20))
        fold(mirror, wire.Snapshot(self.desk.log[-1].seq, copy(self.desk.who(agent)), (), ()))
        return mirror

    def step(self) -> None:
        if self.random.random() < 0.3:
            self.desk.later(self.random.choice((0, 0, 1, 2, 4, 8, 16)))
        else:
            command, actor = self._anything()
            self.desk.do(command, actor)
        for recorded in self.desk.since:
            mirror = self.mirrors.get(recorded.agent or "")
            if mirror is not None:
                fold(mirror, wire.EventFrame(recorded.seq, recorded.at_ms, recorded.event, self._about(recorded.event)))

    def _about(self, event: e.AnyEvent) -> wire.HeldInteraction | None:
        if not isinstance(event, e.Offered):
            return None
        # As the server has it: perhaps newer than the event.
        live = self.desk.desk.state.interactions.get(event.offer.interaction_id)
        return None if live is None else wire.HeldInteraction(copy(live), ())

    def _anything(self) -> tuple[c.AnyCommand, c.Actor | str]:
        pick, state = self.random.choice, self.desk.desk.state
        live = sorted(state.interactions)
        number = pick(live) if live else 0
        some = state.interactions.get(number)
        agent = pick(AGENTS)
        holder = agent if some is None or some.agent is None else some.agent
        offer = some.offer if some is not None else None
        channel = c.Actor("customer", "webchat")
        return pick(
            (
                (self._start(), channel),
                (self._start(), channel),
                (c.ReceiveMessage(number, "hello"), channel),
                (c.CustomerLeaves(number), channel),
                (c.CustomerReturns(number), channel),
                (c.CustomerEnds(number), channel),
                (c.SendMessage(number, "yes?"), holder),
                (c.SendMessage(number, "yes?"), holder),
                (c.AcceptOffer(offer.id if offer else 0), offer.agent if offer else agent),
                (c.AcceptOffer(offer.id if offer else 0), offer.agent if offer else agent),
                (c.DeclineOffer(offer.id if offer else 0), offer.agent if offer else agent),
                (c.TakeNext(pick(("", "pull"))), agent),
                (c.Pick(number), agent),
                (c.SetPriority(number, pick((-2, 0, 3))), BOSS),
                (c.SetSkills(number, {"fr": pick((0, 1, 2))}), BOSS),
                (c.SetHours(pick(QUEUES).id, pick((Hours.OPEN, *Hours))), SERVER),
                (c.Hold(number), holder),
                (c.Resume(number), holder),
                (c.Snooze(number, self.desk.now + pick((5, 20)) * 1_000), holder),
                (c.Transfer(number, pick(QUEUES).id), holder),
                (c.EndInteraction(number), holder),
                (c.CompleteWrapup(number), holder),
                (c.SetPresence(pick((Presence.AVAILABLE, Presence.AVAILABLE, Presence.AWAY))), agent),
                (c.SessionClosed(agent), SERVER),
                (c.SessionOpened(agent), SERVER),
                (self._configure(), SERVER),
            )
        )

    def _start(self) -> c.StartInteraction:
        pick = self.random.choice
        chosen = pick(QUEUES)
        customer = c.CustomerRef(
            identities=(Identity("visitor", f"v{self.random.randint(1, 9)}"),), last_agent=pick(("", *AGENTS))
        )
        return c.StartInteraction(
            pick(chosen.channels), chosen.id, customer, pick(("", "hello", "gold", "bonjour gold"))
        )

    def _configure(self) -> c.ConfigureDesk:
        """Fewer rings, other times, another worth of priority; or back to what it was."""
        queues = self.random.choice((QUEUES, (msgspec.structs.replace(QUEUES[0], rings=(Ring(5, {}),)), *QUEUES[1:])))
        desk = msgspec.structs.replace(
            self.desk.desk.state.desk,
            silent_after_s=self.random.choice((0, 15)),
            priority_s=self.random.choice((0, 60)),
            refused_pause_s=self.random.choice((0, 5)),
        )
        return c.ConfigureDesk(desk, queues)

    def check(self) -> None:
        check_parts(self.desk.desk)
        state = self.desk.desk.state
        for agent, mirror in self.mirrors.items():
            ours = {one.id: one for one in state.working_on(state.agents[agent])}
            assert {number: chat.interaction for number, chat in mirror.conversations.items()} == ours
            assert mirror.agent is not None
            assert (mirror.agent.ledger, mirror.agent.load) == (state.agents[agent].ledger, state.agents[agent].load)
        for queue_id, tally in state.tallies.items():
            resting = sum(
                i.rests_until_ms is not msgspec.UNSET for i in state.interactions.values() if i.queue == queue_id
            )
            assert tally.resting == resting
        for interaction in state.interactions.values():
            if interaction.state is State.QUEUED:
                assert interaction.full_weight is None


@pytest.mark.parametrize("seed", range(40))
def test_nothing_contradicts_itself(seed: int) -> None:
    game = Game(seed)
    for step in range(300):
        game.step()
        if step % 5 == 0:
            game.check()
    game.check()
    game.desk.check()
