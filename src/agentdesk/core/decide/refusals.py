"""What the desk says when it will not. Codes are for programs, messages for people: what is the matter, what to do."""

from __future__ import annotations

from agentdesk.core.commands import Refused
from agentdesk.core.model import Interaction, State

DOING = {
    State.NEW: "has only just begun",
    State.QUEUED: "is waiting in its queue",
    State.OFFERED: "is being offered to an agent",
    State.ACTIVE: "is active",
    State.HELD: "is on hold",
    State.SNOOZED: "is snoozed",
    State.WRAPPING: "has ended and is in wrap-up",
}


def wrong_state(interaction: Interaction, remedy: str) -> Refused:
    """It is not at a point of its life where this can be done."""
    return Refused("wrong_state", f"Interaction {interaction.id} {DOING[interaction.state]}; {remedy}")


def unknown(what: str, name: object) -> Refused:
    """There is no such thing."""
    return Refused("unknown", f"There is no {what} {name!r}.")


def invalid(message: str) -> Refused:
    """The command makes no sense as it is."""
    return Refused("invalid", message)
