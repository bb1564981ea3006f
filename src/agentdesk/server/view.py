"""The desk as sessions, routes and channels read it: a moment ahead of what is committed, never written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agentdesk.core.desk import AgentStats, Desk, QueueStats
from agentdesk.core.model import Agent, Customer, DeskConfig, Hours, Interaction, QueueConfig
from agentdesk.core.routing import explain


class DeskView:
    """Reads of the desk's state, on the loop's thread only. What it returns is the desk's own: copy what is kept."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def seq(self) -> int:
        """The number of the last event that was decided."""
        return self._desk.state.counters.seq

    @property
    def config(self) -> DeskConfig:
        """What holds for the desk as a whole."""
        return self._desk.state.desk

    def interaction(self, interaction_id: int) -> Interaction | None:
        """A live interaction."""
        return self._desk.state.interactions.get(interaction_id)

    def interactions(self) -> Iterable[Interaction]:
        """Every live interaction."""
        return self._desk.state.interactions.values()

    def customer(self, customer_id: int) -> Customer | None:
        """The customer of a live interaction."""
        return self._desk.state.customers.get(customer_id)

    def agent(self, agent: str) -> Agent | None:
        """An agent."""
        return self._desk.state.agents.get(agent)

    def agents(self) -> Iterable[Agent]:
        """Every agent."""
        return self._desk.state.agents.values()

    def working_on(self, agent: str) -> list[Interaction]:
        """What an agent holds or is offered."""
        known = self.agent(agent)
        return [] if known is None else self._desk.state.working_on(known)

    def queues(self) -> Iterable[QueueConfig]:
        """Every queue."""
        return self._desk.state.queues.values()

    @property
    def day_offset_ms(self) -> int:
        """How long after midnight UTC the days of ledgers begin."""
        return self._desk.state.desk.day_offset_ms

    def hours(self, queue: str) -> Hours:
        """Whether a queue is open, as the desk was told."""
        return self._desk.state.hours.get(queue, Hours.OPEN)

    def line(self, queue: str) -> Sequence[int]:
        """What waits in a queue and is offered to nobody, the first in line first."""
        return self._desk.waiting_order(queue)

    def queue_stats(self, now_ms: int) -> Sequence[QueueStats]:
        """Every queue's figures."""
        return [self._desk.queue_stats(queue) for queue in self._desk.state.queues]

    def agent_stats(self) -> list[AgentStats]:
        """Every agent's figures."""
        found = (self._desk.agent_stats(agent) for agent in self._desk.state.agents)
        return [one for one in found if one is not None]

    def why_interaction(self, interaction_id: int, now_ms: int) -> explain.WhyInteraction | None:
        """Why a live interaction is where it is."""
        return explain.why_interaction(self._desk.state, interaction_id, now_ms)

    def why_agent(self, agent: str, now_ms: int) -> explain.WhyAgent | None:
        """Why nothing comes to an agent."""
        return explain.why_agent(self._desk.state, agent, now_ms)
