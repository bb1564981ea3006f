"""What a channel needs of the server it lives in, as protocols: `agentdesk.server.app` passes the real ones in.

A channel turns what customers do into commands (`Commands`) and committed events into what customers see
(`Channel.committed`). It knows no other channel and nothing of the server's own modules.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import ParamSpec, Protocol, TypeVar

import msgspec
from starlette.routing import BaseRoute

from agentdesk.config.server import LimitSettings, ListenSettings, QueueSettings, WebchatSettings
from agentdesk.core.commands import Actor, Answer, AnyCommand
from agentdesk.core.desk import QueueStats
from agentdesk.core.events import Recorded
from agentdesk.core.model import Agent, Customer, Interaction
from agentdesk.protocol.messages import Typing
from agentdesk.store.base import Store

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


class Reads(Protocol):
    """Runs a blocking call of the store off the loop, with a time limit (`StoreBusy`)."""

    def __call__(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


class ToAgent(Protocol):
    """Tells an agent something that is not stored; lost when they are not connected."""

    def __call__(self, agent: str, frame: Typing) -> None: ...


class ChannelContext(msgspec.Struct, frozen=True):
    """All that a channel gets."""

    commands: Commands
    clock: Clock
    desk: DeskReader
    store: Store
    read: Reads
    to_agent: ToAgent
    listen: ListenSettings
    limits: LimitSettings
    webchat: WebchatSettings
    queues: tuple[QueueSettings, ...]


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
