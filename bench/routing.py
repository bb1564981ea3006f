"""Routing: decisions per second in the index alone, and through the desk's decide and apply.

    python bench/routing.py [--quick] [--rounds 3] [--json FILE]

The desk: 24 skills, 60 requirement sets drawn by Zipf's law (one queue each),
capacity 1 to 5, priority 0 to 3. One step: an agent gets rid of an interaction, and another one arrives. A decision
is an interaction matched with an agent. `shared`: 200 different sets of skills; `unique`: every agent has their own.
The machine's own limit beside it is how often this interpreter pushes to and pops from a heap of that many entries.
Rates are per second of processor time, so that neighbours on a shared machine don't count; p50 and p99 are of a step,
by the clock on the wall. The garbage collector is set as in the server.
"""

from __future__ import annotations

import argparse
import gc
import heapq
import json
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentdesk.core.commands import (
    Actor,
    ConfigureAgent,
    ConfigureDesk,
    CustomerRef,
    EndInteraction,
    SessionOpened,
    SetPresence,
    StartInteraction,
)
from agentdesk.core.desk import Changes, Desk, Loaded
from agentdesk.core.events import OfferAccepted
from agentdesk.core.model import (
    Agent,
    AgentConfig,
    Counters,
    DeskConfig,
    Interaction,
    Presence,
    QueueConfig,
    Segment,
    State,
    WrapupMode,
)
from agentdesk.core.routing import Router

SKILLS = 24
TEAMS = 200
REQUIREMENTS = 60
SERVER = Actor("system", "server")
CHANNEL = Actor("customer", "bench")
GC_THRESHOLDS = (50_000, 20, 1_000)
"""As in `agentdesk.server.app`."""


class World:
    """The agents and what is asked for, drawn from a seed."""

    def __init__(self, agents: int, *, unique: bool, seed: int = 1) -> None:
        self.random = random.Random(seed)
        count = agents if unique else TEAMS
        teams = [self._team(index if unique else None) for index in range(count)]
        self.agents = [
            AgentConfig(
                f"agent{index:05}",
                f"Agent {index}",
                skills=teams[index] if unique else self.random.choice(teams),
                capacity=self.random.choice((1, 3, 3, 5)),
            )
            for index in range(agents)
        ]
        self.queues = [
            QueueConfig(
                f"queue{index}", f"Queue {index}", skills=self._need(), auto_accept=True, wrapup=WrapupMode.NONE
            )
            for index in range(REQUIREMENTS)
        ]
        self._weights = [1 / (index + 1) for index in range(REQUIREMENTS)]

    def _team(self, own: int | None) -> dict[str, int]:
        skills = {f"s{skill}": 3 for skill in self.random.sample(range(SKILLS), self.random.choice((3, 4, 5, 6, 8)))}
        if own is not None:
            skills[f"own{own}"] = 1
        return skills

    def _need(self) -> dict[str, int]:
        whose = [skill for skill in self.random.choice(self.agents).skills if skill.startswith("s")]
        return dict.fromkeys(self.random.sample(whose, self.random.choice((1, 2, 2, 3))), 3)

    def demand(self, count: int) -> list[tuple[QueueConfig, int]]:
        """That many arrivals: which queue, which priority."""
        queues = self.random.choices(self.queues, self._weights, k=count)
        return list(zip(queues, self.random.choices((0, 1, 2, 3), k=count), strict=True))


