"""The end of a conversation and the work after it."""

from __future__ import annotations

from agentdesk.core.commands import CompleteWrapup, EndInteraction, Refused, SaveWrapup
from agentdesk.core.decide.case import Case, Granted, Verdict
from agentdesk.core.decide.offers import take_back
from agentdesk.core.decide.refusals import invalid, wrong_state
from agentdesk.core.events import AnyEvent, ConversationEnded, InteractionClosed, WrapupSaved
from agentdesk.core.model import Interaction, QueueConfig, State, Wrapup, WrapupMode


def end(case: Case, command: EndInteraction) -> Verdict:
    """The holder ends it; a supervisor may end also what nobody holds yet, without wrap-up."""
    interaction = case.state.interactions[command.interaction_id]
    if interaction.state is State.WRAPPING:
        return wrong_state(interaction, "complete the wrap-up.")
    events = take_back(case, interaction, "ended")
    return Granted(events + end_conversation(case, interaction, "agent"), interaction_id=interaction.id)


def end_conversation(case: Case, interaction: Interaction, by: str) -> list[AnyEvent]:
    """The conversation is over; wrap-up begins where the queue has one and there is someone to do it."""
    queue = case.state.queues[interaction.queue]
    segment_id = case.new_segment()
    if queue.wrapup is WrapupMode.NONE or interaction.agent is None:
        tags = interaction.tags
        return [ConversationEnded(interaction.id, by, segment_id), InteractionClosed(interaction.id, tags=tags)]
    due_ms = case.now + queue.wrapup_s * 1000 if queue.wrapup_s else None
    return [ConversationEnded(interaction.id, by, segment_id, due_ms)]


def save(case: Case, command: SaveWrapup) -> Verdict:
    """Keep it as far as it got."""
    interaction = case.state.interactions[command.interaction_id]
    refusal = _cannot_wrap_up(case, interaction, command.disposition)
    if refusal is not None:
        return refusal
    saved = WrapupSaved(interaction.id, command.disposition, _once(command.tags), command.note)
    wrapup = interaction.wrapup or Wrapup(0)
    same = (wrapup.disposition, wrapup.tags, wrapup.note) == (saved.disposition, saved.tags, saved.note)
    return Granted([] if same else [saved], interaction_id=interaction.id)


def complete(case: Case, command: CompleteWrapup) -> Verdict:
    """Finish it; what is left out is taken from what was saved."""
    interaction = case.state.interactions[command.interaction_id]
    saved = interaction.wrapup or Wrapup(0)
    disposition = command.disposition or saved.disposition
    refusal = _cannot_wrap_up(case, interaction, disposition)
    if refusal is not None:
        return refusal
    queue = case.state.queues[interaction.queue]
    if queue.wrapup is WrapupMode.REQUIRED and not disposition:
        return invalid(f"Queue {queue.id!r} needs a disposition: {_choices(queue)}.")
    tags = _once(interaction.tags + (command.tags or saved.tags))
    closed = InteractionClosed(interaction.id, disposition, tags, command.note or saved.note)
    return Granted([closed], interaction_id=interaction.id)


def close_automatically(case: Case, interaction: Interaction) -> list[AnyEvent]:
    """The timer ran out, or nobody is left to do it: what was saved counts, else the queue's default."""
    saved = interaction.wrapup or Wrapup(0)
    disposition = saved.disposition or case.state.queues[interaction.queue].default_disposition
    tags = _once(interaction.tags + saved.tags)
    return [InteractionClosed(interaction.id, disposition, tags, saved.note, True)]


def _cannot_wrap_up(case: Case, interaction: Interaction, disposition: str) -> Refused | None:
    if interaction.state is not State.WRAPPING:
        return wrong_state(interaction, "end it before wrapping up.")
    queue = case.state.queues[interaction.queue]
    codes = {choice.code for choice in queue.dispositions}
    if disposition and codes and disposition not in codes:
        return invalid(f"{disposition!r} is no disposition of queue {queue.id!r}; it has {_choices(queue)}.")
    return None


def _choices(queue: QueueConfig) -> str:
    return ", ".join(choice.code for choice in queue.dispositions) or "any word"


def _once(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))
