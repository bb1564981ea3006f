"""What the server is made of, in one place: built by `app.py`, used by sessions, routes and channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agentdesk.config.server import ServerSettings
from agentdesk.core.commands import Actor
from agentdesk.core.model import Role
from agentdesk.server.accounts import Accounts
from agentdesk.server.auth import Access, Principal
from agentdesk.server.clock import Clock
from agentdesk.server.loop import DeskLoop
from agentdesk.server.publish import Audience, Publisher
from agentdesk.server.readers import Readers
from agentdesk.store.base import Store

if TYPE_CHECKING:
    from agentdesk.server.configuring.live import Configurations
    from agentdesk.server.websocket import Sessions

SYSTEM = Actor("system", "server", Role.ADMIN)


@dataclass
class Parts:
    """The running server. `settings` are those that hold now; `epoch` names this database's life and what its clients
    have seen of them."""

    settings: ServerSettings
    store: Store
    clock: Clock
    loop: DeskLoop
    readers: Readers
    publisher: Publisher
    access: Access
    accounts: Accounts
    sessions: Sessions
    epoch: str
    configurations: Configurations = field(init=False)
    on_typing: list[Callable[[int, bool], None]] = field(default_factory=list)
    """Channels that tell a customer that the agent types: called with the interaction's id, and whether."""

    def tell_typing(self, interaction_id: int, active: bool) -> None:
        """An agent types: tell the channels."""
        for tell in self.on_typing:
            tell(interaction_id, active)

    def audience(self, principal: Principal) -> Audience:
        """The queues whose figures somebody may see: an agent's own, or all."""
        if principal.may(Role.SUPERVISOR) or not principal.user.queues:
            return None
        return tuple(sorted(principal.user.queues))