class IndexAlone:
    """The router, driven as the state drives it, without events. What is busy is an interaction with its agent."""

    def __init__(self, world: World) -> None:
        self.router = Router(DeskConfig(), {queue.id: queue for queue in world.queues})
        self.agents: dict[str, Agent] = {}
        self.made: list[Interaction] = []
        self.number = 0
        for config in world.agents:
            agent = Agent(config=config, presence=Presence.AVAILABLE, sessions=1)
            self.agents[config.id] = agent
            self.router.configure(agent, [])

    def prepare(self, demand: list[tuple[QueueConfig, int]], now: int) -> list[Any]:
        """The arrivals as the timed part takes them."""
        first = len(self.made)
        for number, (queue, priority) in enumerate(demand, first):
            now += 1
            segment = Segment(number, number, State.QUEUED, queue.id, None, now)
            place = (number, "chat", queue.id, 1, "", State.QUEUED, now, now, number, segment, priority)
            self.made.append(Interaction(*place, skills=queue.skills))
        return self.made[first:]

    def arrive(self, interaction: Interaction, now: int, busy: list[Any]) -> None:
        """One more waits."""
        self.router.enqueue(interaction)
        self._match(busy)

    def free(self, done: tuple[Interaction, Agent], now: int, busy: list[Any]) -> None:
        """One is done."""
        agent = done[1]
        agent.load -= 1
        self.number += 1
        agent.idle_seq = self.number
        self.router.freed(agent.config.id, "chat", 1)
        self._match(busy)

    def _match(self, busy: list[Any]) -> None:
        router = self.router
        proposal = router.next()
        while proposal is not None:
            agent_id = proposal.agent
            interaction = self.made[proposal.interaction_id]
            agent = self.agents[agent_id]
            router.dequeue(interaction)
            agent.load += 1
            self.number += 1
            agent.idle_seq = self.number
            router.loaded(agent_id, "chat", 1)
            busy.append((interaction, agent))
            proposal = router.next()


class ThroughTheDesk:
    """The whole of decide and apply: commands in, events out."""

    def __init__(self, world: World) -> None:
        self.desk = Desk(Loaded(Counters(), DeskConfig(waiting_max=10**9, live_per_customer_max=10**9), [], [], [], []))
        self.desk.handle(ConfigureDesk(self.desk.state.desk, tuple(world.queues)), 0, SERVER)
        for config in world.agents:
            self.desk.handle(ConfigureAgent(config), 0, SERVER)
            self.desk.handle(SessionOpened(config.id), 0, SERVER)
            self.desk.handle(SetPresence(Presence.AVAILABLE), 0, Actor("agent", config.id))
        self.actors = {config.id: Actor("agent", config.id) for config in world.agents}
        self.customers = 0
        self.desk.take_changes()

    def prepare(self, demand: list[tuple[QueueConfig, int]], now: int) -> list[Any]:
        """The arrivals as the timed part takes them."""
        return [
            StartInteraction("chat", queue.id, CustomerRef(name="Kim"), priority=priority) for queue, priority in demand
        ]

    def arrive(self, command: StartInteraction, now: int, busy: list[Any]) -> None:
        """One more waits."""
        self._note(self.desk.handle(command, now, CHANNEL).events, busy)

    def free(self, done: tuple[int, str], now: int, busy: list[Any]) -> None:
        """One is done."""
        self._note(self.desk.handle(EndInteraction(done[0]), now, self.actors[done[1]]).events, busy)

    def _note(self, events: list[Any], busy: list[Any]) -> None:
        if len(self.desk.state.changes.segments) > 500:
            self.desk.state.changes = Changes()
        for recorded in events:
            event = recorded.event
            if type(event) is OfferAccepted:
                busy.append((event.interaction_id, event.agent))


