"""Who gets what next. `Router` is the interface; the indexes behind it make a decision without scanning anybody."""

from agentdesk.core.routing.proposal import Proposal, Step
from agentdesk.core.routing.router import Router

__all__ = ["Proposal", "Router", "Step"]
