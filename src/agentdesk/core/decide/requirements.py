"""What people say an interaction needs: its priority and its skills."""

from __future__ import annotations

from agentdesk.core.commands import Refused, SetPriority, SetSkills
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.permissions import find
from agentdesk.core.decide.refusals import invalid, wrong_state
from agentdesk.core.events import AnyEvent, PrioritySet, SkillsSet
from agentdesk.core.lifecycle import WAITING
from agentdesk.core.model import State

PRIORITY_MAX = 1_000


def set_priority(case: Case, command: SetPriority) -> Verdict:
    """Up or down the line."""
    interaction = find(case.state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    if interaction.state not in WAITING:
        return wrong_state(interaction, "it no longer waits.")
    if abs(command.priority) > PRIORITY_MAX:
        return invalid(f"Priority goes from -{PRIORITY_MAX} to {PRIORITY_MAX}.")
    same = interaction.priority == command.priority
    events: list[AnyEvent] = [] if same else [PrioritySet(interaction.id, command.priority)]
    return Granted(events, interaction_id=interaction.id)


def set_skills(case: Case, command: SetSkills) -> Verdict:
    """What it asks for from now, also when it is handed on; level 0 asks for nothing."""
    interaction = case.state.interactions[command.interaction_id]
    if interaction.state is State.WRAPPING:
        return wrong_state(interaction, "its skills no longer matter.")
    skills = {skill: level for skill, level in command.skills.items() if level}
    events: list[AnyEvent] = [] if skills == interaction.skills else [SkillsSet(interaction.id, skills)]
    return Granted(events, interaction_id=interaction.id)
