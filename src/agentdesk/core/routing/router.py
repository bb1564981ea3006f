"""Matching: the first in line that someone can take goes to the one of them who has been idle longest.

The state tells the router what changed (`enqueue`, `dequeue`, `loaded`, `freed`, `be`, `configure`); `next` proposes
one thing at a time until nothing more can be matched. Between two rounds this holds and everything rests on it: no
agent who is there and has room can take anything that waits. So only what changed since needs a look: agents who
gained room, and requirements that had nothing waiting before.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from operator import attrgetter

from msgspec import UNSET

from agentdesk.core.model import Agent, Interaction
from agentdesk.core.routing.idle import Fit
from agentdesk.core.routing.pool import Candidate, Pool, is_online, is_present
from agentdesk.core.routing.requirement import ID, REQUIREMENT, Entry, Requirement

Proposal = tuple[int, str | None]
"""An interaction and whom to offer it to; None when everyone there has refused it and what follows is to be decided."""

Kind = tuple[str, str, int]
"""Queue, channel, weight."""

Skills = tuple[tuple[str, int], ...]

NOTHING: Entry = [-(1 << 62)]

touched = attrgetter("agent.idle_seq")


class Router:
    """Indexes of what waits and who is free."""

    __slots__ = (
        "_bases", "_by_skills", "_called", "_fits", "_fresh", "_gainers", "_latest", "_open", "_preferring",
        "_priority_ms", "_refused", "_refusals_due", "_turn", "_unsettled", "_where", "pool",
    )  # fmt: skip

    def __init__(self, priority_ms: int) -> None:
        self.pool = Pool()
        self._priority_ms = priority_ms
        self._turn = 0
        self._fits: dict[tuple[str, int], Fit] = {}
        self._by_skills: dict[tuple[Kind, Skills], Requirement] = {}
        self._latest: dict[Kind, tuple[dict[str, int], Requirement]] = {}
        self._bases: list[Requirement] = []
        self._where: dict[int, Entry] = {}
        self._refused: dict[Requirement, None] = {}
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
        number = interaction.id
        assert number not in self._where, f"interaction {number} waits already"
        requirement = self._requirement(interaction)
        if interaction.refused_by:
            requirement = self._with_refusals(requirement, interaction)
        if not requirement.count:
            self._fresh[requirement] = None
        since, priority = interaction.queued_ms, interaction.priority
        rank = since - priority * self._priority_ms
        self._turn += 1
        entry = self._where[number] = [rank, interaction.place, self._turn, number, since, requirement]
        requirement.add(entry, priority)
        if interaction.prefer is not None:
            self._preferring.setdefault(interaction.prefer, {})[number] = entry
            self._called[interaction.prefer] = None

    def dequeue(self, interaction: Interaction) -> None:
        """This one no longer waits."""
        entry = self._where.pop(interaction.id)
        requirement: Requirement = entry[REQUIREMENT]
        requirement.leave(entry)
        if requirement.refused and not requirement.count:
            del requirement.base.under[requirement.refused, requirement.rests]
            del self._refused[requirement]
        if interaction.prefer is not None:
            self._prefers_no_longer(interaction.prefer, interaction.id)

    def _prefers_no_longer(self, agent_id: str, interaction_id: int) -> None:
        preferring = self._preferring[agent_id]
        del preferring[interaction_id]
        if not preferring:
            del self._preferring[agent_id]

    def is_waiting(self, interaction_id: int) -> bool:
        """Whether it is in line."""
        return interaction_id in self._where

    def line(self, queue: str) -> list[int]:
        """What waits in a queue, the first in line first."""
        return [entry[ID] for entry in self._in_order(queue)]

    def first(self, queue: str, count: int) -> list[int]:
        """The first `count` in a queue's line."""
        return [entry[ID] for entry in islice(self._in_order(queue), count)]

    def _in_order(self, queue: str) -> Iterator[Entry]:
        return merge(*(requirement.line() for requirement in self._of_queue(queue)))

    def oldest(self, queue: str) -> int | None:
        """Since when the one that has waited longest in a queue waits."""
        found = (requirement.oldest() for requirement in self._of_queue(queue))
        return min((since for since in found if since is not None), default=None)

    # --- who is there -------------------------------------------------------------------------------------------

    def configure(self, agent: Agent, on_channel: dict[str, int]) -> None:
        """Know this agent's queues, skills, capacity, and what weighs on them of each channel."""
        candidate = self.pool.configure(agent, self._bases)
        candidate.on_channel = on_channel
        bit = 1 << candidate.index
        for base in self._bases:
            base.able = base.able | bit if candidate.group.can(base) else base.able & ~bit
        self.be(agent)
        self._refusals_due = True

    def remove(self, agent_id: str) -> None:
        """Forget this agent."""
        candidate = self.pool.remove(agent_id)
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
            self._gainers[candidate] = None
        else:
            self._gainers.pop(candidate, None)
            self._unsettled[candidate] = None

    def loaded(self, agent_id: str, channel: str) -> None:
        """The agent was given one interaction of this channel."""
        candidate = self.pool.by_id[agent_id]
        self._unsettled[candidate] = None
        if candidate.limits:
            candidate.on_channel[channel] = candidate.on_channel.get(channel, 0) + 1

    def freed(self, agent_id: str, channel: str) -> None:
        """The agent got rid of one interaction of this channel."""
        candidate = self.pool.by_id[agent_id]
        if candidate.present:
            self._gainers[candidate] = None
        if candidate.limits:
            candidate.on_channel[channel] -= 1

    def reweighed(self, agent_id: str) -> None:
        """Something that the agent holds weighs less or more than before."""
        candidate = self.pool.by_id[agent_id]
        # Their place in the idle order stays, but there may be rows now for which they have room.
        self.pool.withdraw(candidate)
        if candidate.present:
            self._gainers[candidate] = None

    def next_for(self, agent_id: str, queue: str = "") -> int | None:
        """The best placed that this agent could take, of one queue or of all, pushed or pulled."""
        candidate = self.pool.by_id[agent_id]
        every = (requirement for base in self._bases for requirement in (base, *base.under.values()))
        takeable = (r.head for r in every if queue in ("", r.queue) and self._could(candidate, r))
        best = min((head for head in takeable if head is not None), default=None)
        return None if best is None else best[ID]

    def has_room(self, agent_id: str, interaction: Interaction) -> bool:
        """Whether the agent has room for this one, whatever their skills."""
        return self.pool.by_id[agent_id].has_room(Fit(interaction.channel, interaction.weight))

    def ready_count(self, queue: str) -> int:
        """How many of a queue's agents have room for something."""
        self._settle()
        return (self.pool.able(queue) & self.pool.ready).bit_count()

    def online_count(self, queue: str) -> int:
        """How many of a queue's agents are signed in."""
        return (self.pool.able(queue) & self.pool.online).bit_count()

    # --- matching -----------------------------------------------------------------------------------------------

    def next(self) -> Proposal | None:
        """The next thing to do; the caller applies it, which tells the router, before asking again."""
        if self._refusals_due:
            refused = self._everyone_refused()
            if refused is not None:
                return refused, None
        if self._preferring:
            preferred = self._preferred()
            if preferred is not None:
                return preferred
        if self._fresh or self._open or len(self._gainers) > 1:
            return self._for_anyone()
        return self._for_the_one_who_gained() if self._gainers else None

    def _for_the_one_who_gained(self) -> Proposal | None:
        # Whatever waits that this agent can take, nobody else there has room for: no need to ask who is idle.
        candidate = next(iter(self._gainers))
        agent = candidate.agent
        best: Entry | None = None
        if agent.load < agent.config.capacity:
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
            return best[ID], agent.config.id
        self._gainers.clear()
        self._unsettled[candidate] = None
        return None

    def _best_refused_by_others(self, candidate: Candidate, best: Entry | None) -> Entry | None:
        for requirement in self._refused:
            head = requirement.head
            if head is not None and (best is None or head < best) and self._can_take(candidate, requirement):
                best = head
        return best

    def _for_anyone(self) -> Proposal | None:
        self._open_up()
        while self._open:
            requirement = self._first_open()
            head = requirement.head
            if head is not None:
                candidate = self._longest_idle(requirement)
                if candidate is not None:
                    return head[ID], candidate.agent.config.id
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
            self._open.update(self._refused)
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

    def _longest_idle(self, requirement: Requirement) -> Candidate | None:
        order = requirement.base.idle
        standing = order.longest()
        if standing is None or not requirement.refused or standing[2].agent.id not in requirement.refused:
            return None if standing is None else standing[2]
        # Whoever refused was touched by that and stands last; only when they are first is it worth a look at all.
        others = (c for _, _, c in order.live() if c.agent.id not in requirement.refused)
        return min(others, key=touched, default=None)

    def _preferred(self) -> Proposal | None:
        best: tuple[Entry, str] | None = None
        for agent_id in dict.fromkeys((*self._called, *(c.agent.id for c in self._gainers))):
            candidate = self.pool.by_id.get(agent_id)
            if candidate is None:
                continue
            for entry in self._preferring.get(agent_id, {}).values():
                if (best is None or entry < best[0]) and self._can_take(candidate, entry[REQUIREMENT]):
                    best = (entry, agent_id)
        if best is None:
            self._called.clear()
            return None
        return best[0][ID], best[1]

    def _can_take(self, candidate: Candidate, requirement: Requirement) -> bool:
        return candidate.present and self._could(candidate, requirement)

    def _could(self, candidate: Candidate, requirement: Requirement) -> bool:
        return (
            candidate.agent.id not in requirement.refused
            and candidate.has_room(requirement.fit)
            and candidate.group.can(requirement)
        )

    def _everyone_refused(self) -> int | None:
        present = self.pool.present
        for requirement in self._refused:
            able = requirement.base.able & present
            head = None if requirement.rests else requirement.head
            if able and head is not None and not able & ~self.pool.bits_of(requirement.refused):
                return int(head[ID])
        self._refusals_due = False
        return None

    # --- inside -------------------------------------------------------------------------------------------------

    def _requirement(self, interaction: Interaction) -> Requirement:
        kind = (interaction.queue, interaction.channel, interaction.weight)
        found = self._latest.get(kind)
        # The skills are nearly always the queue's own dict.
        if found is not None and found[0] is interaction.skills:
            return found[1]
        requirement = self._by_all(kind, tuple(sorted(interaction.skills.items())))
        self._latest[kind] = (interaction.skills, requirement)
        return requirement

    def _by_all(self, kind: Kind, skills: Skills) -> Requirement:
        requirement = self._by_skills.get((kind, skills))
        if requirement is None:
            queue, channel, weight = kind
            fit = self._fits.setdefault((channel, weight), Fit(channel, weight))
            requirement = self._by_skills[kind, skills] = Requirement(queue, skills, fit)
            self.pool.serve(requirement)
            self._bases.append(requirement)
        return requirement

    def _with_refusals(self, base: Requirement, interaction: Interaction) -> Requirement:
        refused = frozenset(interaction.refused_by)
        rests = interaction.rests_until_ms is not UNSET
        requirement = base.under.get((refused, rests))
        if requirement is None:
            requirement = Requirement(base.queue, base.skills, base.fit, base, refused, rests)
            base.under[refused, rests] = requirement
            self._refused[requirement] = None
        self._refusals_due = True
        return requirement

    def _of_queue(self, queue: str) -> Iterator[Requirement]:
        for base in self._bases:
            if base.queue == queue:
                yield base
                yield from base.under.values()
