"""What the store knows of a customer who comes in: who they are, who had them last, how that ended."""

from __future__ import annotations

from typing import NamedTuple

from agentdesk.channels.base import Store
from agentdesk.core.lifecycle import ENDED
from agentdesk.core.model import Customer

LOOKED_AT = 50
"""Interactions of one customer that are looked at; whoever had more had that many."""


class Regular(NamedTuple):
    """A customer as the store has them, with what `agentdesk.core.commands.CustomerRef` says of their past."""

    known: Customer | None = None
    last_agent: str = ""
    last_disposition: str = ""
    interactions: int = 0


def find_regular(store: Store, kind: str, value: str) -> Regular:
    """The customer with this identity; one whom nobody knows has no past."""
    known = store.customer_by_identity(kind, value)
    if known is None:
        return Regular()
    past = store.timeline(known.id, limit=LOOKED_AT)
    last_agent = next((one.agent for one in past if one.agent), None)
    ended = next((one for one in past if one.state in ENDED), None)
    return Regular(known, last_agent or "", ended.disposition if ended is not None else "", len(past))
