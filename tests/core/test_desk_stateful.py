"""Any commands in any order, with time passing anywhere between: the desk must do what the oracle works out.

HYPOTHESIS_PROFILE=deep plays many more and longer games.
"""

from __future__ import annotations

import random
from copy import copy

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agentdesk.core import commands as c
from agentdesk.core.commands import Actor, AnyCommand, CustomerRef, Refused
from agentdesk.core.desk import Desk, Loaded
from agentdesk.core.model import (
    AgentConfig,
    DeskConfig,
    Disposition,
    Identity,
    Presence,
    QueueConfig,
    Role,
    State,
    WrapupMode,
)
from tests.core.oracle import ACTIVE, HELD, OFFERED, SNOOZED, TALKING, WAITING, WRAPPING, Oracle
from tests.core.play import BOSS, CHANNEL, SERVER, check_parts, folded, nothing, rows_of

DEEP = settings.get_current_profile_name() == "deep"

AGENTS = ("ann", "ben", "eve", "tom")
QUEUES = ("sales", "support", "mail")
CHANNELS = ("chat", "email", "call")

names = st.sampled_from(AGENTS)
presences = st.sampled_from((Presence.AVAILABLE, Presence.AVAILABLE, Presence.AWAY, Presence.OFFLINE))
picks = st.integers(0, 30)
askers = st.sampled_from((*AGENTS, "boss"))
skills = st.dictionaries(st.sampled_from(("german", "tech")), st.integers(0, 3), max_size=2)
limits = st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 2), min_size=1, max_size=2)


def config_of(name: str) -> st.SearchStrategy[AgentConfig]:
    """Mostly somebody who can take something."""
    return st.builds(
        AgentConfig,
        id=st.just(name),
        name=st.just("Somebody"),
        queues=st.sampled_from(((), (), ("sales",), ("sales", "support"), ("mail", "support"))),
        skills=st.one_of(st.just({"german": 3, "tech": 3}), skills),
        capacity=st.sampled_from((1, 2, 2, 3, 5, 0)),
        channel_max=st.one_of(st.just({}), limits),
    )


configs = names.flatmap(config_of)
CODES = (Disposition("solved", "Solved"), Disposition("spam", "Spam"))


@st.composite
def queues(draw: st.DrawFn, name: str) -> QueueConfig:
    return QueueConfig(
        name,
        name,
        channels=draw(st.sampled_from((CHANNELS, CHANNELS, ("chat", "call")))),
        offer_timeout_s=draw(st.sampled_from((5, 30))),
        skills=draw(st.sampled_from(({}, {}, {"german": 2}, {"tech": 3, "german": 1}))),
        auto_accept=draw(st.booleans()),
        wrapup=draw(st.sampled_from(list(WrapupMode))),
        wrapup_s=draw(st.sampled_from((0, 20))),
        dispositions=draw(st.sampled_from(((), CODES))),
    )


desks = st.builds(
    DeskConfig,
    weights=st.fixed_dictionaries({"chat": st.just(1), "email": st.integers(1, 2), "call": st.integers(1, 4)}),
    missed_offers_max=st.integers(0, 2),
    agent_grace_s=st.sampled_from((10, 40)),
    customer_grace_s=st.sampled_from((10, 40)),
    priority_s=st.sampled_from((0, 1, 60)),
    waiting_max=st.sampled_from((3, 100)),
    live_per_customer_max=st.just(100),
    refused_pause_s=st.sampled_from((0, 5, 15)),
)


