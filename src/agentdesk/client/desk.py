"""The real client: a session over a WebSocket link, REST beside it, behind the port that the screen knows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from agentdesk.client import echo
from agentdesk.client.api import Api
from agentdesk.client.link import Link, clock_ms
from agentdesk.client.mirror import Mirror
from agentdesk.client.port import Hit, LinkState, Listener, Settings, TimelineEntry
from agentdesk.client.session import Notice, Session
from agentdesk.core.commands import Answer, ClientCommand
from agentdesk.core.model import Customer, Message
from agentdesk.errors import Unreachable

if TYPE_CHECKING:
    from agentdesk.client.why import WhyAnswer
    from agentdesk.core.routing.explain import WhyAgent


class DeskClient:
    """One agent's or supervisor's client of one server; satisfies `agentdesk.client.port.DeskPort`.

    Everything runs on one asyncio loop. Leaving `run` (or cancelling it) closes what it opened.
    """

    def __init__(self, url: str, token: str, *, mode: str = "desk", client_id: str = "") -> None:
        self.mirror = Mirror()
        self.api = Api(url, token)
        self._session = Session(token, client_id or os.urandom(8).hex(), self.mirror, mode=mode)
        self._link: Link | None = None
        self._url = url
        self._listeners: list[Listener] = []
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    @property
    def link(self) -> LinkState:
        """How the connection is."""
        return self._session.link

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener from now on; returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def now_ms(self) -> int:
        """The server's clock as far as the client knows it."""
        return self._session.server_now(clock_ms())

    def submit(self, command: ClientCommand) -> str:
        """Queue a command, online or not; its key."""
        key, notices = self._session.submit(command, clock_ms())
        if notices:
            asyncio.get_running_loop().call_soon(self._tell, notices)
        self._kick()
        return key

    def forget(self, key: str) -> None:
        """Drop a message that was refused from the local echo."""
        echo.forget(self.mirror, key)

    def typing(self, interaction_id: int, active: bool) -> None:
        """Tell the customer that the agent types; lost when offline."""
        self._session.typing(interaction_id, active)
        self._kick()

    async def do(self, command: ClientCommand, timeout_s: float = 10.0) -> Answer:
        """Submit and wait for the answer. When none comes in time the command still stands and may take effect."""
        key = self.submit(command)
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[key] = waiting
        try:
            async with asyncio.timeout(timeout_s):
                return await waiting
        except TimeoutError:
            message = f"the server has not answered within {timeout_s:g} seconds"
            raise Unreachable(message, "What you asked is kept and sent again.") from None
        finally:
            self._waiting.pop(key, None)

    async def run(self) -> None:
        """Connect and stay connected until cancelled or refused for good (`link.state` says so)."""
        self._link = Link(self._url, self._session, self._tell)
        try:
            await self._link.run()
        finally:
            self._link = None
            await self.api.close()

    async def renew(self, token: str) -> None:
        """Go on with another token of the same user after `run` returned refused; then `run` again.

        What waits for the server is sent under its old keys, so nothing is lost and nothing is done twice.
        """
        await self.api.renew(token)
        self._tell(self._session.renew(token))

    def hurry(self) -> None:
        """Try to connect now instead of after the pause."""
        if self._link is not None:
            self._link.hurry()

    async def settings(self) -> Settings:
        """What the server tells clients once."""
        return await self.api.settings()

    async def customer(self, customer_id: int) -> Customer:
        """What is known of one customer."""
        return await self.api.customer(customer_id)

    async def timeline(self, customer_id: int, before: int | None = None) -> tuple[TimelineEntry, ...]:
        """A page of a customer's interactions, newest first."""
        return await self.api.timeline(customer_id, before)

    async def messages(self, interaction_id: int, before: int | None = None) -> tuple[Message, ...]:
        """A page of an interaction's messages."""
        return await self.api.messages(interaction_id, before)

    async def search(self, query: str, customer_id: int | None = None, before: int | None = None) -> tuple[Hit, ...]:
        """Messages that hold every word, newest first."""
        return await self.api.search(query, customer_id, before)

    async def file(self, file_id: str) -> bytes:
        """The bytes of an attachment."""
        return await self.api.file(file_id)

    async def why(self, interaction_id: int) -> WhyAnswer:
        """What routing does with an interaction now, and the offers there were."""
        return await self.api.why(interaction_id)

    async def why_agent(self, agent: str) -> WhyAgent:
        """Why nothing comes to an agent."""
        return await self.api.why_agent(agent)

    def _kick(self) -> None:
        if self._link is not None:
            self._link.kick()

    def _tell(self, notices: list[Notice]) -> None:
        for topic, detail in notices:
            if topic == "answer":
                self._answered(detail)
            for listener in tuple(self._listeners):
                listener(topic, detail)

    def _answered(self, detail: object) -> None:
        assert isinstance(detail, tuple)
        key, _, answer = detail
        waiting = self._waiting.get(key)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
