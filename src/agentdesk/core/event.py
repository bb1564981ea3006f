"""The base of everything that can become true; `agentdesk.core.events` has them all."""

from __future__ import annotations

import msgspec


class Event(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Base of every event."""
