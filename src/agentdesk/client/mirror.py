"""The client's copy of what its agent may see: a pure fold over snapshot and event frames."""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import SendMessage
from agentdesk.core.desk import AgentStats, QueueStats
from agentdesk.core.model import Agent, Customer, Interaction, Message, Offer, QueueConfig


class Pending(msgspec.Struct):
    """A message the agent sent that the server has not committed yet, or refused: shown by local echo."""

    key: str
    command: SendMessage
    at_ms: int
    failed: str = ""


class Conversation(msgspec.Struct):
    """One interaction that this agent holds or is offered, with what was said.

    `messages` are the newest, in order, at most `MESSAGES_MAX`; older pages come by REST.
    """

    interaction: Interaction
    customer: Customer | None = None
    messages: list[Message] = []
    pending: list[Pending] = []
    unread: int = 0
    typing: bool = False


class Mirror:
    """What this client knows. Read by the screen; written by `fold` alone."""

    seq: int
    epoch: str
    user: str
    role: str
    agent: Agent | None
    conversations: dict[int, Conversation]
    offers: dict[int, Offer]
    queues: dict[str, QueueConfig]
    queue_stats: dict[str, QueueStats]
    agent_stats: dict[str, AgentStats]
