"""What waits and who is there, and what to do about it next.

The caller says what changed (`enqueue`, `dequeue`, `loaded`, `freed`, `be`, `configure`); `next` proposes one step at a
time until nothing more can be matched. Between two rounds this holds and everything rests on it: no agent who is there
and has room can take anything that waits. So only these need a look: who gained room, where nothing waited before.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET

from agentdesk.core.model import Agent, DeskConfig, Interaction, QueueConfig, Strategy, Trace
from agentdesk.core.routing.pool import Candidate, Held, Pool, is_online, is_present
from agentdesk.core.routing.proposal import Proposal, Step
from agentdesk.core.routing.requirement import ALONE, ID, REQUIREMENT, Entry, Requirement
from agentdesk.core.routing.tracing import trace
from agentdesk.core.routing.waiting import Waiting

NOTHING: Entry = [-(1 << 62)]


class Router(Waiting):
    """Indexes of what waits and who is free, under one desk's settings. Other settings need another router."""

    __slots__ = (
        "_affinity_due", "_called", "_fresh", "_gainers", "_open", "_preferring", "_refused", "_refusals_due",
        "_rings_due", "_turn", "_unsettled", "by_day", "can_be_stale", "last",
    )  # fmt: skip

    def __init__(self, desk: DeskConfig, queues: Mapping[str, QueueConfig], day: int = 0) -> None:
        named = frozenset(agent for queue in queues.values() for ring in queue.rings for agent in ring.agents)
        super().__init__(desk, queues, Pool(any(desk.interrupts.values()), named, day))
        self.last: dict[str, str] = {}
        strategies = {queue.strategy for queue in queues.values()}
        self.by_day = Strategy.FEWEST_HANDLED in strategies
        self.can_be_stale = self.by_day or Strategy.ROUND_ROBIN in strategies
        self._turn = 0
        self._refused: dict[Requirement, None] = {}
        self._preferring: dict[str, dict[int, Entry]] = {}
        # What changed since nothing more could be matched:
        self._fresh: dict[Requirement, None] = {}
        self._gainers: dict[Candidate, None] = {}
        self._unsettled: dict[Candidate, None] = {}
        self._called: dict[str, None] = {}
        self._refusals_due = False
        self._rings_due: dict[Requirement, None] = {}
        self._affinity_due: dict[int, None] = {}
        self._open: dict[Requirement, None] = {}

    # --- what waits ---------------------------------------------------------------------------------------------

    def enqueue(self, interaction: Interaction) -> None:
        """This one waits now."""
        number = interaction.id
        assert number not in self._where, f"interaction {number} waits already"
        requirement = self._requirement(interaction)
        prefer, alone = interaction.prefer, None
        if prefer is not None and interaction.prefer_until_ms is not None:
            alone = prefer
        if interaction.refused_by or alone is not None:
            requirement = self._below(requirement, interaction, alone)
        if not requirement.count:
            self._is_fresh(requirement)
        since, queue = interaction.queued_ms, requirement.queue
        rank = since - interaction.priority * self._desk.priority_s * 1000
        if self._desk.slack_percent:
            rank += queue.service_level_s * self._desk.slack_percent * 10
        self._turn += 1
        place = interaction.place
        entry = [rank, place, self._turn, number, since, requirement, alone, interaction.priority]
        self._where[number] = entry
        requirement.add(entry)
        if prefer is not None:
            self._prefers(prefer, entry)

    def _is_fresh(self, requirement: Requirement) -> None:
        if requirement.queue.rings:
            self._rings_due[requirement.base] = None
        if not requirement.queue.pull and not requirement.alone:
            self._fresh[requirement] = None

    def _prefers(self, agent_id: str, entry: Entry) -> None:
        self._preferring.setdefault(agent_id, {})[entry[ID]] = entry
        self._called[agent_id] = None
        if entry[ALONE] is not None:
            candidate = self.pool.by_id.get(agent_id)
            if candidate is None or not candidate.present:
                self._affinity_due[entry[ID]] = None

    def dequeue(self, interaction: Interaction) -> None:
        """This one no longer waits."""
        number = interaction.id
        entry = self._where.pop(number)
        requirement: Requirement = entry[REQUIREMENT]
        requirement.leave(entry)
        if requirement.base is not requirement and not requirement.count:
            del requirement.base.under[requirement.refused, requirement.rests, requirement.alone]
            self._refused.pop(requirement, None)
        if interaction.prefer is not None:
            self._prefers_no_longer(interaction.prefer, number)

    def _prefers_no_longer(self, agent_id: str, interaction_id: int) -> None:
        preferring = self._preferring[agent_id]
        del preferring[interaction_id]
        if not preferring:
            del self._preferring[agent_id]
        self._affinity_due.pop(interaction_id, None)

    # --- who is there -------------------------------------------------------------------------------------------

    def configure(self, agent: Agent, held: Held) -> None:
        """Know this agent's queues, skills, capacity, and what weighs on them."""
        candidate = self.pool.configure(agent, held, self._bases)
        bit = 1 << candidate.index
        for base in self._bases:
            base.able = base.able | bit if candidate.group.can(base.ways) else base.able & ~bit
        self.be(agent)
        self._look_at_circles()

    def _look_at_circles(self) -> None:
        self._refusals_due = True
        self._rings_due.update((base, None) for base in self._bases if base.queue.rings)

    def remove(self, agent_id: str) -> None:
        """Forget this agent."""
        candidate = self.pool.remove(agent_id)
        others = ~(1 << candidate.index)
        for base in self._bases:
            base.able &= others
        self._gainers.pop(candidate, None)
        self._unsettled.pop(candidate, None)
        self._release(agent_id)
        self._look_at_circles()

    def be(self, agent: Agent) -> None:
        """The agent's presence or connection changed."""
        candidate = self.pool.by_id[agent.id]
        present = is_present(agent)
        online = self.pool.online
        self._refusals_due |= present != candidate.present
        self.pool.be(candidate, present=present, online=is_online(agent))
        if self.pool.online != online:
            self._rings_due.update((base, None) for base in self._bases if base.queue.rings)
        if present:
            self._gainers[candidate] = None
        else:
            self._gainers.pop(candidate, None)
            self._unsettled[candidate] = None
            self._release(agent.id)

    def _release(self, agent_id: str) -> None:
        for number, entry in self._preferring.get(agent_id, {}).items():
            if entry[ALONE] is not None:
                self._affinity_due[number] = None

    def loaded(self, agent_id: str, channel: str, weight: int) -> None:
        """The agent was given one interaction of this channel."""
        candidate = self.pool.by_id[agent_id]
        self._unsettled[candidate] = None
        if candidate.limits or self.pool.interrupts:
            candidate.weigh(channel, weight, 1)

    def freed(self, agent_id: str, channel: str, weight: int) -> None:
        """The agent got rid of one interaction of this channel."""
        candidate = self.pool.by_id[agent_id]
        if candidate.present:
            self._gainers[candidate] = None
        if candidate.limits or self.pool.interrupts:
            candidate.weigh(channel, -weight, -1)

    def reweighed(self, agent_id: str, channel: str, more: int) -> None:
        """Something that the agent holds weighs so much more than before, or less."""
        candidate = self.pool.by_id[agent_id]
        candidate.weigh(channel, more, 0)
        self._move(candidate)
        if candidate.present:
            self._gainers[candidate] = None

    def is_stale(self, day: int) -> bool:
        """Whether it has to be built anew: ledgers begin anew with a day, and who goes around stands in order."""
        return (self.by_day and day != self.pool.day) or (bool(self.pool.around) and not self.pool.is_sorted)

    def offered(self, queue: str, agent_id: str) -> None:
        """Something of this queue was offered to this agent, whoever chose them."""
        self.last[queue] = agent_id

    def counted(self, agent_id: str) -> None:
        """The agent's ledger changed, by which some queues choose."""
        self._move(self.pool.by_id[agent_id])

    def _move(self, candidate: Candidate) -> None:
        """Their place in the idle order stays, but there may be rows and orders where they stand elsewhere now."""
        self.pool.withdraw(candidate)
        self._unsettled[candidate] = None

    def has_room(self, agent_id: str, interaction: Interaction) -> bool:
        """Whether the agent has room for this one at its full weight, whatever their skills."""
        one, weight = self.pool.by_id[agent_id], interaction.full_weight or interaction.weight
        return one.has_room(self._fit(interaction.channel, weight))

    def ready_count(self, queue: str) -> int:
        """How many of a queue's agents have room for something."""
        self._settle()
        return (self.pool.able(queue) & self.pool.ready).bit_count()

    def online_count(self, queue: str) -> int:
        """How many of a queue's agents are signed in."""
        return (self.pool.able(queue) & self.pool.online).bit_count()

    # --- matching -----------------------------------------------------------------------------------------------

    def next(self) -> Proposal | None:
        """The next step; the caller applies it, which tells the router, before asking again."""
        if self._refusals_due or self._rings_due or self._affinity_due:
            before = self._before_matching()
            if before is not None:
                return before
        if self._preferring:
            preferred = self._preferred()
            if preferred is not None:
                return preferred
        if self._fresh or self._open or len(self._gainers) > 1:
            return self._for_anyone()
        return self._for_the_one_who_gained() if self._gainers else None

    def next_for(self, agent_id: str, queue: str = "") -> int | None:
        """The best placed that this agent could take, of one queue or of all, pushed or pulled."""
        candidate = self.pool.by_id[agent_id]
        best: Entry | None = None
        for base in self._bases:
            if queue in ("", base.queue.id) and self._could(candidate, base):
                for requirement in base.everything:
                    head = requirement.head
                    free = not requirement.alone and agent_id not in requirement.refused
                    if free and head is not None and (best is None or head < best):
                        best = head
        for entry in self._preferring.get(agent_id, {}).values():
            requirement = entry[REQUIREMENT]
            mine = queue in ("", requirement.queue.id) and agent_id not in requirement.refused
            if mine and (best is None or entry < best) and self._could(candidate, requirement):
                best = entry
        return None if best is None else best[ID]

    def trace(self, proposal: Proposal, now: int) -> Trace:
        """Why this offer is made, as of now."""
        self._settle()
        return trace(self.pool, self._where[proposal.interaction_id], proposal, now)

    def _before_matching(self) -> Proposal | None:
        if self._refusals_due:
            refused = self._everyone_refused()
            if refused is not None:
                return Proposal(Step.REST, refused)
        if self._rings_due:
            wider = self._wider_ring()
            if wider is not None:
                return Proposal(Step.WIDEN, wider[0], ring=wider[1])
        if self._affinity_due:
            return Proposal(Step.RELEASE, min(self._affinity_due))
        return None

    def _for_the_one_who_gained(self) -> Proposal | None:
        # Whatever waits that this agent can take, nobody else there has room for: no need to ask who comes first.
        candidate = next(iter(self._gainers))
        agent = candidate.agent
        best: Entry | None = None
        if agent.load + self.pool.least <= agent.config.capacity or self.pool.interrupts:
            fit, has_room = None, False
            for requirement in candidate.group.serves:
                head = requirement.head
                if head is not None and (best is None or head < best):
                    if requirement.fit is not fit:
                        fit = requirement.fit
                        has_room = candidate.has_room(fit)
                    if has_room:
                        best = head
            if self._refused:
                best = self._best_refused_by_others(candidate, best)
        if best is not None:
            return self._offer(best, agent.config.id)
        self._gainers.clear()
        self._unsettled[candidate] = None
        return None

    def _offer(self, entry: Entry, agent_id: str) -> Proposal:
        return Proposal(Step.OFFER, entry[ID], agent_id, entry[REQUIREMENT].how)

    def _best_refused_by_others(self, candidate: Candidate, best: Entry | None) -> Entry | None:
        for requirement in self._refused:
            head = None if requirement.queue.pull else requirement.head
            if head is not None and (best is None or head < best) and self._can_take(candidate, requirement):
                best = head
        return best

    def _for_anyone(self) -> Proposal | None:
        self._open_up()
        while self._open:
            requirement = self._first_open()
            head = requirement.head
            if head is not None:
                candidate = self._first_candidate(requirement)
                if candidate is not None:
                    return self._offer(head, candidate.agent.config.id)
            del self._open[requirement]
        return None

    def _first_open(self) -> Requirement:
        if len(self._open) == 1:
            return next(iter(self._open))
        # Where nothing waits any more comes before all others, and is dropped at once.
        return min(self._open, key=lambda requirement: requirement.head or NOTHING)

    def _open_up(self) -> None:
        for candidate in self._gainers:
            self._open.update((requirement, None) for requirement in candidate.group.serves if requirement.head)
            self._open.update((requirement, None) for requirement in self._refused if not requirement.queue.pull)
        self._settle()
        self._gainers.clear()
        self._open.update(self._fresh)
        self._fresh.clear()

    def _settle(self) -> None:
        settle = self.pool.settle
        for candidate in self._gainers:
            settle(candidate)
        for candidate in self._unsettled:
            settle(candidate)
        self._unsettled.clear()

    def _first_candidate(self, requirement: Requirement) -> Candidate | None:
        if requirement.queue.strategy is Strategy.ROUND_ROBIN:
            return self._next_by_name(requirement)
        order = requirement.base.order
        return order.first_but(requirement.refused) if requirement.refused else order.first()

    def _next_by_name(self, requirement: Requirement) -> Candidate | None:
        """The next by name after the one who was last offered something of this queue, around."""
        free = requirement.base.able & requirement.fit.ready
        if requirement.refused:
            free &= ~self.pool.bits_of(requirement.refused)
        return self.pool.after(free, self.last.get(requirement.queue.id, ""))

    def _preferred(self) -> Proposal | None:
        best: tuple[Entry, str] | None = None
        for agent_id in dict.fromkeys((*self._called, *(c.agent.config.id for c in self._gainers))):
            candidate = self.pool.by_id.get(agent_id)
            if candidate is None:
                continue
            for entry in self._preferring.get(agent_id, {}).values():
                requirement = entry[REQUIREMENT]
                if requirement.queue.pull or (best is not None and best[0] < entry):
                    continue
                if self._can_take(candidate, requirement):
                    best = (entry, agent_id)
        if best is None:
            self._called.clear()
            return None
        how = "preferred" if best[0][ALONE] is None else "affinity"
        return Proposal(Step.OFFER, best[0][ID], best[1], how)

    def _can_take(self, candidate: Candidate, requirement: Requirement) -> bool:
        refused = candidate.agent.config.id in requirement.refused
        return candidate.present and not refused and self._could(candidate, requirement)

    def _could(self, candidate: Candidate, requirement: Requirement) -> bool:
        return candidate.has_room(requirement.fit) and candidate.group.can(requirement.ways)

    def _everyone_refused(self) -> int | None:
        present = self.pool.present
        for requirement in self._refused:
            able = requirement.base.able & present
            head = None if requirement.rests else requirement.head
            if able and head is not None and not able & ~self.pool.bits_of(requirement.refused):
                return int(head[ID])
        self._refusals_due = False
        return None

    def _wider_ring(self) -> tuple[int, int] | None:
        """One of those whose circle has nobody signed in while a later one has, and the ring that opens for it."""
        online = self.pool.online
        while self._rings_due:
            base = next(iter(self._rings_due))
            head = next((r.head for r in base.everything if r.head is not None), None)
            if head is not None and not base.able & online:
                ring = self._first_ring(base, online)
                if ring is not None:
                    return int(head[ID]), ring
            del self._rings_due[base]
        return None

    def _below(self, base: Requirement, interaction: Interaction, alone: str | None) -> Requirement:
        refused = frozenset(interaction.refused_by)
        rests = interaction.rests_until_ms is not UNSET
        requirement = base.below(refused, rests, alone is not None)
        if refused and alone is None:
            self._refused[requirement] = None
            self._refusals_due = True
        return requirement
