"""What waits, by what it needs: a requirement for each queue, channel, weight, set of skills and ring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import islice

from agentdesk.core.model import DeskConfig, Interaction, QueueConfig, Strategy
from agentdesk.core.routing.circle import Skills, asked, circle
from agentdesk.core.routing.idle import Fit
from agentdesk.core.routing.pool import Pool
from agentdesk.core.routing.requirement import ID, Entry, Requirement

Kind = tuple[str, str, int]
"""Queue, channel, weight."""


class Waiting:
    """The requirements there are, and everything in line."""

    __slots__ = ("_bases", "_by_skills", "_desk", "_fits", "_latest", "_queues", "_where", "pool")

    def __init__(self, desk: DeskConfig, queues: Mapping[str, QueueConfig], pool: Pool) -> None:
        self.pool = pool
        self._desk = desk
        self._queues = queues
        self._fits: dict[tuple[str, int], Fit] = {}
        self._by_skills: dict[tuple[Kind, Skills, int], Requirement] = {}
        self._latest: dict[Kind, tuple[dict[str, int], Requirement]] = {}
        self._bases: list[Requirement] = []
        self._where: dict[int, Entry] = {}

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

    def _requirement(self, interaction: Interaction) -> Requirement:
        kind = (interaction.queue, interaction.channel, interaction.weight)
        if interaction.ring:
            return self._by_all(kind, asked(interaction.skills), interaction.ring)
        found = self._latest.get(kind)
        # The skills are nearly always the queue's own dict.
        if found is not None and found[0] is interaction.skills:
            return found[1]
        requirement = self._by_all(kind, asked(interaction.skills), 0)
        self._latest[kind] = (interaction.skills, requirement)
        return requirement

    def _by_all(self, kind: Kind, skills: Skills, ring: int) -> Requirement:
        requirement = self._by_skills.get((kind, skills, ring))
        if requirement is None:
            name, channel, weight = kind
            queue = self._queues[name]
            fit = self._fit(channel, weight)
            requirement = Requirement(queue, skills, fit, ring, circle(queue, skills, ring))
            self._by_skills[kind, skills, ring] = requirement
            self.pool.weighs_little(weight)
            if queue.strategy is Strategy.ROUND_ROBIN:
                self.pool.goes_around(fit)
            self.pool.serve(requirement)
            self._bases.append(requirement)
        return requirement

    def _fit(self, channel: str, weight: int) -> Fit:
        fit = self._fits.get((channel, weight))
        if fit is None:
            interrupts = self._desk.interrupts.get(channel, ())
            fit = self._fits[channel, weight] = Fit(channel, weight, interrupts)
        return fit

    def _first_ring(self, base: Requirement, online: int) -> int | None:
        for ring in range(base.ring + 1, len(base.queue.rings) + 1):
            if self.pool.circle(circle(base.queue, base.skills, ring)) & online:
                return ring
        return None

    def _of_queue(self, queue: str) -> Iterator[Requirement]:
        for base in self._bases:
            if base.queue.id == queue:
                yield from base.everything
