"""What became true of mail."""

from __future__ import annotations

from agentdesk.core.event import Event
from agentdesk.core.mail import Delivery
from agentdesk.core.model import Interaction


class DeliveryChanged(Event, frozen=True):
    """A mail has got so far, in the relay's words. `due_ms` is when a deferred one is tried again. The interaction may
    be closed by now."""

    interaction_id: int
    message_id: int
    state: Delivery
    words: str = ""
    due_ms: int = 0


class InteractionReturned(Event, frozen=True):
    """A closed interaction lives again, as it was but with nobody holding it; `Queued` follows."""

    interaction: Interaction
    reason: str
