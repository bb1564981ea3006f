"""Matching: the first in line that someone can take goes to the one of them who has been idle longest.

The state tells the router what changed (`enqueue`, `dequeue`, `loaded`, `freed`, `be`, `configure`); `next` proposes
one thing at a time until nothing more can be matched. Between two rounds this holds and everything rests on it: no
agent who is there and has room can take anything that waits. So only what changed since needs a look: agents who
gained room, and requirements that had nothing waiting before.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import merge, nsmallest

from agentdesk.core.model import Agent, Interaction
from agentdesk.core.routing.ages import Ages
from agentdesk.core.routing.pool import Candidate, Pool, is_online, is_present
from agentdesk.core.routing.requirement import Entry, Requirement

Proposal = tuple[int, str | None]
"""An interaction and whom to offer it to; None when everyone there has refused it, which is to be forgotten."""

RequirementKey = tuple[str, str, int, tuple[tuple[str, int], ...]]


class Router:
    """Indexes of what waits and who is free."""

    __slots__ = ("_ages", "_bases", "_by_key", "_called", "_fresh", "_gainers", "_open", "_preferring",
                 "_priority_ms", "_refused", "_refusals_due", "_unsettled", "_where", "pool")  # fmt: skip

    def __init__(self, priority_ms: int) -> None:
        self.pool = Pool()
        self._priority_ms = priority_ms
        self._by_key: dict[RequirementKey, Requirement] = {}
        self._bases: list[Requirement] = []
        self._where: dict[int, Requirement] = {}
        self._refused: dict[Requirement, None] = {}
        self._ages: dict[str, Ages] = {}
        self._preferring: dict[str, dict[int, Entry]] = {}
        # What changed since nothing more could be matched:
        self._fresh: dict[Requirement, None] = {}
        self._gainers: dict[Candidate, None] = {}
        self._unsettled: dict[Candidate, None] = {}
        self._called: dict[str, None] = {}
        self._refusals_due = False
        self._open: dict[Requirement, None] = {}

    # --- what waits ---------------------------------------------------------------------------------------------

    def enqueue(self, interaction: Interaction) -> None:
        """This one waits now."""
        requirement = self._requirement(interaction)
        if interaction.refused_by:
            requirement = self._with_refusals(requirement, frozenset(interaction.refused_by))
        entry = self._entry(interaction)
        if not requirement.count:
            self._fresh[requirement] = None
        requirement.add(entry)
        self._ages_of(interaction.queue).add(interaction.queued_ms, interaction.id)
        if interaction.prefer is not None:
            self._preferring.setdefault(interaction.prefer, {})[interaction.id] = entry
            self._called[interaction.prefer] = None

    def dequeue(self, interaction: Interaction) -> None:
        """This one no longer waits."""
        requirement = self._where[interaction.id]
        requirement.leave(interaction.id)
        self._ages[requirement.queue].leave()
        if not requirement.count and requirement.refused:
            del requirement.base.under[requirement.refused]
            del self._refused[requirement]
        preferring = self._preferring.get(interaction.prefer or "")
        if preferring is not None:
            preferring.pop(interaction.id, None)
            if not preferring:
                del self._preferring[interaction.prefer or ""]

    def is_waiting(self, interaction_id: int) -> bool:
        """Whether it is in line."""
        return interaction_id in self._where

    def line(self, queue: str) -> list[int]:
        """What waits in a queue, the first in line first."""
        heaps = (sorted(r.live()) for r in self._of_queue(queue))
        return list(dict.fromkeys(entry[2] for entry in merge(*heaps)))

    def first(self, queue: str, count: int) -> list[int]:
        """The first `count` in a queue's line."""
        heads: list[Entry] = []
        for requirement in self._of_queue(queue):
            heads += requirement.first(count)
        return [entry[2] for entry in nsmallest(count, heads)]

    def oldest(self, queue: str) -> int | None:
        """Since when the one that has waited longest in a queue waits."""
        ages = self._ages.get(queue)
        return None if ages is None else ages.oldest()

    # --- who is there -------------------------------------------------------------------------------------------

    def configure(self, agent: Agent) -> None:
        """Know this agent's queues, skills, capacity."""
        candidate = self.pool.configure(agent)
        bit = 1 << candidate.index
        for base in self._bases:
            base.able = base.able | bit if candidate.group.can(base) else base.able & ~bit
        self.be(agent)
        self._gains(candidate)
        self._refusals_due = True

    def remove(self, agent_id: str) -> None:
        """Forget this agent."""
        candidate = self.pool.remove(agent_id)
        bit = 1 << candidate.index
        for base in self._bases:
            base.able &= ~bit
        self._gainers.pop(candidate, None)
        self._unsettled.pop(candidate, None)
        self._refusals_due = True

    def be(self, agent: Agent) -> None:
        """The agent's presence or connection changed."""
        candidate = self.pool.by_id[agent.id]
        present = is_present(agent)
        if present != candidate.present:
            self._refusals_due = True
        self.pool.be(candidate, present=present, online=is_online(agent))
        if present:
            self._gains(candidate)
        else:
            self._gainers.pop(candidate, None)
            self._unsettled[candidate] = None

    def loaded(self, agent_id: str, channel: str) -> None:
        """The agent was given one interaction of this channel."""
        candidate = self.pool.by_id[agent_id]
        candidate.on_channel[channel] = candidate.on_channel.get(channel, 0) + 1
        self._unsettled[candidate] = None
        self._touch(candidate)

    def freed(self, agent_id: str, channel: str) -> None:
        """The agent got rid of one interaction of this channel."""
        candidate = self.pool.by_id[agent_id]
        candidate.on_channel[channel] -= 1
        self._gains(candidate)
        self._touch(candidate)

    def ready_count(self, queue: str) -> int:
        """How many of a queue's agents have room for something."""
        ready = 0
        for fit in self.pool.fits.values():
            ready |= fit.ready
        return (self.pool.able(queue, ()) & ready).bit_count()

    def online_count(self, queue: str) -> int:
        """How many of a queue's agents are signed in."""
        return (self.pool.able(queue, ()) & self.pool.online).bit_count()

    # --- matching -----------------------------------------------------------------------------------------------

    def next(self) -> Proposal | None:
        """The next thing to do; the caller applies it, which tells the router, before asking again."""
        if self._refusals_due:
            forgiven = self._everyone_refused()
            if forgiven is not None:
                return forgiven, None
        if self._preferring:
            preferred = self._preferred()
            if preferred is not None:
                return preferred
        self._called.clear()
        if len(self._gainers) == 1 and not self._fresh and not self._open:
            return self._for_the_one_who_gained()
        return self._for_anyone()

    def _for_the_one_who_gained(self) -> Proposal | None:
        # Whatever waits that this agent can take, nobody else there has room for: no need to ask who is idle.
        (candidate,) = self._gainers
        best: Entry | None = None
        for requirement in candidate.group.serves(self._bases):
            if requirement.count and candidate.has_room(requirement.fit):
                head = requirement.head()
                if head is not None and (best is None or head < best):
                    best = head
            if requirement.under:
                best = self._best_refused_by_others(requirement, candidate, best)
        if best is not None:
            return best[2], candidate.agent.id
        self._settle_all()
        return None

    def _best_refused_by_others(self, base: Requirement, candidate: Candidate, best: Entry | None) -> Entry | None:
        if not candidate.has_room(base.fit):
            return best
        for requirement in base.under.values():
            if candidate.agent.id not in requirement.refused:
                head = requirement.head()
                if head is not None and (best is None or head < best):
                    best = head
        return best

    def _for_anyone(self) -> Proposal | None:
        self._open_up()
        while self._open:
            requirement, head = self._first_open()
            if head is None:
                return None
            able = requirement.base.able & requirement.fit.ready
            if able and requirement.refused:
                able &= ~self.pool.bits_of(requirement.refused)
            if able:
                return head[2], self.pool.longest_idle(able).agent.id
            del self._open[requirement]
        return None

    def _first_open(self) -> tuple[Requirement, Entry | None]:
        best: Entry | None = None
        first: Requirement | None = None
        for requirement in list(self._open):
            head = requirement.head()
            if head is None:
                del self._open[requirement]
            elif best is None or head < best:
                best, first = head, requirement
        return first, best  # type: ignore[return-value]

    def _open_up(self) -> None:
        gained = [candidate for candidate in self._gainers if candidate.present]
        self._settle_all()
        for candidate in gained:
            if candidate.ready:
                for requirement in candidate.group.serves(self._bases):
                    if requirement.count:
                        self._open[requirement] = None
                    self._open.update(dict.fromkeys(requirement.under.values()))
        self._open.update(self._fresh)
        self._fresh.clear()

    def _preferred(self) -> Proposal | None:
        best: tuple[Entry, str] | None = None
        for agent_id in dict.fromkeys((*self._called, *(c.agent.id for c in self._gainers))):
            for entry in self._preferring.get(agent_id, {}).values():
                if (best is None or entry < best[0]) and self._can_take(agent_id, entry[2]):
                    best = (entry, agent_id)
        return None if best is None else (best[0][2], best[1])

    def _can_take(self, agent_id: str, interaction_id: int) -> bool:
        candidate = self.pool.by_id.get(agent_id)
        requirement = self._where[interaction_id]
        return (
            candidate is not None
            and candidate.present
            and agent_id not in requirement.refused
            and candidate.has_room(requirement.fit)
            and candidate.group.can(requirement)
        )

    def _everyone_refused(self) -> int | None:
        present = self.pool.present
        for requirement in self._refused:
            able = requirement.base.able & present
            if able and not able & ~self.pool.bits_of(requirement.refused):
                head = requirement.head()
                assert head is not None, "an empty requirement with refusals is dropped at once"
                return head[2]
        self._refusals_due = False
        return None

    # --- inside -------------------------------------------------------------------------------------------------

    def _gains(self, candidate: Candidate) -> None:
        if candidate.present:
            self._gainers[candidate] = None
        else:
            self._unsettled[candidate] = None

    def _touch(self, candidate: Candidate) -> None:
        if candidate.present:
            self.pool.order.move_to_end(candidate.index)

    def _settle_all(self) -> None:
        settle = self.pool.settle
        for candidate in self._gainers:
            settle(candidate)
        for candidate in self._unsettled:
            settle(candidate)
        self._gainers.clear()
        self._unsettled.clear()

    def _entry(self, interaction: Interaction) -> Entry:
        rank = interaction.queued_ms - interaction.priority * self._priority_ms
        return (rank, interaction.place, interaction.id)

    def _ages_of(self, queue: str) -> Ages:
        ages = self._ages.get(queue)
        if ages is None:
            ages = self._ages[queue] = Ages(queue, self._where)
        return ages

    def _requirement(self, interaction: Interaction) -> Requirement:
        skills = tuple(sorted(interaction.skills.items())) if interaction.skills else ()
        key = (interaction.queue, interaction.channel, interaction.weight, skills)
        requirement = self._by_key.get(key)
        if requirement is None:
            fit = self.pool.fit(interaction.channel, interaction.weight)
            requirement = self._by_key[key] = Requirement(interaction.queue, skills, fit, self._where)
            requirement.able = self.pool.able(interaction.queue, skills)
            self._bases.append(requirement)
        return requirement

    def _with_refusals(self, base: Requirement, refused: frozenset[str]) -> Requirement:
        requirement = base.under.get(refused)
        if requirement is None:
            requirement = Requirement(base.queue, base.skills, base.fit, self._where, base, refused)
            base.under[refused] = requirement
            self._refused[requirement] = None
        self._refusals_due = True
        return requirement

    def _of_queue(self, queue: str) -> Iterable[Requirement]:
        for base in self._bases:
            if base.queue == queue:
                yield base
                yield from base.under.values()
