"""The only writer of the desk's state: one function per event. Nothing here decides anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentdesk.core.apply import agents, conversation, desk, interactions, line, mail
from agentdesk.core.events import AnyEvent, Recorded
from agentdesk.core.state import DeskState

Writer = Callable[[DeskState, Any, int, int], None]

WRITERS: dict[type[AnyEvent], Writer] = {
    **desk.WRITERS,
    **agents.WRITERS,
    **interactions.WRITERS,
    **line.WRITERS,
    **conversation.WRITERS,
    **mail.WRITERS,
}


def apply(state: DeskState, recorded: Recorded) -> None:
    """Make one event part of the state."""
    state.counters.seq = recorded.seq
    state.now_ms = recorded.at_ms
    event = recorded.event
    WRITERS[type(event)](state, event, recorded.at_ms, recorded.seq)
