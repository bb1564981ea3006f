"""What happens when a deadline has come."""

from __future__ import annotations

from collections.abc import Callable

from agentdesk.core.decide import affinity, customers, holding, messages, offers, overflow, rings, sessions, wrapup
from agentdesk.core.decide.case import Case
from agentdesk.core.events import AnyEvent, EveryoneRefused
from agentdesk.core.model import Interaction
from agentdesk.core.timers import Timer


def due(case: Case, kind: Timer, whose: int | str) -> list[AnyEvent]:
    """The events of one deadline; the timer still holds, so the state is such that it can happen."""
    if kind is Timer.AGENT_GRACE:
        return sessions.lose(case, case.state.agents[str(whose)])
    interaction = case.state.interactions[int(whose)]
    if kind is Timer.OFFER:
        assert interaction.offer is not None, "a timer of an offer holds only while the offer lives"
        return offers.miss(case, interaction, interaction.offer)
    if kind is Timer.WRAPUP:
        return wrapup.close_automatically(case, interaction)
    if kind is Timer.SNOOZE:
        return holding.wake(case, interaction)
    if kind is Timer.REST:
        return [EveryoneRefused(interaction.id)]
    return _DUE[kind](case, interaction)


def _affinity_is_over(case: Case, interaction: Interaction) -> list[AnyEvent]:
    return affinity.end(case, interaction, "time")


_DUE: dict[Timer, Callable[[Case, Interaction], list[AnyEvent]]] = {
    Timer.CUSTOMER_GRACE: customers.abandon,
    Timer.RING: rings.enter,
    Timer.AFFINITY: _affinity_is_over,
    Timer.OVERFLOW: overflow.by_wait,
    Timer.SILENT: messages.silent,
}
