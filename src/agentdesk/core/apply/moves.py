"""The parts of `apply` that several events share: moving an interaction on, and who it weighs on."""

from __future__ import annotations

from msgspec import UNSET

from agentdesk.core.ledger import counted
from agentdesk.core.model import Agent, Interaction, Segment, State
from agentdesk.core.state import DeskState


def move(
    state: DeskState,
    interaction: Interaction,
    to: State,
    at: int,
    segment_id: int,
    agent: str | None,
    outcome: str = "",
) -> None:
    """Into another state with another holder: the running segment ends, a new one begins.

    The first segment of an interaction is renamed instead of ended: nobody is in `new` for any time.
    """
    count_move(state, interaction, to)
    interaction.state = to
    old = interaction.segment
    if segment_id != old.id:
        state.changes.segments.append(end(old, at, outcome))
        state.counters.segment = segment_id
    interaction.segment = Segment(segment_id, interaction.id, to, interaction.queue, agent, at)


def end(segment: Segment, at: int, outcome: str) -> Segment:
    """The segment as it is when it is over."""
    return Segment(
        segment.id, segment.interaction_id, segment.state, segment.queue, segment.agent, segment.start_ms, at, outcome
    )


def count_move(state: DeskState, interaction: Interaction, to: State, queue: str | None = None) -> None:
    """Count it where it goes, no longer where it was."""
    states = state.tallies[interaction.queue].states
    states[interaction.state] -= 1
    if queue is not None:
        states = state.tallies[queue].states
    states[to] += 1
    state.dirty_queues.add(interaction.queue)
    state.changes.interactions[interaction.id] = interaction


def touch(state: DeskState, agent: Agent, at: int, seq: int) -> None:
    """The agent was given work, freed or became available: last in the idle order."""
    agent.idle_since_ms = at
    agent.idle_seq = seq
    changed(state, agent)


def changed(state: DeskState, agent: Agent) -> None:
    """The agent's row is to be written and shown anew."""
    agent_id = agent.config.id
    state.changes.agents[agent_id] = agent
    state.dirty_agents.add(agent_id)
    state.agents_for_queues.add(agent_id)


def note(state: DeskState, agent: Agent, at: int, what: str) -> None:
    """Count it in the agent's ledger of the day."""
    agent.ledger = counted(agent.ledger, at, state.desk.day_offset_ms, what)


def weigh(state: DeskState, agent: Agent, interaction: Interaction, at: int, seq: int) -> None:
    """The interaction takes its weight of the agent's capacity."""
    agent.load += interaction.weight
    touch(state, agent, at, seq)
    state.router.loaded(agent.config.id, interaction.channel, interaction.weight)


def unweigh(state: DeskState, agent: Agent, interaction: Interaction, at: int, seq: int) -> None:
    """The interaction gives its weight back."""
    agent.load -= interaction.weight
    assert agent.load >= 0, f"{agent.id} carries less than nothing"
    touch(state, agent, at, seq)
    state.router.freed(agent.config.id, interaction.channel, interaction.weight)


def reweigh(state: DeskState, interaction: Interaction, weight: int) -> None:
    """The interaction weighs this much from now; its holder's place in the idle order stays."""
    more = weight - interaction.weight
    interaction.weight = weight
    if interaction.agent is not None and interaction.state is not State.SNOOZED:
        agent = state.agents[interaction.agent]
        agent.load += more
        changed(state, agent)
        state.router.reweighed(agent.config.id, interaction.channel, more)


def rest(state: DeskState, interaction: Interaction, until_ms: int) -> None:
    """Everyone able has refused it; it is for them again at that time."""
    unrest(state, interaction)
    interaction.rests_until_ms = until_ms
    state.tallies[interaction.queue].resting += 1


def unrest(state: DeskState, interaction: Interaction) -> None:
    """It rests no longer, if it did."""
    if interaction.rests_until_ms is not UNSET:
        interaction.rests_until_ms = UNSET
        state.tallies[interaction.queue].resting -= 1


def let_go(state: DeskState, interaction: Interaction, at: int, seq: int) -> None:
    """Nobody holds it any more."""
    holder = interaction.agent
    if holder is None:
        return
    interaction.agent = None
    agent = state.agents[holder]
    agent.holding = tuple(i for i in agent.holding if i != interaction.id)
    if interaction.state is State.SNOOZED:
        changed(state, agent)
    else:
        unweigh(state, agent, interaction, at, seq)


def end_offer(state: DeskState, interaction: Interaction, at: int, seq: int) -> None:
    """The live offer is over without being accepted."""
    offer = interaction.offer
    assert offer is not None, f"interaction {interaction.id} is not offered"
    agent = state.agents[offer.agent]
    agent.offers = tuple(o for o in agent.offers if o != offer.id)
    unweigh(state, agent, interaction, at, seq)
    del state.offers[offer.id]
    interaction.offer = None
    state.changes.interactions[interaction.id] = interaction
