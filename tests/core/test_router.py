"""The router alone, against a scan: any changes between two rounds, then the same matches in the same order."""

from __future__ import annotations

import random

import pytest
from hypothesis import settings
from msgspec import UNSET

from agentdesk.core.model import (
    Agent,
    AgentConfig,
    DeskConfig,
    Interaction,
    Presence,
    QueueConfig,
    Segment,
    State,
)
from agentdesk.core.routing import Router, Step
from agentdesk.core.routing.idle import ROW_SLACK
from agentdesk.core.routing.requirement import ID, LANES_MAX, SLACK

SEEDS = 2_000 if settings.get_current_profile_name() == "deep" else 100
PRIORITY_MS = 60_000
SKILLS = ({}, {"german": 1}, {"german": 3}, {"tech": 2}, {"german": 2, "tech": 2})
CHANNELS = {"chat": 1, "email": 1, "call": 3}


def interaction(number: int, **settings: object) -> Interaction:
    queue = str(settings.pop("queue", "sales"))
    queued_ms = int(str(settings.pop("queued_ms", number)))
    segment = Segment(number, number, State.QUEUED, queue, None, queued_ms)
    return Interaction(number, "chat", queue, 1, "Kim", State.QUEUED, queued_ms, queued_ms, number, segment, **settings)  # type: ignore[arg-type]


