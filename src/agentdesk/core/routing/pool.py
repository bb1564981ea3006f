"""The agents as routing sees them: who can, who is there, who has room.

Agents with the same queues and skills are one `Group`, which knows what it can serve. Questions about many agents at
once (is anyone there who has not refused? how many are ready?) are asked of bit sets with one bit an agent.
"""

from __future__ import annotations

from collections.abc import Iterable

from agentdesk.core.model import Agent, AgentConfig, Presence
from agentdesk.core.routing.idle import Fit, Row
from agentdesk.core.routing.requirement import Requirement

GroupKey = tuple[frozenset[str], frozenset[tuple[str, int]]]


class Group:
    """Agents with the same queues and skills: what they `serve`, and a row of those with room for each fit."""

    __slots__ = ("_queues", "_skills", "members", "number", "rows", "serves")

    def __init__(self, number: int, config: AgentConfig) -> None:
        self.number = number
        self._queues = frozenset(config.queues)
        self._skills = config.skills
        self.members: dict[Candidate, None] = {}
        self.serves: list[Requirement] = []
        self.rows: dict[Fit, Row] = {}

    def can(self, requirement: Requirement) -> bool:
        """Whether these agents have the queue and every skill at its level."""
        if self._queues and requirement.queue not in self._queues:
            return False
        skills = self._skills
        return all(skills.get(skill, 0) >= level for skill, level in requirement.skills)

    def serve(self, requirement: Requirement) -> None:
        """From now on these agents serve this requirement as well."""
        self.serves.append(requirement)
        requirement.idle.watch(self._row(requirement.fit))

    def _row(self, fit: Fit) -> Row:
        row = self.rows.get(fit)
        if row is None:
            row = self.rows[fit] = Row(self.number, fit)
            for member in self.members:
                if member.stamp >= 0 and member.has_room(fit):
                    row.add((member.agent.idle_seq, member.stamp, member))
        return row


class Candidate:
    """One agent. What is `on_channel` counts only where there are `limits`.

    `stamp` marks what rows say of them now; it is -1 while they are away or have no room at all.
    """

    __slots__ = ("agent", "group", "index", "limits", "on_channel", "present", "stamp", "touched")

    def __init__(self, agent: Agent, index: int, group: Group) -> None:
        self.agent = agent
        self.index = index
        self.group = group
        self.limits: dict[str, int] = {}
        self.on_channel: dict[str, int] = {}
        self.present = False
        self.stamp = -1
        self.touched = -1

    def has_room(self, fit: Fit) -> bool:
        """Whether one more of this channel and weight is within capacity and the channel's limit."""
        agent = self.agent
        if agent.load + fit.weight > agent.config.capacity:
            return False
        if not self.limits:
            return True
        limit = self.limits.get(fit.channel)
        return limit is None or self.on_channel.get(fit.channel, 0) < limit


class Pool:
    """All agents. As bits: `present` are available and connected, `ready` have room too, `online` are signed in."""

    __slots__ = (
        "_everywhere", "_free", "_groups", "_having", "_made", "_members", "_stamp",
        "by_id", "online", "present", "ready",
    )  # fmt: skip

    def __init__(self) -> None:
        self.by_id: dict[str, Candidate] = {}
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

    def configure(self, agent: Agent, requirements: Iterable[Requirement]) -> Candidate:
        """Know this agent, or know them anew: their queues, skills and room may be others now."""
        candidate = self.by_id.get(agent.id)
        if candidate is not None:
            self._leave_group(candidate)
        group = self._group(agent.config, requirements)
        if candidate is None:
            index = self._free.pop() if self._free else len(self.by_id)
            candidate = self.by_id[agent.id] = Candidate(agent, index, group)
        candidate.agent = agent
        candidate.limits = agent.config.channel_max
        candidate.group = group
        group.members[candidate] = None
        self._note_abilities(candidate)
        return candidate

    def remove(self, agent_id: str) -> Candidate:
        """Forget this agent."""
        candidate = self.by_id.pop(agent_id)
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
        """Put the agent where their room and their idleness now belong."""
        agent = candidate.agent
        if not candidate.present or agent.load >= agent.config.capacity:
            self.withdraw(candidate)
        elif candidate.stamp < 0 or candidate.touched != agent.idle_seq:
            if candidate.stamp < 0:
                self.ready |= 1 << candidate.index
            self._stamp += 1
            candidate.stamp = self._stamp
            candidate.touched = agent.idle_seq
            standing = (agent.idle_seq, self._stamp, candidate)
            for fit, row in candidate.group.rows.items():
                if candidate.has_room(fit):
                    row.add(standing)

    def serve(self, requirement: Requirement) -> None:
        """A requirement came up that was not there before."""
        requirement.able = self.able(requirement.queue, requirement.skills)
        for group in self._groups.values():
            if group.can(requirement):
                group.serve(requirement)

    def able(self, queue: str, skills: tuple[tuple[str, int], ...] = ()) -> int:
        """The agents with this queue and these skills, as bits."""
        bits = self._members.get(queue, 0) | self._everywhere
        for need in skills:
            if need[1] > 0:
                bits &= self._having.get(need, 0)
        return bits

    def bits_of(self, agent_ids: frozenset[str]) -> int:
        """These agents as bits; those that are no longer known are left out."""
        bits = 0
        for agent_id in agent_ids:
            candidate = self.by_id.get(agent_id)
            if candidate is not None:
                bits |= 1 << candidate.index
        return bits

    def withdraw(self, candidate: Candidate) -> None:
        """Out of every row until they are settled again."""
        if candidate.stamp >= 0:
            candidate.stamp = -1
            self.ready ^= 1 << candidate.index

    def _group(self, config: AgentConfig, requirements: Iterable[Requirement]) -> Group:
        key = (frozenset(config.queues), frozenset(config.skills.items()))
        group = self._groups.get(key)
        if group is None:
            self._made += 1
            group = self._groups[key] = Group(self._made, config)
            for requirement in requirements:
                if group.can(requirement):
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
