"""The client's copy of what its agent may see. `agentdesk.client.fold` is the only writer; the screen reads.

After everything sent has arrived it equals the server's view of this agent; `tests/sim` holds it to that.
"""

from __future__ import annotations

import msgspec

from agentdesk.core.commands import ClientCommand, SendMessage
from agentdesk.core.model import Agent, Customer, Interaction, Message, Offer, QueueConfig, Role
from agentdesk.core.stats import AgentStats, QueueStats

MESSAGES_MAX = 500
"""Messages kept of one conversation; older pages come by REST."""


class Pending(msgspec.Struct):
    """A message the agent sent that the server has not committed yet, or refused: shown by local echo.

    `failed` says why it was refused; `code` is the refusal's. `message_id` is set from the moment the server
    has acknowledged it until its event arrives.
    """

    key: str
    command: SendMessage
    at_ms: int
    failed: str = ""
    code: str = ""
    message_id: int = 0


class Conversation(msgspec.Struct):
    """One interaction that this agent holds or is offered, with what was said.

    `messages` are the newest, in order, at most `MESSAGES_MAX`; older pages come by REST. `unread` counts what the
    customer wrote after `seen_upto`, the last message that the agent has seen or answered. `preview` is what the
    customer has typed and not sent, as far as their side tells.
    """

    interaction: Interaction
    customer: Customer | None = None
    messages: list[Message] = []
    pending: list[Pending] = []
    unread: int = 0
    seen_upto: int = 0
    typing: bool = False
    preview: str = ""


class Mirror:
    """What this client knows. Read by the screen; written by `agentdesk.client.fold` alone.

    `conversations` are what the agent holds or is offered; `offers` are by offer id. `asked` are the commands that
    have no answer yet, by key, oldest first.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.epoch = ""
        self.user = ""
        self.name = ""
        self.role = ""
        self.agent: Agent | None = None
        self.conversations: dict[int, Conversation] = {}
        self.offers: dict[int, Offer] = {}
        self.queues: dict[str, QueueConfig] = {}
        self.away_reasons: tuple[str, ...] = ()
        self.day_offset_ms = 0
        self.queue_stats: dict[str, QueueStats] = {}
        self.agent_stats: dict[str, AgentStats] = {}
        self.asked: dict[str, ClientCommand] = {}

    @property
    def may_pick(self) -> bool:
        """Whether the agent may take what waits out of its order."""
        return self.role in (Role.SUPERVISOR, Role.ADMIN) or (self.agent is not None and self.agent.config.may_pick)
