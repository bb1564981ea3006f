"""The agents as routing sees them: bits for who can and who is ready, an order of who has been idle longest.

An agent is one bit of every bit set. With ten thousand agents a bit set is 1,250 bytes, and asking whether anyone
fits is one `&`. Agents with the same queues and skills share a `Group`, which knows what they can serve.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from agentdesk.core.model import Agent, AgentConfig, Presence
from agentdesk.core.routing.requirement import Fit, Requirement

GroupKey = tuple[frozenset[str], frozenset[tuple[str, int]]]


class Group:
    """Agents with the same queues and skills. `serves` grows as requirements come up."""

    __slots__ = ("_known", "_queues", "_serves", "_skills")

    def __init__(self, config: AgentConfig) -> None:
        self._queues = frozenset(config.queues)
        self._skills = config.skills
        self._serves: list[Requirement] = []
        self._known = 0

    def can(self, requirement: Requirement) -> bool:
        """Whether these agents have the queue and every skill at its level."""
        if self._queues and requirement.queue not in self._queues:
            return False
        skills = self._skills
        return all(skills.get(skill, 0) >= level for skill, level in requirement.skills)

    def serves(self, requirements: list[Requirement]) -> list[Requirement]:
        """Those of the requirements (a list that only grows) that these agents can take."""
        if self._known < len(requirements):
            self._serves += [r for r in requirements[self._known :] if self.can(r)]
            self._known = len(requirements)
        return self._serves


class Candidate:
    """One agent: `ready` has the bit of every `Fit` they have room for, as of the last `settle`."""

    __slots__ = ("agent", "group", "index", "on_channel", "present", "ready")

    def __init__(self, agent: Agent, index: int, group: Group) -> None:
        self.agent = agent
        self.index = index
        self.group = group
        self.on_channel: dict[str, int] = {}
        self.present = False
        self.ready = 0

    def has_room(self, fit: Fit) -> bool:
        """Whether one more of this channel and weight is within capacity and the channel's limit."""
        config = self.agent.config
        if self.agent.load + fit.weight > config.capacity:
            return False
        limit = config.channel_max.get(fit.channel) if config.channel_max else None
        return limit is None or self.on_channel.get(fit.channel, 0) < limit


class Pool:
    """All agents. `present` are available and connected; `online` are connected and not offline."""

    __slots__ = ("_everywhere", "_free", "_groups", "_having", "_members", "by_id", "candidates", "fits", "online",
                 "order", "present")  # fmt: skip

    def __init__(self) -> None:
        self.by_id: dict[str, Candidate] = {}
        self.candidates: list[Candidate | None] = []
        self.fits: dict[tuple[str, int], Fit] = {}
        self.present = 0
        self.online = 0
        self.order: OrderedDict[int, Candidate] = OrderedDict()
        self._free: list[int] = []
        self._groups: dict[GroupKey, Group] = {}
        self._everywhere = 0
        self._members: dict[str, int] = {}
        self._having: dict[tuple[str, int], int] = {}

    def configure(self, agent: Agent) -> Candidate:
        """Know this agent, or know them anew: their queues and skills may be others now."""
        candidate = self.by_id.get(agent.id)
        if candidate is None:
            index = self._free.pop() if self._free else len(self.candidates)
            if index == len(self.candidates):
                self.candidates.append(None)
            candidate = self.by_id[agent.id] = Candidate(agent, index, self._group(agent.config))
            self.candidates[index] = candidate
        else:
            self._forget_abilities(candidate)
            candidate.group = self._group(agent.config)
        candidate.agent = agent
        self._note_abilities(candidate)
        return candidate

    def remove(self, agent_id: str) -> Candidate:
        """Forget this agent."""
        candidate = self.by_id.pop(agent_id)
        self.be(candidate, present=False, online=False)
        self.settle(candidate)
        self._forget_abilities(candidate)
        self.candidates[candidate.index] = None
        self._free.append(candidate.index)
        return candidate

    def be(self, candidate: Candidate, *, present: bool, online: bool) -> None:
        """Set who is there."""
        bit = 1 << candidate.index
        self.online = self.online | bit if online else self.online & ~bit
        if present == candidate.present:
            return
        candidate.present = present
        self.present ^= bit
        if present:
            self.order[candidate.index] = candidate
        else:
            self.order.pop(candidate.index)

    def settle(self, candidate: Candidate) -> None:
        """Bring the ready bits up to what the agent has room for now."""
        ready = 0
        if candidate.present:
            for fit in self.fits.values():
                if candidate.has_room(fit):
                    ready |= fit.bit
        changed = ready ^ candidate.ready
        if changed:
            candidate.ready = ready
            bit = 1 << candidate.index
            for fit in self.fits.values():
                if changed & fit.bit:
                    fit.ready ^= bit

    def fit(self, channel: str, weight: int) -> Fit:
        """The ready bits for this channel and weight."""
        fit = self.fits.get((channel, weight))
        if fit is None:
            fit = self.fits[channel, weight] = Fit(channel, weight, 1 << len(self.fits))
            for candidate in self.by_id.values():
                self.settle(candidate)
        return fit

    def able(self, queue: str, skills: tuple[tuple[str, int], ...]) -> int:
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

    def longest_idle(self, bits: int) -> Candidate:
        """Of these agents, who are all present, the one who was last touched first.

        Few are compared with each other; of many, one is met soon when walking the order. So the cost is at most
        the square root of the number of agents.
        """
        if bits.bit_count() ** 2 <= len(self.order):
            return min(self._each(bits), key=lambda c: c.agent.idle_seq)
        return next(c for c in self.order.values() if bits >> c.index & 1)

    def _each(self, bits: int) -> Iterator[Candidate]:
        while bits:
            lowest = bits & -bits
            candidate = self.candidates[lowest.bit_length() - 1]
            assert candidate is not None
            yield candidate
            bits ^= lowest

    def _group(self, config: AgentConfig) -> Group:
        key = (frozenset(config.queues), frozenset(config.skills.items()))
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(config)
        return group

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
        for bits in (self._members, self._having):
            for key in bits:
                bits[key] &= others  # type: ignore[index]


def is_present(agent: Agent) -> bool:
    """Whether work can be offered to them at all."""
    return agent.presence is Presence.AVAILABLE and agent.sessions > 0


def is_online(agent: Agent) -> bool:
    """Whether they are signed in: connected and not offline."""
    return agent.sessions > 0 and agent.presence is not Presence.OFFLINE
