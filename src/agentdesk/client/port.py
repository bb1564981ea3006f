"""What the screen needs of a client, so that a test can put another one in its place.

`DeskClient` (client/desk.py) is the real one. Everything here runs on one asyncio loop; callbacks are called on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from agentdesk.core.commands import Answer, ClientCommand
from agentdesk.core.model import Customer, Disposition, Message

if TYPE_CHECKING:
    from agentdesk.client.mirror import Mirror
    from agentdesk.client.why import WhyAnswer
    from agentdesk.core.routing.explain import WhyAgent


class LinkState(msgspec.Struct, frozen=True):
    """How the connection is: state is connecting, live, offline or refused. `missed` counts the events that a
    reconnect brought; `round_trip_ms` is the last keep-alive's; `code` is the server's reason to refuse."""

    state: str
    detail: str = ""
    missed: int = 0
    round_trip_ms: int | None = None
    retry_in_s: float | None = None
    code: str = ""

    @property
    def needs_sign_in(self) -> bool:
        """Whether another token is all that is missing to go on."""
        return self.code in ("bad_token", "signed_out", "other_user")


class TimelineEntry(msgspec.Struct, frozen=True):
    """One line of a customer's history (REST: GET /api/v1/customers/ID/timeline)."""

    interaction_id: int
    channel: str
    queue: str
    state: str
    created_ms: int
    closed_ms: int | None
    agent: str | None
    disposition: str
    subject: str
    last_text: str
    message_count: int


class Hit(msgspec.Struct, frozen=True):
    """One message that a search found (REST: GET /api/v1/search); hits in `snippet` stand between \x02 and \x03."""

    message: Message
    customer_name: str
    snippet: str


class Canned(msgspec.Struct, frozen=True):
    """A canned response. Placeholders are {{customer.name}}, {{agent.name}}, {{interaction.id}} …"""

    shortcode: str
    title: str
    text: str
    queues: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True):
    """What the server tells clients once (REST: GET /api/v1/settings)."""

    canned: tuple[Canned, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    away_reasons: tuple[str, ...] = ()
    public_url: str = ""


Listener = Callable[[str, object], None]
"""Called as listener(topic, detail): topic is one of

- 'link' (LinkState), 'snapshot' (None), 'event' (EventFrame, after the mirror folded it),
- 'queues' (tuple of QueueStats), 'agents' (tuple of AgentStats), 'typing' (Typing),
- 'settings' (None): what `settings()` answers is something else now,
- 'answer' ((key, command, Answer)): the outcome of a submitted command; a command still unanswered is resent on
  reconnect under its key, so exactly one answer comes unless the client is closed.
"""


class DeskPort(Protocol):
    """The client as the screen sees it. The mirror is read, never written, by the screen."""

    mirror: Mirror

    @property
    def link(self) -> LinkState:
        """How the connection is."""

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener from now on; returns how to stop."""

    def now_ms(self) -> int:
        """The server's clock as far as the client knows it."""

    def submit(self, command: ClientCommand) -> str:
        """Queue a command, online or not; returns its key at once. The mirror shows it as pending where it shows."""

    def forget(self, key: str) -> None:
        """Drop a message that was refused from the mirror's local echo (to write it anew, or not at all)."""

    def typing(self, interaction_id: int, active: bool) -> None:
        """Tell the customer that the agent types; lost when offline."""

    async def run(self) -> None:
        """Connect and stay connected until cancelled or refused for good."""

    # REST; raises agentdesk.errors.Failed with title, message and remedy
    async def settings(self) -> Settings: ...
    async def customer(self, customer_id: int) -> Customer: ...
    async def timeline(self, customer_id: int, before: int | None = None) -> tuple[TimelineEntry, ...]: ...
    async def messages(self, interaction_id: int, before: int | None = None) -> tuple[Message, ...]: ...
    async def search(
        self, query: str, customer_id: int | None = None, before: int | None = None
    ) -> tuple[Hit, ...]: ...
    async def file(self, file_id: str) -> bytes: ...
    async def why(self, interaction_id: int) -> WhyAnswer: ...
    async def why_agent(self, agent: str) -> WhyAgent: ...
    async def do(self, command: ClientCommand, timeout_s: float = 10.0) -> Answer:
        """Submit and wait for the answer."""
