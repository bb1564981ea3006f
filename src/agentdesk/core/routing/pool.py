"""The agents as routing sees them: who can, who is there, who has room.

Agents with the same queues and skills are one `Group`, which knows what it can serve. Questions about many agents at
once (is anyone there who has not refused? how many are ready?) are asked of bit sets with one bit an agent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from agentdesk.core.model import Agent, AgentConfig, Presence, Strategy
from agentdesk.core.routing.circle import Circle, Skills, Way
from agentdesk.core.routing.idle import Fit, Key, Row
from agentdesk.core.routing.strategy import KEYS, skill_offset

if TYPE_CHECKING:
    from agentdesk.core.routing.requirement import Requirement

GroupKey = tuple[frozenset[str], frozenset[tuple[str, int]], str]
Held = Iterable[tuple[str, int]]
"""Channel and weight of each interaction that weighs on an agent."""


class Group:
    """Agents with the same queues and skills: what they `serve`, and a row of those with room for each fit and key.

    Whoever a ring names is a group of their own, with their `name`.
    """

    __slots__ = ("_queues", "members", "name", "number", "rows", "serves", "skills")

    def __init__(self, number: int, config: AgentConfig, name: str) -> None:
        self.number = number
        self.name = name
        self._queues = frozenset(config.queues)
        self.skills = config.skills
        self.members: dict[Candidate, None] = {}
        self.serves: list[Requirement] = []
        self.rows: dict[tuple[Fit, Key], Row] = {}

    def can(self, ways: Circle) -> bool:
        """Whether these agents are in the circle."""
        return any(self._goes(way) for way in ways)

    def _goes(self, way: Way) -> bool:
        if not (way.everybody or not self._queues or self._queues & way.queues or self.name in way.agents):
            return False
        skills = self.skills
        return all(skills.get(skill, 0) >= level for skill, level in way.skills)

    def serve(self, requirement: Requirement) -> None:
        """From now on these agents serve this requirement as well."""
        self.serves.append(requirement)
        strategy = requirement.queue.strategy
        if strategy is Strategy.ROUND_ROBIN:
            return  # bits of the pool, not rows
        offset = skill_offset(self, requirement.ways) if strategy is Strategy.MOST_SKILLED else 0
        requirement.order.watch(self._row(requirement.fit, KEYS[strategy]), offset)

    def _row(self, fit: Fit, key: Key) -> Row:
        row = self.rows.get((fit, key))
        if row is None:
            row = self.rows[fit, key] = Row(self.number, fit, key)
            for member in self.members:
                if member.stamp >= 0 and member.has_room(fit):
                    row.add(member, member.stamp)
        return row


class Candidate:
    """One agent. `on_channel` counts where there are `limits`, `load_of` where something may be interrupted.

    `stamp` marks what rows say of them now; it is -1 while they are away or have no room at all.
    """

    __slots__ = ("agent", "group", "index", "limits", "load_of", "on_channel", "pool", "present", "stamp", "touched")

    def __init__(self, pool: Pool, agent: Agent, index: int, group: Group) -> None:
        self.pool = pool
        self.agent = agent
        self.index = index
        self.group = group
        self.limits: dict[str, int] = {}
        self.on_channel: dict[str, int] = {}
        self.load_of: dict[str, int] = {}
        self.present = False
        self.stamp = -1
        self.touched = -1

    def has_room(self, fit: Fit) -> bool:
        """Whether one more of this channel and weight is within capacity and the channel's limit."""
        agent = self.agent
        load = agent.load
        if fit.interrupts:
            load -= sum(self.load_of.get(channel, 0) for channel in fit.interrupts)
        if load + fit.weight > agent.config.capacity:
            return False
        if not self.limits:
            return True
        limit = self.limits.get(fit.channel)
        return limit is None or self.on_channel.get(fit.channel, 0) < limit

    def weigh(self, channel: str, weight: int, count: int) -> None:
        """So much more of a channel, and so many more."""
        if self.limits:
            self.on_channel[channel] = self.on_channel.get(channel, 0) + count
        if self.pool.interrupts:
            self.load_of[channel] = self.load_of.get(channel, 0) + weight


