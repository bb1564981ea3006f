"""How the figures of `agentdesk.core.stats` are read from the state, without looking at everything that waits."""

from __future__ import annotations

from agentdesk.core.estimate import estimate_ms
from agentdesk.core.ledger import day_of
from agentdesk.core.lifecycle import CONVERSING
from agentdesk.core.model import Hours, Interaction, Ledger, State
from agentdesk.core.state import DeskState
from agentdesk.core.stats import HEAD_MAX, AgentStats, QueueStats, WaitingItem

__all__ = ["agent_stats", "estimate_ms", "queue_stats", "take_dirty_agents", "take_dirty_queues"]


def queue_stats(state: DeskState, queue_id: str) -> QueueStats:
    """One queue as it is now."""
    queue = state.queues[queue_id]
    tally = state.tallies[queue_id]
    waiting = tally.states[State.QUEUED]
    return QueueStats(
        id=queue.id,
        name=queue.name,
        waiting=waiting,
        offered=tally.states[State.OFFERED],
        active=sum(tally.states[s] for s in CONVERSING),
        oldest_ms=state.router.oldest(queue_id),
        agents_ready=state.router.ready_count(queue_id),
        agents_signed_in=state.router.online_count(queue_id),
        answered=tally.answered,
        answered_in_time=tally.answered_in_time,
        abandoned=tally.abandoned,
        estimate_ms=estimate_ms(state, queue_id, waiting + 1, state.now_ms),
        service_level_s=queue.service_level_s,
        reply_target_s=queue.reply_target_s,
        head=tuple(_item(state.interactions[i]) for i in state.router.first(queue_id, HEAD_MAX)),
        hours=state.hours.get(queue_id, Hours.OPEN),
        pull=queue.pull,
        refused=tally.resting,
    )


def _item(interaction: Interaction) -> WaitingItem:
    return WaitingItem(
        interaction.id,
        interaction.channel,
        interaction.customer_name,
        interaction.queued_ms,
        interaction.priority,
    )


def agent_stats(state: DeskState, agent_id: str) -> AgentStats | None:
    """One agent as they are now."""
    agent = state.agents.get(agent_id)
    if agent is None:
        return None
    ledger, today = agent.ledger, day_of(state.now_ms, state.desk.day_offset_ms)
    held = [state.interactions[i].state for i in agent.holding]
    return AgentStats(
        id=agent.id,
        name=agent.config.name,
        presence=agent.presence,
        reason=agent.reason,
        since_ms=agent.presence_since_ms,
        connected=agent.sessions > 0,
        load=agent.load,
        capacity=agent.config.capacity,
        active=sum(s in CONVERSING for s in held),
        wrapping=sum(s is State.WRAPPING for s in held),
        offered=len(agent.offers),
        ledger=ledger if ledger.day == today else Ledger(today),
    )


def take_dirty_queues(state: DeskState) -> set[str]:
    """The queues whose figures may have changed: those of interactions that moved and of agents who changed."""
    dirty = state.dirty_queues
    for agent_id in state.agents_for_queues:
        agent = state.agents.get(agent_id)
        dirty.update(state.queues if agent is None or not agent.config.queues else agent.config.queues)
        if len(dirty) >= len(state.queues):
            break
    state.dirty_queues = set()
    state.agents_for_queues = set()
    return dirty & state.queues.keys()


def take_dirty_agents(state: DeskState) -> set[str]:
    """The agents whose figures may have changed."""
    dirty, state.dirty_agents = state.dirty_agents, set()
    return dirty
