"""What a holder does with a conversation: hold, snooze, resume, tag; and what they learn of its customer."""

from __future__ import annotations

from agentdesk.core.commands import Hold, Resume, SetTags, Snooze, UpdateCustomer
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.refusals import invalid, wrong_state
from agentdesk.core.events import (
    AnyEvent,
    CustomerUpdated,
    InteractionHeld,
    InteractionResumed,
    InteractionSnoozed,
    TagsSet,
)
from agentdesk.core.model import Customer, Interaction, State

SNOOZE_MAX_MS = 366 * 24 * 3600 * 1000


def hold(case: Case, command: Hold) -> Verdict:
    """Put an active conversation on hold."""
    interaction = case.state.interactions[command.interaction_id]
    if interaction.state is not State.ACTIVE:
        return wrong_state(interaction, "only an active one can be put on hold.")
    return Granted([InteractionHeld(interaction.id, case.new_segment())], interaction_id=interaction.id)


def resume(case: Case, command: Resume) -> Verdict:
    """Take it up again. It may take its holder over their capacity: nothing new comes until they are under it."""
    interaction = case.state.interactions[command.interaction_id]
    if interaction.state not in (State.HELD, State.SNOOZED):
        return wrong_state(interaction, "only one on hold or snoozed can be resumed.")
    return Granted([InteractionResumed(interaction.id, "agent", case.new_segment())], interaction_id=interaction.id)


def snooze(case: Case, command: Snooze) -> Verdict:
    """Set it aside until a time or until the customer writes; its slot frees meanwhile."""
    interaction = case.state.interactions[command.interaction_id]
    if interaction.state not in (State.ACTIVE, State.HELD):
        return wrong_state(interaction, "only an active one or one on hold can be snoozed.")
    if not case.now < command.until_ms <= case.now + SNOOZE_MAX_MS:
        return invalid("Snooze until a time to come, within a year.")
    snoozed = InteractionSnoozed(interaction.id, command.until_ms, case.new_segment())
    return Granted([snoozed], interaction_id=interaction.id)


def wake(case: Case, interaction: Interaction) -> list[AnyEvent]:
    """Its time has come: back to its holder, or to the line when nobody is at their desk."""
    if case.state.is_gone(interaction.agent):
        return case.requeue(interaction, "woken", interaction.agent)
    return [InteractionResumed(interaction.id, "time", case.new_segment())]


def set_tags(case: Case, command: SetTags) -> Verdict:
    """Replace the tags."""
    interaction = case.state.interactions[command.interaction_id]
    tags = tuple(dict.fromkeys(command.tags))
    events: list[AnyEvent] = [TagsSet(interaction.id, tags)] if tags != interaction.tags else []
    return Granted(events, interaction_id=interaction.id)


def update_customer(case: Case, command: UpdateCustomer) -> Verdict:
    """Change what is known of the customer; each agent who holds something of theirs hears of it."""
    interaction = case.state.interactions[command.interaction_id]
    old = case.state.customers[interaction.customer_id]
    new = Customer(
        old.id,
        old.name if command.name is None else command.name,
        old.created_ms,
        old.identities,
        old.attributes if command.attributes is None else command.attributes,
        old.tags if command.tags is None else tuple(dict.fromkeys(command.tags)),
        old.language,
    )
    if not new.name:
        return invalid("A customer needs a name.")
    answer = Granted([], old.id, interaction.id, old.id)
    if new != old:
        answer.events += [CustomerUpdated(new, told) for told in _one_for_each_holder(case, interaction)]
    return answer


def _one_for_each_holder(case: Case, interaction: Interaction) -> list[int]:
    state = case.state
    others = sorted(state.by_customer[interaction.customer_id] - {interaction.id})
    holders = {interaction.agent: interaction.id}
    for other in (state.interactions[i] for i in others):
        if other.agent is not None:
            holders.setdefault(other.agent, other.id)
    return list(holders.values())