class DeskGame(RuleBasedStateMachine):
    """Desk and oracle get the same commands; after each, everything they can be compared by is compared."""

    @initialize(
        desk=desks,
        queues=st.tuples(*(queues(name) for name in QUEUES)),
        staff=st.tuples(*(config_of(name) for name in AGENTS[:3])),
    )
    def open(self, desk: DeskConfig, queues: tuple[QueueConfig, ...], staff: tuple[AgentConfig, ...]) -> None:
        self.now = 1_000_000
        self.log: list[c.AnyCommand] = []
        self.events = []  # type: ignore[var-annotated]
        self.desk = Desk(nothing())
        self.oracle = Oracle(desk, list(queues))
        self.rows: dict[int, object] = {}
        self.ended: dict[int, State] = {}
        self.ask(c.ConfigureDesk(desk, queues), SERVER, lambda: "")
        for config in staff:
            self.ask(c.ConfigureAgent(config), SERVER, lambda config=config: self.oracle.configure(config))
            self.ask(c.SessionOpened(config.id), SERVER, lambda config=config: self.oracle.connect(config.id))
            self.say(config.id, Presence.AVAILABLE)

    def ask(self, command: AnyCommand, actor: Actor, predict) -> None:  # type: ignore[no-untyped-def]
        """Predict the answer first, then ask."""
        self.oracle.pass_time(self.now)
        predicted = predict()
        if not predicted:
            self.oracle.route()
        decision = self.desk.handle(command, self.now, actor)
        self.events += decision.events
        answer = decision.answer
        assert (answer.code if isinstance(answer, Refused) else "") == predicted, (command, actor.id, answer)

    def who(self, name: str) -> Actor:
        return BOSS if name == "boss" else Actor("agent", name, Role.AGENT)

    def say(self, name: str, presence: Presence) -> None:
        self.ask(c.SetPresence(presence), self.who(name), lambda: self.oracle.presence(name, presence))

    # --- time ---------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((0, 1, 5, 10, 20, 30, 41)))
    def time_passes(self, seconds: int) -> None:
        """Nobody tells the desk; it finds out with the next command or tick."""
        self.now += seconds * 1000

    @rule()
    def tick(self) -> None:
        self.oracle.pass_time(self.now)
        self.events += self.desk.tick(self.now).events
        deadline = self.desk.next_deadline()
        assert deadline is None or deadline > self.now
        assert deadline == min((entry[0] for entry in self.oracle.due()), default=None)

    @rule()
    def sleep_until_the_next_deadline(self) -> None:
        deadline = self.desk.next_deadline()
        if deadline is not None:
            self.now = max(self.now, deadline)
        self.tick()

    # --- customers ----------------------------------------------------------------------------------------------

    @rule(channel=st.sampled_from(CHANNELS), queue=st.sampled_from(QUEUES), priority=st.integers(0, 2))
    def start(self, channel: str, queue: str, priority: int) -> None:
        address = Identity("email", f"kim{self.oracle.made}@example.org")
        who = CustomerRef(name="Kim", identities=(address,))
        command = c.StartInteraction(channel, queue, who, priority=priority)
        self.ask(command, CHANNEL, lambda: self.oracle.start(channel, queue, priority))

    @rule(queue=st.sampled_from(QUEUES), count=st.integers(1, 4))
    def rush(self, queue: str, count: int) -> None:
        for _ in range(count):
            self.start("chat", queue, 0)

    @rule(pick=picks, client_id=st.sampled_from(("c1", "c2", "c3")))
    def receive(self, pick: int, client_id: str) -> None:
        thing = self.some(pick)
        self.ask(c.ReceiveMessage(thing, "Hello?", client_id), CHANNEL, lambda: self.oracle.receive(thing, client_id))

    @rule(pick=picks, what=st.sampled_from(("leave", "leave", "return", "end")))
    def customer_does(self, pick: int, what: str) -> None:
        thing = self.some(pick)
        if what == "leave":
            self.ask(c.CustomerLeaves(thing), CHANNEL, lambda: self.oracle.leave(thing))
        elif what == "return":
            self.ask(c.CustomerReturns(thing), CHANNEL, lambda: self.oracle.come_back(thing))
        else:
            self.ask(c.CustomerEnds(thing), CHANNEL, lambda: self.oracle.customer_ends(thing))

    # --- agents -------------------------------------------------------------------------------------------------

    @rule(name=names, pick=picks, mine=st.booleans())
    def accept(self, name: str, pick: int, mine: bool) -> None:
        name, offer = self.an_offer(name, pick, mine)
        self.ask(c.AcceptOffer(offer), self.who(name), lambda: self.oracle.accept(name, offer))

    @rule(name=names, pick=picks, mine=st.booleans())
    def decline(self, name: str, pick: int, mine: bool) -> None:
        name, offer = self.an_offer(name, pick, mine)
        self.ask(c.DeclineOffer(offer), self.who(name), lambda: self.oracle.decline(name, offer))

    @rule()
    def everybody_accepts(self) -> None:
        """So that games get past the offers."""
        for thing in list(self.oracle.things.values()):
            if thing.state == OFFERED and thing.expires > self.now:
                name, offer = str(thing.offered), thing.offer
                self.ask(
                    c.AcceptOffer(offer),
                    self.who(name),
                    lambda name=name, offer=offer: self.oracle.accept(name, offer),
                )

    @rule(
        name=names, presence=st.sampled_from((Presence.AVAILABLE, Presence.AVAILABLE, Presence.AWAY, Presence.OFFLINE))
    )
    def presence(self, name: str, presence: Presence) -> None:
        self.say(name, presence)

    @rule(name=askers, pick=picks, client_id=st.sampled_from(("a1", "a2", "a3")), behind=st.integers(0, 3))
    def send(self, name: str, pick: int, client_id: str, behind: int) -> None:
        name, thing = self.a_holder(name, pick, *TALKING)
        seen = None if behind == 3 else max(0, self.oracle.messages - behind)
        command = c.SendMessage(thing, "Yes.", client_id=client_id, seen=seen)
        self.ask(command, self.who(name), lambda: self.oracle.send(name, thing, client_id, seen))

    @rule(name=askers, pick=picks)
    def end(self, name: str, pick: int) -> None:
        name, thing = self.a_holder(name, pick, *TALKING)
        self.ask(c.EndInteraction(thing), self.who(name), lambda: self.oracle.end(name, thing))

    @rule(name=askers, pick=picks, disposition=st.sampled_from(("", "solved", "made up")))
    def complete(self, name: str, pick: int, disposition: str) -> None:
        name, thing = self.a_holder(name, pick, WRAPPING)
        command = c.CompleteWrapup(thing, disposition)
        self.ask(command, self.who(name), lambda: self.oracle.complete(name, thing, disposition))

    @rule(name=askers, pick=picks, up=st.booleans())
    def hold_or_resume(self, name: str, pick: int, up: bool) -> None:
        name, thing = self.a_holder(name, pick, *((HELD, SNOOZED) if up else (ACTIVE,)))
        if up:
            self.ask(c.Resume(thing), self.who(name), lambda: self.oracle.resume(name, thing))
        else:
            self.ask(c.Hold(thing), self.who(name), lambda: self.oracle.hold(name, thing))

    @rule(name=askers, pick=picks, seconds=st.sampled_from((0, 15, 50)))
    def snooze(self, name: str, pick: int, seconds: int) -> None:
        name, thing = self.a_holder(name, pick, ACTIVE, HELD)
        until = self.now + seconds * 1000
        self.ask(c.Snooze(thing, until), self.who(name), lambda: self.oracle.snooze(name, thing, until))

    @rule(
        name=askers,
        pick=picks,
        queue=st.sampled_from(("", "no such", *QUEUES)),
        agent=st.sampled_from(("", "ghost", *AGENTS)),
    )
    def transfer(self, name: str, pick: int, queue: str, agent: str) -> None:
        name, thing = self.a_holder(name, pick, *TALKING)
        command = c.Transfer(thing, queue, agent)
        self.ask(command, self.who(name), lambda: self.oracle.transfer(name, thing, queue, agent))

    # --- the server ---------------------------------------------------------------------------------------------

    @rule(config=configs, remove=st.sampled_from((False, False, True)))
    def configure(self, config: AgentConfig, remove: bool) -> None:
        if remove:
            self.ask(c.RemoveAgent(config.id), SERVER, lambda: self.oracle.remove(config.id))
        else:
            self.ask(c.ConfigureAgent(config), SERVER, lambda: self.oracle.configure(config))

    @rule(name=names, up=st.booleans())
    def connect_or_disconnect(self, name: str, up: bool) -> None:
        if up:
            self.ask(c.SessionOpened(name), SERVER, lambda: self.oracle.connect(name))
        else:
            self.ask(c.SessionClosed(name), SERVER, lambda: self.oracle.disconnect(name))

    @rule()
    def everybody_is_back(self) -> None:
        """So that games get on after a restart."""
        for name in list(self.oracle.people):
            self.ask(c.SessionOpened(name), SERVER, lambda name=name: self.oracle.connect(name))
            self.say(name, Presence.AVAILABLE)

    @rule(all_back=st.booleans())
    def restart(self, all_back: bool) -> None:
        """The process dies and starts again from its rows."""
        before = rows_of(self.desk)
        state = self.desk.state
        loaded = Loaded(
            copy(state.counters),
            state.desk,
            list(state.queues.values()),
            list(state.agents.values()),
            list(state.customers.values()),
            list(state.interactions.values()),
        )
        self.desk = Desk(msgspec.json.decode(msgspec.json.encode(loaded), type=Loaded))
        assert rows_of(self.desk) == before
        self.ask(c.ServerStarted(), SERVER, self.oracle.restart)
        if all_back:
            self.everybody_is_back()

    # --- choosing -----------------------------------------------------------------------------------------------

    def some(self, pick: int) -> int:
        """Mostly a live interaction, sometimes a closed one or none."""
        live = sorted(self.oracle.things)
        return live[pick % len(live)] if live and pick < 28 else pick

    def a_holder(self, name: str, pick: int, *states: str) -> tuple[str, int]:
        """Mostly an interaction in one of these states and who holds it, sometimes any and anybody."""
        self.oracle.pass_time(self.now)
        fitting = sorted(t.id for t in self.oracle.things.values() if t.state in states)
        thing = fitting[pick % len(fitting)] if fitting and pick % 7 else self.some(pick)
        owner = self.oracle.things[thing].owner if thing in self.oracle.things else None
        return (owner if owner is not None and pick % 5 else name), thing

    def an_offer(self, name: str, pick: int, mine: bool) -> tuple[str, int]:
        offered = sorted((t.offer, str(t.offered)) for t in self.oracle.things.values() if t.state == OFFERED)
        if mine and offered:
            offer, name = offered[pick % len(offered)]
            return name, offer
        return name, pick

    # --- what must hold -----------------------------------------------------------------------------------------

    @invariant()
    def interactions_are_where_they_should_be(self) -> None:
        things = {
            t.id: (
                t.state,
                t.queue,
                t.owner,
                t.offered,
                t.expires if t.offered else None,
                sorted(t.refused),
                t.rests,
                t.prefer,
            )
            for t in self.oracle.things.values()
        }
        live = {
            i.id: (
                i.state.value,
                i.queue,
                i.agent,
                i.offer and i.offer.agent,
                i.offer and i.offer.expires_ms,
                sorted(i.refused_by),
                None if i.rests_until_ms is msgspec.UNSET else i.rests_until_ms,
                i.prefer,
            )
            for i in self.desk.state.interactions.values()
        }
        assert live == things

    @invariant()
    def places_are_kept(self) -> None:
        for interaction in self.desk.state.interactions.values():
            thing = self.oracle.things.get(interaction.id)
            assert thing is None or interaction.queued_ms == thing.since
        line = [t.id for t in self.oracle.line()]
        for queue in self.desk.state.queues:
            mine = [i for i in line if self.oracle.things[i].queue == queue]
            assert self.desk.waiting_order(queue) == mine

    @invariant()
    def agents_are_as_they_should_be(self) -> None:
        expected = {
            name: (p.presence, p.sessions, p.gone_since, p.missed, self.oracle.load(name))
            for name, p in self.oracle.people.items()
        }
        found = {
            agent.id: (agent.presence.value, agent.sessions, agent.lost_since_ms, agent.missed_in_a_row, agent.load)
            for agent in self.desk.state.agents.values()
        }
        assert found == expected

    @invariant()
    def nobody_able_is_idle_while_work_waits(self) -> None:
        for thing in self.oracle.things.values():
            if thing.state == WAITING:
                assert self.oracle.takers(thing) == [], thing

    @invariant()
    def closed_stays_closed(self) -> None:
        for row in self.desk.take_changes().interactions.values():
            if row.state in (State.CLOSED, State.ABANDONED):
                assert row.id not in self.ended
                self.ended[row.id] = row.state
        assert {i: state.value for i, state in self.ended.items()} == self.oracle.closed
        assert not self.ended.keys() & self.desk.state.interactions.keys()

    @invariant()
    def parts_agree(self) -> None:
        check_parts(self.desk)

    def all_that_must_hold(self) -> None:
        """For who plays without Hypothesis."""
        self.interactions_are_where_they_should_be()
        self.places_are_kept()
        self.agents_are_as_they_should_be()
        self.nobody_able_is_idle_while_work_waits()
        self.closed_stays_closed()
        self.parts_agree()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            replayed = folded(self.events)
            assert rows_of(replayed) == rows_of(self.desk)


