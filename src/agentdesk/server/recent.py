"""The newest messages of live interactions, in memory, so that an offer can show them without reading the store."""

from __future__ import annotations

from collections import deque

from agentdesk.core.events import AnyEvent, InteractionAbandoned, InteractionClosed, InteractionStarted, MessageAdded
from agentdesk.core.model import Message

MESSAGES_SHOWN = 50
"""Messages of one interaction that a snapshot or an offer carries; older ones come by REST."""
INTERACTIONS_MAX = 20_000
"""Interactions whose messages are kept; of others the store is read."""


class RecentMessages:
    """Folds committed events. What it doesn't hold (older than this process, or too many) it doesn't claim to know."""

    def __init__(self, interactions_max: int = INTERACTIONS_MAX) -> None:
        self._limit = interactions_max
        self._messages: dict[int, deque[Message]] = {}

    def fold(self, event: AnyEvent) -> None:
        """Take in one committed event."""
        if isinstance(event, MessageAdded):
            known = self._messages.get(event.message.interaction_id)
            if known is not None:
                known.append(event.message)
        elif isinstance(event, InteractionStarted):
            self._begin(event.interaction_id)
        elif isinstance(event, InteractionClosed | InteractionAbandoned):
            self._messages.pop(event.interaction_id, None)

    def newest(self, interaction_id: int) -> tuple[Message, ...] | None:
        """The newest messages in order; None when only the store knows."""
        known = self._messages.get(interaction_id)
        return None if known is None else tuple(known)

    def _begin(self, interaction_id: int) -> None:
        self._messages[interaction_id] = deque(maxlen=MESSAGES_SHOWN)
        if len(self._messages) > self._limit:
            del self._messages[next(iter(self._messages))]