class World:
    """Agents and interactions, the router's indexes over them, and the same questions answered by looking at all."""

    def __init__(self) -> None:
        queues = {name: QueueConfig(name, name) for name in ("sales", "support")}
        self.router = Router(DeskConfig(priority_s=PRIORITY_MS // 1000), queues)
        self.agents: dict[str, Agent] = {}
        self.waiting: dict[int, Interaction] = {}
        self.taken: list[tuple[Interaction, str]] = []
        self.seq = 0
        self.now = 0

    def touch(self, agent: Agent) -> None:
        self.seq += 1
        agent.idle_seq = self.seq

    def configure(self, config: AgentConfig) -> None:
        agent = self.agents.get(config.id)
        if agent is None:
            agent = self.agents[config.id] = Agent(config=config, presence=Presence.AVAILABLE, sessions=1)
            self.touch(agent)
        agent.config = config
        self.router.configure(agent, [(item.channel, item.weight) for item, who in self.taken if who == config.id])

    def presence(self, name: str, presence: Presence) -> None:
        agent = self.agents[name]
        if presence is Presence.AVAILABLE and agent.presence is not presence:
            self.touch(agent)
        agent.presence = presence
        self.router.be(agent)

    def wait(self, item: Interaction) -> None:
        self.waiting[item.id] = item
        self.router.enqueue(item)

    def leave(self, item: Interaction) -> None:
        del self.waiting[item.id]
        self.router.dequeue(item)

    def free(self, index: int) -> tuple[Interaction, str]:
        item, name = self.taken.pop(index)
        agent = self.agents[name]
        agent.load -= item.weight
        self.touch(agent)
        self.router.freed(name, item.channel, item.weight)
        return item, name

    def give(self, item: Interaction, name: str) -> None:
        self.leave(item)
        item.rests_until_ms = UNSET
        agent = self.agents[name]
        agent.load += item.weight
        self.touch(agent)
        self.taken.append((item, name))
        self.router.loaded(name, item.channel, item.weight)

    # --- by looking at everything -------------------------------------------------------------------------------

    def line(self) -> list[Interaction]:
        return sorted(self.waiting.values(), key=lambda i: (i.queued_ms - i.priority * PRIORITY_MS, i.place))

    def able(self, item: Interaction) -> list[Agent]:
        return [
            agent
            for agent in self.agents.values()
            if agent.presence is Presence.AVAILABLE
            and (not agent.config.queues or item.queue in agent.config.queues)
            and all(agent.config.skills.get(skill, 0) >= level for skill, level in item.skills.items())
        ]

    def takers(self, item: Interaction) -> list[Agent]:
        def has_room(agent: Agent) -> bool:
            same = sum(i.channel == item.channel and who == agent.id for i, who in self.taken)
            limit = agent.config.channel_max.get(item.channel, 99)
            return agent.load + item.weight <= agent.config.capacity and same < limit

        takers = [a for a in self.able(item) if a.id not in item.refused_by and has_room(a)]
        return sorted(takers, key=lambda agent: agent.idle_seq)

    def expected(self) -> tuple[int, str | None] | None:
        for item in self.line():
            if item.prefer is not None and item.prefer in [agent.id for agent in self.takers(item)]:
                return item.id, item.prefer
        for item in self.line():
            takers = self.takers(item)
            if takers:
                return item.id, takers[0].id
        return None

    def all_refused(self) -> set[int]:
        found = set()
        for item in self.waiting.values():
            able = self.able(item)
            rests = item.rests_until_ms is not UNSET
            if able and not rests and all(agent.id in item.refused_by for agent in able):
                found.add(item.id)
        return found

    def round(self) -> None:
        """Match until nothing more can be matched, each step as the scan says."""
        forgotten = self.all_refused()
        while (proposal := self.router.next()) is not None:
            number = proposal.interaction_id
            item = self.waiting[number]
            if proposal.step is Step.REST:
                forgotten.remove(number)
                self.router.dequeue(item)
                if number % 2:
                    item.refused_by = ()
                else:
                    item.rests_until_ms = self.now
                self.router.enqueue(item)
            else:
                assert not forgotten
                assert (number, proposal.agent) == self.expected()
                self.give(item, proposal.agent)
        assert not forgotten
        assert self.expected() is None
        for queue in ("sales", "support"):
            mine = [item for item in self.line() if item.queue == queue]
            assert self.router.line(queue) == [item.id for item in mine]
            assert self.router.first(queue, 5) == [item.id for item in mine][:5]
            assert self.router.oldest(queue) == min((item.queued_ms for item in mine), default=None)


def random_config(dice: random.Random, name: str) -> AgentConfig:
    return AgentConfig(
        name,
        name,
        queues=dice.choice(((), ("sales",), ("support",))),
        skills=dice.choice(SKILLS),
        capacity=dice.randint(0, 5),
        channel_max=dice.choice(({}, {}, {"chat": 2}, {"email": 1})),
    )


def change(world: World, dice: random.Random) -> None:
    names = list(world.agents)
    roll = dice.random()
    if roll < 0.35:
        world.now += dice.choice((0, 1, 50_000))
        number = world.seq = world.seq + 1
        channel = dice.choice(tuple(CHANNELS))
        item = interaction(
            number,
            queue=dice.choice(("sales", "support")),
            queued_ms=world.now,
            priority=dice.randint(0, 2),
            skills=dice.choice(SKILLS),
            weight=CHANNELS[channel],
        )
        item.channel = channel
        world.wait(item)
    elif roll < 0.65 and world.taken:
        item, name = world.free(dice.randrange(len(world.taken)))
        if dice.random() < 0.3:
            item.refused_by = dice.choice(((), (name,), tuple(dice.sample(names, 2))))
            item.prefer = dice.choice((None, dice.choice(names)))
            world.wait(item)
    elif roll < 0.7 and world.waiting:
        world.leave(dice.choice(list(world.waiting.values())))
    elif roll < 0.9:
        world.presence(dice.choice(names), dice.choice((Presence.AVAILABLE, Presence.AVAILABLE, Presence.AWAY)))
    else:
        world.configure(random_config(dice, dice.choice(names)))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_changed_the_matches_are_those_a_scan_finds(seed: int) -> None:
    dice = random.Random(seed)
    world = World()
    for index in range(8):
        world.configure(random_config(dice, f"agent{index}"))
    for _ in range(150):
        for _ in range(dice.choice((1, 1, 2, 5))):
            change(world, dice)
        world.round()


def test_two_who_are_freed_before_the_next_round_both_get_something() -> None:
    world = World()
    for name in ("ann", "ben"):
        world.configure(AgentConfig(name, name, capacity=1))
    for number in (11, 12, 13, 14):
        world.wait(interaction(number))
    world.round()
    world.free(0)
    world.free(0)
    world.round()
    assert [(item.id, name) for item, name in world.taken] == [(13, "ann"), (14, "ben")]


def test_who_is_set_up_anew_keeps_their_place_in_the_idle_order() -> None:
    world = World()
    world.configure(AgentConfig("ann", "Ann", capacity=1))
    world.wait(interaction(11))
    world.round()
    world.configure(AgentConfig("eve", "Eve", skills={"german": 1}))
    world.configure(AgentConfig("ben", "Ben"))
    world.round()
    world.configure(AgentConfig("ann", "Ann", capacity=2))
    world.wait(interaction(12))
    world.round()
    assert world.taken[-1][1] == "ann"


def test_who_is_set_up_anew_keeps_their_place_when_their_kind_had_just_run_out() -> None:
    world = World()
    world.configure(AgentConfig("ann", "Ann", capacity=0))
    world.configure(AgentConfig("ben", "Ben", capacity=1))
    world.configure(AgentConfig("eve", "Eve", capacity=1, skills={"german": 1}))
    world.configure(AgentConfig("zoe", "Zoe", capacity=1, skills={"german": 2}))
    world.wait(interaction(11))
    world.round()
    world.free(0)
    world.wait(interaction(12))
    world.round()
    assert world.taken[-1][1] == "eve"
    # Ben, touched after Zoe, is taken out of the line of the idle by another way, and so is everyone like him.
    world.presence("ben", Presence.AWAY)
    assert world.router.ready_count("sales") == 1
    world.configure(AgentConfig("ann", "Ann", capacity=1))
    world.wait(interaction(13))
    world.round()
    assert world.taken[-1][1] == "ann"


def test_what_left_the_line_does_not_pile_up() -> None:
    world = World()
    stays = interaction(1)
    world.wait(stays)
    items = [interaction(number) for number in range(2, 3 * SLACK)]
    for item in items:
        world.wait(item)
    for item in items:
        world.leave(item)
    (requirement,) = world.router._bases
    assert requirement._entries <= SLACK + 2
    assert world.router.line("sales") == [1]


def test_lanes_of_priorities_that_nobody_has_any_more_are_dropped() -> None:
    world = World()
    items = [interaction(number, priority=number) for number in range(1, 3 * LANES_MAX)]
    for item in items:
        world.wait(item)
    (requirement,) = world.router._bases
    for _ in items[:-1]:
        assert requirement.head is not None
        world.leave(items[requirement.head[ID] - 1])
    assert len(requirement._lanes) <= LANES_MAX
    assert world.router.line("sales") == [1]


def test_who_was_touched_does_not_pile_up() -> None:
    world = World()
    world.configure(AgentConfig("idle", "Idle", capacity=0, channel_max={}))
    world.configure(AgentConfig("idle", "Idle", capacity=9, channel_max={}))
    world.configure(AgentConfig("busy", "Busy", capacity=9))
    for number in range(1, 5 * ROW_SLACK):
        world.wait(interaction(number + 1000, prefer="busy"))
        world.round()
        world.free(0)
        world.round()
    ((row,),) = [list(candidate.group.rows.values()) for candidate in [world.router.pool.by_id["busy"]]]
    assert len(row._heap) <= 2 * 2 + ROW_SLACK + 2
