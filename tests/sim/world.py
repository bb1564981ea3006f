"""One simulated afternoon, chosen by a seed: agents, customers, broken links, dead clients, killed servers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

from agentdesk.core.commands import Tick
from agentdesk.server.parts import SYSTEM
from agentdesk.store.memory import MemoryStore
from tests.serving import DeskSettings, WrapupSettings, put_token, put_user, quick_queue, settings
from tests.sim.agents import SimAgent, Told
from tests.sim.server import ManualClock, Pipe, SimServer
from tests.sim.visitors import Network, SimVisitor

AGENTS = ("ana", "rina", "minh")
VISITORS = 5
START_MS = 1_750_000_000_000
QUIET_TURNS = 3_000

ACTIONS = {
    "agent_acts": 60,
    "visitor_acts": 30,
    "message_travels": 60,
    "server_hears": 80,
    "agent_hears": 100,
    "disk": 80,
    "figures": 6,
    "agent_connects": 25,
    "server_notices": 8,
}
TROUBLE = {"time": 12, "link_breaks": 6, "agent_dies": 1.5, "server_dies": 2}
WEATHERS = (0.1, 0.4, 1.0)
"""How much of the trouble there is: on calm days conversations get far, on others little stays as it was."""


class World:
    """Everything there is. `run` is the afternoon, `calm_down` its end: then everybody must agree."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clock = ManualClock(START_MS)
        self.store = MemoryStore()
        self.told: list[Told] = []
        self.deaths = 0
        self._settings = settings(
            Path("unused"),
            desk=DeskSettings(agent_grace_s=20, customer_grace_s=30, missed_offers_max=2, capacity=4),
            queues=(
                quick_queue("support", offer_timeout_s=20),
                quick_queue("sales", offer_timeout_s=20, wrapup=WrapupSettings(mode="required", seconds=30)),
            ),
        )
        self._tokens = {}
        for name in AGENTS:
            put_user(self.store, name)
            self._tokens[name] = put_token(self.store, name)
        self._clients = 0
        self.server = SimServer(self._settings, self.store, self.clock)
        self.agents = {name: self._agent(name) for name in AGENTS}
        self.network = Network(Random(self.random.random()))
        self.visitors = [self._visitor(f"v{number}") for number in range(VISITORS)]
        self._half_open: list[Pipe] = []

    async def run(self, steps: int) -> None:
        """Let so many things happen."""
        self.server.start()
        weather = self.random.choice(WEATHERS)
        weights = ACTIONS | {name: weight * weather for name, weight in TROUBLE.items()}
        for name in self.random.choices(list(weights), list(weights.values()), k=steps):
            done = getattr(self, name)()
            if done is not None:
                await done
            await self._turns(self.random.randrange(3))

    async def _turns(self, count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(0)
        self.server.check_alive()

    # --- what can happen ----------------------------------------------------------------------------------------

    def agent_acts(self) -> None:
        self._some_agent().act(self.clock.ms)

    def visitor_acts(self) -> None:
        self.random.choice(self.visitors).act()

    def server_hears(self) -> None:
        for pipe in self._pipes():
            if pipe.to_server and self.random.random() < 0.6:
                pipe.arrive()

    def agent_hears(self) -> None:
        agent = self._some_agent()
        for _ in range(self.random.randint(1, 6)):
            agent.read(self.clock.ms, self.server.disk.durable_seq)

    def disk(self) -> None:
        if self.server.disk.waiting:
            self.server.disk.write()(None)

    def time(self) -> None:
        self.clock.ms += self.random.choice((100, 1_000, 3_000, 10_000, 25_000))
        for agent in self.agents.values():
            agent.tick(self.clock.ms)
        if self.server.ready:
            self.server.parts.loop.submit_nowait(Tick(), SYSTEM)
            self.server.parts.publisher.keep_alive()

    def figures(self) -> None:
        if self.server.ready:
            self.server.send_figures()

    def message_travels(self) -> None:
        self.network.step(self.server)

    def agent_connects(self) -> None:
        if self.server.ready:
            self._some_agent().connect(self.server, self.clock.ms)

    def link_breaks(self) -> None:
        """The client knows at once; the server when it notices. What is on its way may still arrive."""
        pipe = self._some_agent().cut(self.clock.ms)
        if pipe is not None:
            for _ in range(self.random.randint(0, len(pipe.to_server))):
                pipe.to_server.pop()
            self._half_open.append(pipe)

    def server_notices(self) -> None:
        if self._half_open:
            self._half_open.pop(self.random.randrange(len(self._half_open))).close()

    def agent_dies(self) -> None:
        """The client's process ends; another begins with nothing."""
        agent = self._some_agent()
        pipe = agent.cut(self.clock.ms)
        if pipe is not None:
            self._half_open.append(pipe)
        self.agents[agent.name] = self._agent(agent.name)

    async def server_dies(self) -> None:
        """Killed, perhaps between the commit and the answers; what wasn't durable is gone."""
        if self.server.disk.waiting and self.random.random() < 0.5:
            self.server.disk.write()
        await self.server.die()
        self.network.server_died()
        self.deaths += 1
        self._half_open.clear()
        for agent in self.agents.values():
            agent.cut(self.clock.ms)
        self.clock.ms += self.random.choice((500, 5_000))
        self.server = SimServer(self._settings, self.store, self.clock)
        self.server.start()

    # --- the end ------------------------------------------------------------------------------------------------

    async def calm_down(self) -> None:
        """Everything works from now on and nobody begins anything: everything must come to rest."""
        for _ in range(QUIET_TURNS):
            self._work_kindly()
            await self._turns(3)
            if self._is_quiet():
                break
        else:
            raise AssertionError("it never came to rest")
        self.server.send_figures()
        await self._turns(10)
        self._deliver_all()

    def _work_kindly(self) -> None:
        while self._half_open:
            self._half_open.pop().close()
        self.disk()
        for agent in self.agents.values() if self.server.ready else ():
            agent.connect(self.server, self.clock.ms)
            agent.tick(self.clock.ms)
        for pipe in self._pipes():
            while pipe.to_server:
                pipe.arrive()
        self._deliver_all()
        self.network.step(self.server, kindly=True)
        if not self.network.carried:
            for visitor in self.visitors:
                visitor.repeat()

    def _deliver_all(self) -> None:
        for agent in self.agents.values():
            while agent.pipe is not None and agent.pipe.to_client:
                agent.read(self.clock.ms, self.server.disk.durable_seq)

    def _is_quiet(self) -> bool:
        loop = self.server.parts.loop
        return (
            self.server.ready
            and not self.server.disk.waiting
            and not loop.load
            and not self.network.carried
            and not any(visitor.saying for visitor in self.visitors)
            and all(agent.is_live and not agent.mirror.asked for agent in self.agents.values())
            and not any(pipe.to_server or pipe.to_client for pipe in self._pipes())
        )

    async def close(self) -> None:
        await self.server.die()

    # --- who there is -------------------------------------------------------------------------------------------

    def _agent(self, name: str) -> SimAgent:
        self._clients += 1
        return SimAgent(name, self._tokens[name], f"{name}-{self._clients}", self.told, Random(self.random.random()))

    def _visitor(self, name: str) -> SimVisitor:
        return SimVisitor(name, self.network, self.store, Random(self.random.random()))

    def _some_agent(self) -> SimAgent:
        return self.agents[self.random.choice(AGENTS)]

    def _pipes(self) -> list[Pipe]:
        return [pipe for pipe in self.server.pipes if pipe.open]
