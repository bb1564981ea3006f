"""What a channel needs of the server it lives in, as protocols: `agentdesk.server.app` passes the real ones in.

A channel turns what customers do into commands (`Commands`) and committed events into what customers see
(`Channel.committed`). It knows no other channel and nothing of the server's own modules.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ParamSpec, Protocol, TypeVar

import msgspec
from starlette.routing import BaseRoute

from agentdesk.config.server import LimitSettings, ListenSettings, QueueSettings, ServerSettings, WebchatSettings
from agentdesk.core.commands import Actor, Answer, AnyCommand
from agentdesk.core.desk import QueueStats
from agentdesk.core.events import Recorded
from agentdesk.core.model import Agent, Customer, Interaction, Message
from agentdesk.protocol.mail import MailStore
from agentdesk.protocol.messages import Typing

P = ParamSpec("P")
T = TypeVar("T")


class Commands(Protocol):
    """Where commands go. The answer comes after the commit; a key that was asked before gets its first answer."""

    async def __call__(self, command: AnyCommand, actor: Actor, key: str = "", *, again: bool = True) -> Answer: ...


class Clock(Protocol):
    """Time: the wall clock for what is kept, a steady one for rates."""

    def now_ms(self) -> int: ...
    def steady_s(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class DeskReader(Protocol):
    """The desk as it is now, a moment ahead of what is committed. Read only; on the server's loop only."""

    def interaction(self, interaction_id: int) -> Interaction | None:
        """A live interaction."""

    def interactions(self) -> Iterable[Interaction]:
        """Every live interaction."""

    def customer(self, customer_id: int) -> Customer | None:
        """The customer of a live interaction."""

    def agent(self, agent: str) -> Agent | None:
        """An agent."""

    def agents(self) -> Iterable[Agent]:
        """Every agent."""

    def line(self, queue: str) -> Sequence[int]:
        """What waits in a queue and is offered to nobody, the first in line first."""

    def queue_stats(self, now_ms: int) -> Sequence[QueueStats]:
        """Every queue's figures."""


class StoredFile(Protocol):
    """A file as it is kept. `owner` says whose it is: what a channel wrote there, or 'i' and the id of the interaction
    in which a message carried it."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def owner(self) -> str: ...
    @property
    def at_ms(self) -> int: ...


class PastInteraction(Protocol):
    """One interaction of a customer's history."""

    @property
    def interaction_id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def disposition(self) -> str: ...


class Store(MailStore, Protocol):
    """What is kept, as far as channels need it. Every method blocks: call it through `Reads`."""

    def interaction(self, interaction_id: int) -> Interaction | None: ...
    def customer(self, customer_id: int) -> Customer | None: ...
    def customer_by_identity(self, kind: str, value: str) -> Customer | None: ...
    def timeline(self, customer_id: int, *, limit: int = 50) -> Sequence[PastInteraction]: ...
    def messages(self, interaction_id: int, *, before: int | None = None, limit: int = 100) -> Sequence[Message]: ...
    def file(self, file_id: str) -> StoredFile | None: ...


class KeepFile(Protocol):
    """Keeps a file; durable when it returns. Dropped after a day in no message. Blocks: call it through `Reads`."""

    def __call__(self, file_id: str, name: str, media_type: str, data: bytes, owner: str, at_ms: int, /) -> None: ...


class Reads(Protocol):
    """Runs a blocking call of the store off the loop, with a time limit (`StoreBusy`)."""

    def __call__(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


class ToAgent(Protocol):
    """Tells an agent something that is not stored; lost when they are not connected."""

    def __call__(self, agent: str, frame: Typing) -> None: ...


class ChannelContext(msgspec.Struct, frozen=True):
    """All that a channel gets. `epoch` names the database's life: numbers of another one say nothing.

    `settings` are those that hold now: an admin may change queues and words while the server runs.
    """

    commands: Commands
    clock: Clock
    desk: DeskReader
    store: Store
    keep_file: KeepFile
    read: Reads
    to_agent: ToAgent
    listen: ListenSettings
    limits: LimitSettings
    settings: Callable[[], ServerSettings]
    epoch: str

    @property
    def webchat(self) -> WebchatSettings:
        """The web chat's settings now."""
        return self.settings().webchat

    @property
    def queues(self) -> tuple[QueueSettings, ...]:
        """The queues now."""
        return self.settings().queues


class Channel(Protocol):
    """What the server uses of a channel."""

    def routes(self) -> list[BaseRoute]:
        """What it serves over HTTP and WebSocket."""

    def committed(self, events: Sequence[Recorded]) -> None:
        """Events were committed; called in order, before their commands are answered."""

    def agent_typing(self, interaction_id: int, active: bool) -> None:
        """The agent who holds an interaction types, or stopped."""

    async def run(self) -> None:
        """Do what is due, for as long as the server runs."""

    async def stop(self) -> None:
        """The server stops, and all it took is answered: tell whoever is connected. Must not take long."""
