"""Who may ask for what: one table. Agents act on what they hold, supervisors on anything, channels and the server
have commands of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentdesk.core import commands as c
from agentdesk.core.commands import Actor, AnyCommand, Refused
from agentdesk.core.decide.refusals import unknown
from agentdesk.core.model import Interaction, Role
from agentdesk.core.state import DeskState

Rule = Callable[[DeskState, Any, Actor], Refused | None]


def check(state: DeskState, command: AnyCommand, actor: Actor) -> Refused | None:
    """The refusal, if this actor may not ask for that."""
    return RULES[type(command)](state, command, actor)


def is_supervisor(actor: Actor) -> bool:
    """Whether the actor may act on what others hold."""
    return actor.role is not Role.AGENT


def find(state: DeskState, interaction_id: int) -> Interaction | Refused:
    """A live interaction, or why there is none."""
    interaction = state.interactions.get(interaction_id)
    if interaction is not None:
        return interaction
    if 0 < interaction_id <= state.counters.interaction:
        return Refused("closed", f"Interaction {interaction_id} is closed.")
    return unknown("interaction", interaction_id)


def _holder_or_supervisor(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    if actor.kind != "agent":
        return _not_permitted("Only agents and supervisors may do that.")
    interaction = find(state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    if interaction.agent == actor.id or is_supervisor(actor):
        return None
    return _not_yours(interaction)


def _holder(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    interaction = find(state, command.interaction_id)
    if isinstance(interaction, Refused):
        return interaction
    if actor.kind == "agent" and interaction.agent == actor.id:
        return None
    return _not_yours(interaction)


def _to_whom_it_is_offered(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    if actor.kind != "agent":
        return _not_permitted("Only agents have offers.")
    interaction_id = state.offers.get(command.offer_id)
    if interaction_id is None:
        if 0 < command.offer_id <= state.counters.offer:
            return Refused("too_late", f"Offer {command.offer_id} is over.")
        return unknown("offer", command.offer_id)
    offer = state.interactions[interaction_id].offer
    if offer is not None and offer.agent == actor.id:
        return None
    return _not_permitted(f"Offer {command.offer_id} is another agent's.")


def _oneself_or_supervisor(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    if actor.kind != "agent":
        return _not_permitted("Only agents and supervisors may do that.")
    if command.agent in ("", actor.id) or is_supervisor(actor):
        return None
    return _not_permitted("Only a supervisor may change the presence of another agent.")


def _agent(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    if actor.kind != "agent":
        return _not_permitted("Only agents may do that.")
    return None if actor.id in state.agents else unknown("agent", actor.id)


def _may_pick(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    refusal = _agent(state, command, actor)
    if refusal is not None or is_supervisor(actor) or state.agents[actor.id].config.may_pick:
        return refusal
    return _not_permitted("You may not take what waits out of its order; take the next instead.")


def _supervisor(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    if actor.kind == "agent" and is_supervisor(actor):
        return None
    return _not_permitted("Only a supervisor may do that.")


def _channel(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    return None if actor.kind == "customer" else _not_permitted("Only channels may do that.")


def _server(state: DeskState, command: Any, actor: Actor) -> Refused | None:
    return None if actor.kind == "system" else _not_permitted("Only the server may do that.")


def _not_permitted(message: str) -> Refused:
    return Refused("not_permitted", message)


def _not_yours(interaction: Interaction) -> Refused:
    who = f"{interaction.agent} holds it" if interaction.agent else "nobody holds it yet"
    return _not_permitted(f"Interaction {interaction.id} is not yours: {who}.")


RULES: dict[type[AnyCommand], Rule] = {
    c.SetPresence: _oneself_or_supervisor,
    c.AcceptOffer: _to_whom_it_is_offered,
    c.DeclineOffer: _to_whom_it_is_offered,
    c.TakeNext: _agent,
    c.Pick: _may_pick,
    c.SetPriority: _supervisor,
    c.SetSkills: _holder_or_supervisor,
    c.SendMessage: _holder_or_supervisor,
    c.CancelSend: _holder_or_supervisor,
    c.RetrySend: _holder_or_supervisor,
    c.NoteDelivery: _channel,
    c.ReturnInteraction: _channel,
    c.SaveDraft: _holder,
    c.MarkRead: _holder,
    c.EndInteraction: _holder_or_supervisor,
    c.SaveWrapup: _holder_or_supervisor,
    c.CompleteWrapup: _holder_or_supervisor,
    c.Hold: _holder_or_supervisor,
    c.Resume: _holder_or_supervisor,
    c.Snooze: _holder_or_supervisor,
    c.Transfer: _holder_or_supervisor,
    c.SetTags: _holder_or_supervisor,
    c.UpdateCustomer: _holder_or_supervisor,
    c.StartInteraction: _channel,
    c.ReceiveMessage: _channel,
    c.CustomerLeaves: _channel,
    c.CustomerReturns: _channel,
    c.CustomerEnds: _channel,
    c.ConfirmDelivery: _channel,
    c.ConfigureDesk: _server,
    c.SetHours: _server,
    c.ConfigureAgent: _server,
    c.RemoveAgent: _server,
    c.SessionOpened: _server,
    c.SessionClosed: _server,
    c.ServerStarted: _server,
    c.Tick: _server,
}