def measure(make: Callable[[World], Any], agents: int, waiting: int, steps: int, *, unique: bool) -> dict[str, Any]:
    world = World(agents, unique=unique)
    desk = make(world)
    now = 1_000_000
    busy: list[Any] = []
    capacity = sum(config.capacity for config in world.agents)
    for arrival in desk.prepare(world.demand(waiting + capacity), now):
        now += 1
        desk.arrive(arrival, now, busy)
    arrivals = desk.prepare(world.demand(steps), now)
    picks = [world.random.random() for _ in range(steps)]
    gc.collect()
    gc.freeze()
    took: list[float] = []
    held = len(busy)
    clock = time.perf_counter
    begin = time.process_time()
    for arrival, pick in zip(arrivals, picks, strict=True):
        start = clock()
        now += 1
        index = int(pick * len(busy))
        done = busy[index]
        busy[index] = busy[-1]
        busy.pop()
        desk.free(done, now, busy)
        desk.arrive(arrival, now, busy)
        took.append(clock() - start)
    spent = time.process_time() - begin
    gc.unfreeze()
    took.sort()
    decisions = len(busy) - held + steps
    return {
        "per_s": round(decisions / spent),
        "p50_us": round(took[steps // 2] * 1e6, 1),
        "p99_us": round(took[int(steps * 0.99)] * 1e6, 1),
        "decisions": decisions,
    }


def heap_limit(entries: int, steps: int) -> int:
    """How often a second this interpreter does one push and one pop on a heap of that many entries."""
    heap = [(index, index, index) for index in range(entries)]
    begin = time.process_time()
    for index in range(entries, entries + steps):
        heapq.heappush(heap, (index, index, index))
        heapq.heappop(heap)
    return round(steps / (time.process_time() - begin))


def memory(make: Callable[[World], Any], agents: int, waiting: int) -> dict[str, int]:
    """Bytes per agent, and per interaction that waits."""
    world = World(agents, unique=False)
    tracemalloc.start()
    desk = make(world)
    if isinstance(desk, ThroughTheDesk):
        desk.desk.take_changes()
    start = tracemalloc.get_traced_memory()[0]
    capacity = sum(config.capacity for config in world.agents)
    demand = world.demand(waiting + capacity)
    now = 1_000_000
    middle = 0
    for number, item in enumerate(demand):
        if number == capacity:
            middle = tracemalloc.get_traced_memory()[0]
        now += 1
        desk.arrive(desk.prepare([item], now)[0], now, [])
    if isinstance(desk, ThroughTheDesk):
        desk.desk.take_changes()
    end = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return {"per_agent": round(start / agents), "per_waiting": round((end - middle) / waiting)}


def run(*, quick: bool, rounds: int) -> dict[str, Any]:
    sizes = [(100, 1_000), (1_000, 10_000)] if quick else [
        (agents, waiting) for agents in (100, 1_000, 10_000) for waiting in (1_000, 10_000, 100_000)
    ]  # fmt: skip
    largest = sizes[-1]
    cases = [(*size, False) for size in sizes] + [(1_000, largest[1], True), (*largest, True)]
    results = []
    for agents, waiting, unique in dict.fromkeys(cases):
        row: dict[str, Any] = {"agents": agents, "waiting": waiting, "profiles": "unique" if unique else "shared"}
        for name, make, steps in (("index", IndexAlone, 60_000), ("desk", ThroughTheDesk, 20_000)):
            runs = [measure(make, agents, waiting, steps, unique=unique) for _ in range(rounds)]
            row[name] = {key: statistics.median(r[key] for r in runs) for key in runs[0]}
        row["heap_per_s"] = heap_limit(waiting, 100_000)
        results.append(row)
        print(line(row), flush=True)
    bytes_each = {name: memory(make, *largest) for name, make in (("index", IndexAlone), ("desk", ThroughTheDesk))}
    return {"routing": results, "bytes": bytes_each}


def line(row: dict[str, Any]) -> str:
    index, desk = row["index"], row["desk"]
    return (
        f"{row['agents']:>6} {row['waiting']:>7} {row['profiles']:<7}"
        f" {index['per_s']:>9,} {index['p50_us']:>6} {index['p99_us']:>6}"
        f" {desk['per_s']:>9,} {desk['p50_us']:>6} {desk['p99_us']:>6}"
        f" {row['heap_per_s']:>10,}"
        f" {index['per_s'] / row['heap_per_s']:>5.2f} {desk['per_s'] / row['heap_per_s']:>5.2f}"
    )


HEADER = (
    "agents waiting profile   index/s    p50    p99    desk/s    p50    p99     heap/s index  desk\n"
    "                                     us     us               us     us            /heap /heap"
)


def main() -> None:
    """Measure, print the table, and write the figures where asked."""
    parser = argparse.ArgumentParser(description="Routing decisions per second.")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, one round")
    parser.add_argument("--rounds", type=int, default=3, help="the median of this many runs")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    gc.set_threshold(*GC_THRESHOLDS)
    print(HEADER, flush=True)
    results = run(quick=options.quick, rounds=1 if options.quick else options.rounds)
    for name, sizes in results["bytes"].items():
        print(
            f"memory, {name}: {sizes['per_agent']:,} bytes an agent,"
            f" {sizes['per_waiting']:,} bytes an interaction waiting"
        )
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
