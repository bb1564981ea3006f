"""What happens when a deadline has come."""

from __future__ import annotations

from agentdesk.core.decide import customers, holding, offers, sessions, wrapup
from agentdesk.core.decide.case import Case
from agentdesk.core.events import AnyEvent, EveryoneRefused
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
    return customers.abandon(case, interaction)
