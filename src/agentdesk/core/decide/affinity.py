"""Whom an interaction waits for, and whom it goes to first."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentdesk.core.decide.case import Case
from agentdesk.core.events import AffinityEnded, AnyEvent
from agentdesk.core.model import Agent, Customer, Interaction, QueueConfig
from agentdesk.core.routing.pool import is_present

OWNER = "owner"
"""The attribute that names the agent whose customer or matter it is."""


class Preferred(msgspec.Struct, frozen=True):
    """An agent it goes to first, and until when it waits for them alone."""

    agent: str | None = None
    until_ms: int | None = None


NOBODY = Preferred()


def wait_for(
    case: Case, queue: QueueConfig, customer: Customer, attributes: dict[str, str], last_agent: str
) -> Preferred:
    """The agent whom the queue lets it wait for, if one of those it might be is there and able."""
    for name in _familiar(case, customer, attributes, last_agent):
        agent = case.state.agents.get(name)
        if agent is not None and is_present(agent) and _able(agent, queue):
            return Preferred(name, case.now + queue.affinity_s * 1000)
    return NOBODY


def first_of(case: Case, names: tuple[str, ...]) -> Preferred:
    """The first of these agents who is available."""
    agents = (case.state.agents.get(name) for name in names)
    return Preferred(next((agent.id for agent in agents if agent is not None and is_present(agent)), None))


def end(case: Case, interaction: Interaction, reason: str) -> list[AnyEvent]:
    """Anybody may have it; `reason` is time or unavailable."""
    return [AffinityEnded(interaction.id, reason)]


def _familiar(case: Case, customer: Customer, attributes: dict[str, str], last_agent: str) -> Iterator[str]:
    yield attributes.get(OWNER) or customer.attributes.get(OWNER, "")
    for interaction_id in sorted(case.state.by_customer.get(customer.id, ()), reverse=True):
        yield case.state.interactions[interaction_id].agent or ""
    yield last_agent


def _able(agent: Agent, queue: QueueConfig) -> bool:
    config = agent.config
    has_queue = not config.queues or queue.id in config.queues
    return has_queue and all(config.skills.get(skill, 0) >= level for skill, level in queue.skills.items())
