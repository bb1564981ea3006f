"""When a wider circle of agents may take what waits."""

from __future__ import annotations

from agentdesk.core.decide.case import Case, due_rings
from agentdesk.core.events import AnyEvent, RingEntered
from agentdesk.core.model import Interaction


def enter(case: Case, interaction: Interaction) -> list[AnyEvent]:
    """The time of the next ring has come, and perhaps that of those after it."""
    queue = case.state.queues[interaction.queue]
    return due_rings(case.now, interaction.id, queue, interaction.entered_ms, interaction.ring)


def skip(case: Case, interaction: Interaction, ring: int) -> list[AnyEvent]:
    """Nobody of the narrower circles is signed in: on to this one at once."""
    return [RingEntered(interaction.id, ring, True)]
