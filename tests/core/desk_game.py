"""A game against the oracle: any command at any time, and what must hold after each."""

from __future__ import annotations

from copy import copy
from random import Random

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agentdesk.core import commands as c
from agentdesk.core.commands import Actor, AnyCommand, Refused
from agentdesk.core.desk import Desk, Loaded
from agentdesk.core.events import Offered, Recorded
from agentdesk.core.model import Customer, Hours, Identity, Interaction, Presence, Role, State
from tests.core.desk_draws import AGENTS, CHANNELS, QUEUES, SKILL_SETS, WORDS, Draw
from tests.core.oracle import ACTIVE, HELD, OFFERED, SNOOZED, TALKING, WAITING, WRAPPING, Oracle
from tests.core.play import BOSS, CHANNEL, SERVER, check_parts, folded, nothing, rows_of

names = st.sampled_from(AGENTS)
picks = st.integers(0, 30)
askers = st.sampled_from((*AGENTS, "boss"))


class DeskGame(RuleBasedStateMachine):
    """Desk and oracle get the same commands; after each, everything they can be compared by is compared."""

    drawing = Draw

    @initialize(random=st.randoms(use_true_random=False))
    def open(self, random: Random) -> None:
        draw = self.drawing(random)
        self.now = 1_000_000
        self.events: list[Recorded] = []
        self.desk = Desk(nothing())
        desk, queues = draw.desk(), tuple(draw.queue(name) for name in QUEUES)
        self.oracle = Oracle(desk, list(queues))
        self.ended: dict[int, Interaction] = {}
        self.known: dict[str, Customer] = {}
        self.hours = dict.fromkeys(QUEUES, Hours.OPEN)
        self.ask(c.ConfigureDesk(desk, queues), SERVER, lambda: "")
        for name in AGENTS[:4]:
            config = draw.config(name)
            self.ask(c.ConfigureAgent(config), SERVER, lambda config=config: self.oracle.configure(config))
            self.ask(c.SessionOpened(name), SERVER, lambda name=name: self.oracle.connect(name))
            self.say(name, Presence.AVAILABLE)

    def ask(self, command: AnyCommand, actor: Actor, predict) -> None:  # type: ignore[no-untyped-def]
        """Predict the answer first, then ask."""
        self.oracle.pass_time(self.now)
        predicted = predict()
        if not predicted:
            self.oracle.route()
        decision = self.desk.handle(command, self.now, actor)
        self.note(decision.events)
        answer = decision.answer
        assert (answer.code if isinstance(answer, Refused) else "") == predicted, (command, actor.id, answer)

    def note(self, events: list[Recorded]) -> None:
        """Keep the events; the offers the router made must say why."""
        self.events += events
        for event in (recorded.event for recorded in events):
            if isinstance(event, Offered) and event.trace is not None and event.offer.id in self.oracle.traces:
                said, rivals = self.oracle.traces[event.offer.id]
                trace = event.trace
                found = (trace.how, trace.score_s, trace.ring, trace.able, trace.present, trace.refused)
                assert found == said, event
                assert {rival.agent for rival in trace.rivals} == set(rivals), (event, rivals)

    def who(self, name: str) -> Actor:
        return BOSS if name == "boss" else Actor("agent", name, Role.AGENT)

    def say(self, name: str, presence: Presence) -> None:
        self.ask(c.SetPresence(presence), self.who(name), lambda: self.oracle.presence(name, presence))

    # --- time ---------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from((0, 1, 3, 5, 10, 20, 30, 41)))
    def time_passes(self, seconds: int) -> None:
        """Nobody tells the desk; it finds out with the next command or tick."""
        self.now += seconds * 1000

    @rule()
    def tick(self) -> None:
        self.oracle.pass_time(self.now)
        self.note(self.desk.tick(self.now).events)
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

    @rule(
        channel=st.sampled_from(CHANNELS),
        queue=st.sampled_from(QUEUES),
        priority=st.sampled_from((None, 0, 1, 2)),
        customer=st.integers(0, 20),
        text=st.sampled_from(WORDS),
        owner=st.sampled_from(("", "", "ghost", *AGENTS)),
        last=st.sampled_from(("", *AGENTS)),
    )
    def start(
        self, channel: str, queue: str, priority: int | None, customer: int, text: str, owner: str, last: str
    ) -> None:
        """Some come again and again, most only once."""
        name = f"kim{customer}" if customer < 6 else f"one{self.oracle.made}"
        who = c.CustomerRef(self.known.get(name), (Identity("email", f"{name}@example.org"),), name, last_agent=last)
        attributes = {"owner": owner} if owner else {}
        command = c.StartInteraction(channel, queue, who, text, priority=priority, attributes=attributes)
        predict = lambda: self.oracle.start(channel, queue, priority, name, text, owner, last)  # noqa: E731
        self.ask(command, CHANNEL, predict)
        self.note_changes()

    @rule(queue=st.sampled_from(QUEUES), count=st.integers(1, 4))
    def rush(self, queue: str, count: int) -> None:
        for _ in range(count):
            self.start("chat", queue, None, 20, "", "", "")

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

    @rule()
    def everybody_finishes(self) -> None:
        """So that there is a choice again."""
        for thing in list(self.oracle.things.values()):
            if thing.owner is not None:
                number = thing.id
                if thing.state in TALKING:
                    command: AnyCommand = c.EndInteraction(number)
                    self.ask(command, BOSS, lambda number=number: self.oracle.end("boss", number))
                if self.oracle.mine("boss", number, WRAPPING) == "":
                    command = c.CompleteWrapup(number, "solved")
                    self.ask(command, BOSS, lambda number=number: self.oracle.complete("boss", number, "solved"))

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

    @rule(name=askers, queue=st.sampled_from(("", "", "no such", *QUEUES)))
    def next(self, name: str, queue: str) -> None:
        self.ask(c.TakeNext(queue), self.who(name), lambda: self.oracle.take_next(name, queue))

    @rule(name=names, pick=picks)
    def pick(self, name: str, pick: int) -> None:
        _, thing = self.a_holder(name, pick, WAITING)
        self.ask(c.Pick(thing), self.who(name), lambda: self.oracle.pick(name, thing))

    @rule(name=st.sampled_from(("boss", "boss", "boss", "ann")), pick=picks, priority=st.integers(-1, 3))
    def set_priority(self, name: str, pick: int, priority: int) -> None:
        _, thing = self.a_holder(name, pick, WAITING)
        command = c.SetPriority(thing, priority)
        self.ask(command, self.who(name), lambda: self.oracle.set_priority(name, thing, priority))

    @rule(name=askers, pick=picks, skills=st.sampled_from((*SKILL_SETS, {"german": 1, "tech": 0})), up=st.booleans())
    def set_skills(self, name: str, pick: int, skills: dict[str, int], up: bool) -> None:
        name, thing = self.a_holder(name, pick, *((WAITING,) if up else TALKING))
        name = "boss" if up else name
        self.ask(c.SetSkills(thing, skills), self.who(name), lambda: self.oracle.set_skills(name, thing, skills))

    # --- the server ---------------------------------------------------------------------------------------------

    @rule(random=st.randoms(use_true_random=False), what=st.sampled_from(("queue", "desk", "both")))
    def configure_desk(self, random: Random, what: str) -> None:
        """Other settings while everything runs."""
        draw, desk = self.drawing(random), self.oracle.desk
        if what != "queue":
            desk = msgspec.structs.replace(draw.desk(), return_s=desk.return_s)
        changed = random.choice(QUEUES) if what != "desk" else ""
        queues = [draw.queue(q.id) if q.id == changed else q for q in self.oracle.queues.values()]
        command = c.ConfigureDesk(desk, tuple(queues))
        self.ask(command, SERVER, lambda: self.oracle.configure_desk(desk, queues))

    @rule(queue=st.sampled_from(QUEUES), hours=st.sampled_from((Hours.OPEN, *Hours)))
    def set_hours(self, queue: str, hours: Hours) -> None:
        self.hours[queue] = hours
        self.ask(c.SetHours(queue, hours), SERVER, lambda: self.oracle.set_hours(queue, hours))

    @rule(random=st.randoms(use_true_random=False), name=names, remove=st.sampled_from((False, False, True)))
    def configure(self, random: Random, name: str, remove: bool) -> None:
        config = self.drawing(random).config(name)
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
            [row for row in self.ended.values() if self._may_come_back(row)],
        )
        self.desk = Desk(msgspec.json.decode(msgspec.json.encode(loaded), type=Loaded))
        assert rows_of(self.desk) == before
        self.oracle.die()
        self.ask(c.ServerStarted(), SERVER, self.oracle.restart)
        for queue, hours in self.hours.items():
            self.set_hours(queue, hours)
        if all_back:
            self.everybody_is_back()

    def _may_come_back(self, row: Interaction) -> bool:
        """Whether the store would still have this place for its customer."""
        name = next(name for name, customer in self.known.items() if customer.id == row.customer_id)
        place = self.oracle.left.get((name, row.channel))
        return (
            row.state is State.ABANDONED and place is not None and (place.place, place.at) == (row.place, row.closed_ms)
        )

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
                (t.offer_ring if t.offered else None),
                sorted(t.refused),
                t.rests,
                (t.prefer, t.alone_until),
                (t.channel, t.weight, t.full),
                (t.ring, t.entered, t.priority, t.skills),
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
                i.offer and i.offer.ring,
                sorted(i.refused_by),
                None if i.rests_until_ms is msgspec.UNSET else i.rests_until_ms,
                (i.prefer, i.prefer_until_ms),
                (i.channel, i.weight, i.full_weight),
                (i.ring, i.entered_ms, i.priority, i.skills),
            )
            for i in self.desk.state.interactions.values()
        }
        assert live.keys() == things.keys()
        for number, found in live.items():
            assert found == things[number], number

    @invariant()
    def places_are_kept(self) -> None:
        for interaction in self.desk.state.interactions.values():
            thing = self.oracle.things.get(interaction.id)
            assert thing is None or (interaction.queued_ms, interaction.place) == (thing.since, thing.place)
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
        for agent in self.desk.state.agents.values():
            person = self.oracle.people[agent.id]
            ledger = msgspec.structs.asdict(agent.ledger)
            assert ledger == {"day": person.day, **person.ledger}, agent.id

    @invariant()
    def the_idle_order_is_right(self) -> None:
        agents = sorted(self.desk.state.agents.values(), key=lambda agent: agent.idle_seq)
        people = sorted(self.oracle.people, key=lambda name: self.oracle.people[name].touched)
        assert [agent.id for agent in agents] == people

    @invariant()
    def nobody_able_is_idle_while_work_waits(self) -> None:
        for thing in self.oracle.things.values():
            if thing.state == WAITING:
                assert self.oracle.takers(thing) == [], thing

    def note_changes(self) -> None:
        """What a store would write."""
        changes = self.desk.take_changes()
        for customer in changes.customers.values():
            self.known[customer.name] = customer
        for row in changes.interactions.values():
            if row.state in (State.CLOSED, State.ABANDONED):
                assert row.id not in self.ended
                self.ended[row.id] = row

    @invariant()
    def closed_stays_closed(self) -> None:
        self.note_changes()
        assert {i: row.state.value for i, row in self.ended.items()} == self.oracle.closed
        assert not self.ended.keys() & self.desk.state.interactions.keys()

    @invariant()
    def parts_agree(self) -> None:
        check_parts(self.desk)

    def all_that_must_hold(self) -> None:
        """For who plays without Hypothesis."""
        self.interactions_are_where_they_should_be()
        self.places_are_kept()
        self.agents_are_as_they_should_be()
        self.the_idle_order_is_right()
        self.nobody_able_is_idle_while_work_waits()
        self.closed_stays_closed()
        self.parts_agree()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            replayed = folded(self.events)
            assert rows_of(replayed) == rows_of(self.desk)