class Pool:
    """All agents. As bits: `present` are available and connected, `ready` have room too, `online` are signed in.

    `least` is the smallest weight of anything: whoever has not even that left is out of all rows. Where something may
    be interrupted, nobody is. It `is_sorted` while its bits are in the order of names.
    """

    __slots__ = (
        "_everywhere", "_free", "_groups", "_having", "_made", "_members", "_stamp", "around",
        "by_id", "by_index", "day", "interrupts", "is_sorted", "least", "named", "online", "present", "ready",
    )  # fmt: skip

    def __init__(self, interrupts: bool = False, named: frozenset[str] = frozenset(), day: int = 0) -> None:
        self.by_id: dict[str, Candidate] = {}
        self.by_index: dict[int, Candidate] = {}
        self.around: list[Fit] = []
        self.is_sorted = True
        self.interrupts = interrupts
        self.named = named
        self.day = day
        self.least = 1
        self.present = 0
        self.ready = 0
        self.online = 0
        self._groups: dict[GroupKey, Group] = {}
        self._made = 0
        self._stamp = 0
        self._free: list[int] = []
        self._everywhere = 0
        self._members: dict[str, int] = {}
        self._having: dict[tuple[str, int], int] = {}

    def configure(self, agent: Agent, held: Held, requirements: Iterable[Requirement]) -> Candidate:
        """Know this agent, or know them anew: their queues, skills and room may be others now."""
        candidate = self.by_id.get(agent.id)
        if candidate is not None:
            self._leave_group(candidate)
        group = self._group(agent.config, requirements)
        if candidate is None:
            before = self.by_index.get(len(self.by_id) - 1)
            self.is_sorted &= not self._free and (before is None or before.agent.config.id < agent.config.id)
            index = self._free.pop() if self._free else len(self.by_id)
            candidate = self.by_id[agent.id] = self.by_index[index] = Candidate(self, agent, index, group)
        candidate.agent = agent
        candidate.limits = agent.config.channel_max
        candidate.group = group
        candidate.on_channel, candidate.load_of = {}, {}
        for channel, weight in held:
            candidate.weigh(channel, weight, 1)
        group.members[candidate] = None
        self._note_abilities(candidate)
        return candidate

    def remove(self, agent_id: str) -> Candidate:
        """Forget this agent."""
        candidate = self.by_id.pop(agent_id)
        del self.by_index[candidate.index]
        self.be(candidate, present=False, online=False)
        self._leave_group(candidate)
        self._free.append(candidate.index)
        return candidate

    def be(self, candidate: Candidate, *, present: bool, online: bool) -> None:
        """Set who is there."""
        bit = 1 << candidate.index
        self.online = self.online | bit if online else self.online & ~bit
        if present != candidate.present:
            candidate.present = present
            self.present ^= bit

    def settle(self, candidate: Candidate) -> None:
        """Put the agent where their room and their place among the others now belong."""
        agent = candidate.agent
        if not candidate.present or (not self.interrupts and agent.load + self.least > agent.config.capacity):
            self.withdraw(candidate)
        elif candidate.stamp < 0 or candidate.touched != agent.idle_seq:
            if candidate.stamp < 0:
                self.ready |= 1 << candidate.index
            self._stamp += 1
            stamp = candidate.stamp = self._stamp
            candidate.touched = agent.idle_seq
            for (fit, _), row in candidate.group.rows.items():
                if candidate.has_room(fit):
                    row.add(candidate, stamp)
            for fit in self.around:
                bit = 1 << candidate.index
                fit.ready = fit.ready | bit if candidate.has_room(fit) else fit.ready & ~bit

    def withdraw(self, candidate: Candidate) -> None:
        """Out of every row until they are settled again."""
        if candidate.stamp >= 0:
            candidate.stamp = -1
            self.ready ^= 1 << candidate.index
            for fit in self.around:
                fit.ready &= ~(1 << candidate.index)

    def weighs_little(self, weight: int) -> None:
        """Something of this weight exists."""
        if weight < self.least:
            self.least = weight
            for candidate in self.by_id.values():
                self.settle(candidate)

    def goes_around(self, fit: Fit) -> None:
        """Something of this fit is given to one after the other by name."""
        if fit not in self.around:
            self.around.append(fit)
            for candidate in self.by_id.values():
                if candidate.stamp >= 0 and candidate.has_room(fit):
                    fit.ready |= 1 << candidate.index

    def of(self, bits: int) -> Iterator[Candidate]:
        """The agents of a set."""
        while bits:
            bit = bits & -bits
            bits ^= bit
            yield self.by_index[bit.bit_length() - 1]

    def after(self, bits: int, name: str) -> Candidate | None:
        """The first by name after this one of the agents in a set, around; the pool has to be sorted."""
        if not bits:
            return None
        last = self.by_id.get(name)
        if last is not None:
            passed = last.index + 1
        else:
            passed = sum(candidate.agent.config.id < name for candidate in self.by_id.values())
        later = bits >> passed << passed
        chosen = later or bits
        return self.by_index[(chosen & -chosen).bit_length() - 1]

    def serve(self, requirement: Requirement) -> None:
        """A requirement came up that was not there before."""
        requirement.able = self.circle(requirement.ways)
        if requirement.queue.pull:
            return
        for group in self._groups.values():
            if group.can(requirement.ways):
                group.serve(requirement)

    def circle(self, ways: Circle) -> int:
        """The agents in a circle, as bits."""
        bits = 0
        for way in ways:
            members = self._everywhere
            if way.everybody:
                members = -1
            else:
                for queue in way.queues:
                    members |= self._members.get(queue, 0)
                members |= self.bits_of(way.agents)
            bits |= self._skilled(members, way.skills)
        return bits

    def able(self, queue: str, skills: Skills = ()) -> int:
        """The agents with this queue and these skills, as bits."""
        return self._skilled(self._members.get(queue, 0) | self._everywhere, skills)

    def bits_of(self, agent_ids: Collection[str]) -> int:
        """These agents as bits; those that are no longer known are left out."""
        bits = 0
        for agent_id in agent_ids:
            candidate = self.by_id.get(agent_id)
            if candidate is not None:
                bits |= 1 << candidate.index
        return bits

    def _skilled(self, bits: int, skills: Skills) -> int:
        for need in skills:
            if need[1] > 0:
                bits &= self._having.get(need, 0)
        return bits & ((1 << (len(self.by_index) + len(self._free))) - 1) if bits < 0 else bits

    def _group(self, config: AgentConfig, requirements: Iterable[Requirement]) -> Group:
        name = config.id if config.id in self.named else ""
        key = (frozenset(config.queues), frozenset(config.skills.items()), name)
        group = self._groups.get(key)
        if group is None:
            self._made += 1
            group = self._groups[key] = Group(self._made, config, name)
            for requirement in requirements:
                if not requirement.queue.pull and group.can(requirement.ways):
                    group.serve(requirement)
        return group

    def _leave_group(self, candidate: Candidate) -> None:
        self.withdraw(candidate)
        self._forget_abilities(candidate)
        group = candidate.group
        del group.members[candidate]
        if not group.members:
            self._groups = {key: other for key, other in self._groups.items() if other is not group}

    def _note_abilities(self, candidate: Candidate) -> None:
        config = candidate.agent.config
        bit = 1 << candidate.index
        if not config.queues:
            self._everywhere |= bit
        for queue in config.queues:
            self._members[queue] = self._members.get(queue, 0) | bit
        for skill, most in config.skills.items():
            for level in range(1, most + 1):
                self._having[skill, level] = self._having.get((skill, level), 0) | bit

    def _forget_abilities(self, candidate: Candidate) -> None:
        others = ~(1 << candidate.index)
        self._everywhere &= others
        self._members = {queue: bits & others for queue, bits in self._members.items()}
        self._having = {need: bits & others for need, bits in self._having.items()}


def is_present(agent: Agent) -> bool:
    """Whether work can be offered to them at all."""
    return agent.presence is Presence.AVAILABLE and agent.sessions > 0


def is_online(agent: Agent) -> bool:
    """Whether they are signed in: connected and not offline."""
    return agent.sessions > 0 and agent.presence is not Presence.OFFLINE
