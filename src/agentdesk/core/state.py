"""What the desk knows now: live interactions, agents, queues, and the indexes over them.

`agentdesk.core.apply` is the only writer: it serves live running, restart and simulation alike. The methods here that
change something are for it; everybody else reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from operator import attrgetter

from msgspec import UNSET

from agentdesk.core import routes
from agentdesk.core.changes import Changes, Loaded
from agentdesk.core.leavers import Leavers
from agentdesk.core.ledger import day_of
from agentdesk.core.lifecycle import WAITING
from agentdesk.core.model import (
    Agent,
    Customer,
    Hours,
    Identity,
    Interaction,
    QueueConfig,
    State,
)
from agentdesk.core.routing import Router
from agentdesk.core.tally import Tally
from agentdesk.core.timers import OF_INTERACTIONS, Timer, Timers


class DeskState:
    """The live rows, and what is derived from them."""

    __slots__ = (
        "agents", "agents_for_queues", "by_customer", "changes", "counters", "customers", "desk", "dirty_agents",
        "dirty_queues", "hours", "identities", "interactions", "leavers", "now_ms", "offers", "queues", "router",
        "tallies", "timers",
    )  # fmt: skip

    def __init__(self, loaded: Loaded) -> None:
        self.counters = copy(loaded.counters)
        self.desk = loaded.desk
        self.queues: dict[str, QueueConfig] = {queue.id: queue for queue in loaded.queues}
        self.hours: dict[str, Hours] = {}
        self.leavers = Leavers()
        self.agents: dict[str, Agent] = {agent.id: copy(agent) for agent in loaded.agents}
        self.customers: dict[int, Customer] = {}
        self.interactions: dict[int, Interaction] = {}
        self.offers: dict[int, int] = {}
        self.identities: dict[Identity, int] = {}
        self.by_customer: dict[int, set[int]] = {}
        self.tallies: dict[str, Tally] = {queue: Tally() for queue in self.queues}
        self.now_ms = 0
        self.changes = Changes()
        self.dirty_queues: set[str] = set(self.queues)
        self.dirty_agents: set[str] = set(self.agents)
        self.agents_for_queues: set[str] = set()
        self.timers = Timers(self.due_of)
        self.router = self._new_router()
        self._load(loaded)

    # --- what is due --------------------------------------------------------------------------------------------

    def due_of(self, kind: Timer, whose: int | str) -> int | None:
        """When a timer of this kind is due for this interaction or agent; None when it is not set."""
        if kind is Timer.AGENT_GRACE:
            agent = self.agents.get(str(whose))
            lost = None if agent is None else agent.lost_since_ms
            return None if lost is None else lost + self.desk.agent_grace_s * 1000
        interaction = self.interactions.get(int(whose))
        return None if interaction is None else self._due_of_interaction(kind, interaction)

    def _due_of_interaction(self, kind: Timer, interaction: Interaction) -> int | None:
        state = interaction.state
        if kind is Timer.OFFER:
            return None if interaction.offer is None else interaction.offer.expires_ms
        if kind is Timer.WRAPUP:
            wrapup = interaction.wrapup
            return wrapup.due_ms if wrapup is not None and state is State.WRAPPING else None
        if kind is Timer.SNOOZE:
            return interaction.snoozed_until_ms if state is State.SNOOZED else None
        if kind is Timer.CUSTOMER_GRACE:
            away = interaction.customer_away_since_ms
            return None if away is None or state not in WAITING else away + self.desk.customer_grace_s * 1000
        if kind is Timer.SILENT:
            return self._silent_ms(interaction)
        return self._due_in_line(kind, interaction) if state is State.QUEUED else None

    def _silent_ms(self, interaction: Interaction) -> int | None:
        desk, quiet = self.desk, interaction.quiet_since_ms
        if not desk.silent_after_s or quiet is None or interaction.state is not State.ACTIVE:
            return None
        if interaction.full_weight is not None:
            return None
        weight = desk.silent_weights.get(interaction.channel, interaction.weight)
        return quiet + desk.silent_after_s * 1000 if weight < interaction.weight else None

    def _due_in_line(self, kind: Timer, interaction: Interaction) -> int | None:
        if kind is Timer.REST:
            return None if interaction.rests_until_ms is UNSET else interaction.rests_until_ms
        if kind is Timer.AFFINITY:
            return interaction.prefer_until_ms
        queue = self.queues[interaction.queue]
        if kind is Timer.RING:
            rings, ring = queue.rings, interaction.ring
            return interaction.entered_ms + rings[ring].after_s * 1000 if ring < len(rings) else None
        overflow = routes.by_wait(self.queues, queue, interaction.channel)
        return None if overflow is None else interaction.entered_ms + overflow.after_ms

    def set_timers(self, interaction: Interaction, kinds: Iterable[Timer] = OF_INTERACTIONS) -> None:
        """Note every deadline this interaction has, of these kinds."""
        for kind in kinds:
            due = self._due_of_interaction(kind, interaction)
            if due is not None:
                self.timers.set(due, kind, interaction.id)

    # --- starting -----------------------------------------------------------------------------------------------

    def _load(self, loaded: Loaded) -> None:
        for customer in loaded.customers:
            self.know_customer(customer)
        for gone in loaded.left:
            self.leavers.add(gone, gone.closed_ms or 0, self.desk.return_s * 1000)
        for interaction in loaded.interactions:
            self._load_interaction(copy(interaction))
        self._load_agents()
        self._load_line()

    def _load_interaction(self, interaction: Interaction) -> None:
        interaction.entered_ms = interaction.entered_ms or interaction.queued_ms
        self.interactions[interaction.id] = interaction
        self.by_customer.setdefault(interaction.customer_id, set()).add(interaction.id)
        tally = self.tallies[interaction.queue]
        tally.states[interaction.state] += 1
        tally.resting += interaction.rests_until_ms is not UNSET
        if interaction.offer is not None:
            self.offers[interaction.offer.id] = interaction.id
        self.set_timers(interaction)

    def _load_agent(self, agent: Agent) -> None:
        self.router.configure(agent, self.weighing_on(agent))
        due = self.due_of(Timer.AGENT_GRACE, agent.id)
        if due is not None:
            self.timers.set(due, Timer.AGENT_GRACE, agent.id)

    def _load_line(self) -> None:
        for interaction in self.interactions.values():
            if interaction.state is State.QUEUED:
                self.router.enqueue(interaction)

    def rebuild_router(self, day: int | None = None) -> None:
        """Build the routing indexes anew, as when the worth of priority changes."""
        last = self.router.last
        self.router = self._new_router(day)
        self.router.last = last
        self._load_agents()
        self._load_line()

    def renew_router(self, now: int) -> None:
        """Build the routing indexes anew if a new day or a new agent has made them stale."""
        day = day_of(now, self.desk.day_offset_ms)
        if self.router.is_stale(day):
            self.rebuild_router(day)

    def _new_router(self, day: int | None = None) -> Router:
        return Router(self.desk, self.queues, day_of(self.now_ms, self.desk.day_offset_ms) if day is None else day)

    def _load_agents(self) -> None:
        # In the order of their names, so that their bits are; idleness is a number of its own.
        for agent in sorted(self.agents.values(), key=attrgetter("config.id")):
            self._load_agent(agent)

    # --- reading ------------------------------------------------------------------------------------------------

    def working_on(self, agent: Agent) -> list[Interaction]:
        """What the agent holds or is offered."""
        offered = (self.offers[offer] for offer in agent.offers)
        return [self.interactions[i] for i in (*agent.holding, *offered)]

    def weighing_on(self, agent: Agent) -> list[tuple[str, int]]:
        """Channel and weight of each interaction that weighs on the agent."""
        working = self.working_on(agent)
        return [(one.channel, one.weight) for one in working if one.state is not State.SNOOZED]

    def is_gone(self, agent_id: str | None) -> bool:
        """Whether nobody is at that agent's desk any more: no session, and the grace time is over."""
        agent = self.agents.get(agent_id or "")
        return agent is None or (agent.sessions == 0 and agent.lost_since_ms is None)

    # --- customers, as apply needs them -------------------------------------------------------------------------

    def know_customer(self, customer: Customer) -> None:
        """Remember a customer by id and identities."""
        self.customers[customer.id] = customer
        for identity in customer.identities:
            self.identities[identity] = customer.id

    def forget_customer(self, customer_id: int) -> None:
        """Drop a customer who has nothing live."""
        for identity in self.customers.pop(customer_id).identities:
            if self.identities.get(identity) == customer_id:
                del self.identities[identity]