TestDeskGame = DeskGame.TestCase
TestDeskGame.settings = settings(
    max_examples=2000 if DEEP else 100, stateful_step_count=120 if DEEP else 50, deadline=None
)


# --- long games ---------------------------------------------------------------------------------------------------

STEPS = 400
GAMES = 1000 if DEEP else 60


class Dice(random.Random):
    """Draws what the rules ask for, as a working day would: mostly what fits, seldom what does not."""

    def config(self, name: str) -> AgentConfig:
        return AgentConfig(
            name,
            "Somebody",
            queues=self.choice(((), (), ("sales",), ("sales", "support"), ("mail", "support"))),
            skills=self.choice(({"german": 3, "tech": 3}, {"german": 2, "tech": 1}, {"tech": 3}, {})),
            capacity=self.choice((1, 2, 2, 3, 5, 0)),
            channel_max=self.choice(({}, {}, {"email": 1}, {"call": 1, "chat": 2})),
        )

    def queue(self, name: str) -> QueueConfig:
        return QueueConfig(
            name,
            name,
            channels=self.choice((CHANNELS, CHANNELS, ("chat", "call"))),
            offer_timeout_s=self.choice((5, 30)),
            skills=self.choice(({}, {}, {"german": 2}, {"tech": 3, "german": 1})),
            auto_accept=self.random() < 0.2,
            wrapup=self.choice(list(WrapupMode)),
            wrapup_s=self.choice((0, 20)),
            dispositions=self.choice(((), CODES)),
        )

    def desk(self) -> DeskConfig:
        return DeskConfig(
            weights={"chat": 1, "email": self.randint(1, 2), "call": self.randint(1, 4)},
            missed_offers_max=self.randint(0, 2),
            agent_grace_s=self.choice((10, 40)),
            customer_grace_s=self.choice((10, 40)),
            priority_s=self.choice((0, 1, 60)),
            waiting_max=self.choice((5, 100)),
            live_per_customer_max=1000,
            refused_pause_s=self.choice((0, 5, 15)),
        )

    def step(self, game: DeskGame) -> None:
        """One move of the game."""
        name, pick = self.choice(AGENTS), self.randint(0, 30)
        asker = self.choice((*AGENTS, "boss"))
        client_id = f"{self.randint(0, 40)}"
        moves = {
            lambda: game.start(self.choice(CHANNELS), self.choice(QUEUES), self.randint(0, 2)): 14,
            lambda: game.accept(name, pick, self.random() < 0.9): 10,
            lambda: game.decline(name, pick, self.random() < 0.9): 5,
            lambda: game.receive(pick, client_id): 8,
            lambda: game.send(asker, pick, client_id, self.randint(0, 3)): 8,
            lambda: game.end(asker, pick): 6,
            lambda: game.complete(asker, pick, self.choice(("", "solved", "solved", "made up"))): 7,
            lambda: game.hold_or_resume(asker, pick, self.random() < 0.6): 5,
            lambda: game.snooze(asker, pick, self.choice((0, 15, 50))): 4,
            lambda: game.transfer(
                asker, pick, self.choice(("", "no such", *QUEUES)), self.choice(("", "", "ghost", *AGENTS))
            ): 6,
            lambda: game.customer_does(pick, self.choice(("leave", "leave", "return", "end"))): 5,
            lambda: game.presence(name, self.choice((Presence.AVAILABLE,) * 4 + (Presence.AWAY, Presence.OFFLINE))): 7,
            lambda: game.connect_or_disconnect(name, self.random() < 0.6): 5,
            lambda: game.configure(self.config(name), self.random() < 0.2): 3,
            lambda: game.time_passes(self.choice((0, 1, 1, 2, 5, 10))): 12,
            lambda: game.tick(): 8,
            lambda: game.sleep_until_the_next_deadline(): 3,
            lambda: game.everybody_is_back(): 1,
            lambda: game.restart(self.random() < 0.7): 1,
        }
        self.choices(list(moves), list(moves.values()))[0]()


@pytest.mark.parametrize("seed", range(GAMES))
def test_a_long_game(seed: int) -> None:
    dice = Dice(seed)
    game = DeskGame()
    game.open(dice.desk(), tuple(dice.queue(name) for name in QUEUES), tuple(dice.config(name) for name in AGENTS[:3]))
    for _ in range(STEPS):
        dice.step(game)
        game.all_that_must_hold()
    game.teardown()
