"""People for the web chat's tests: an agent at a desk, and visitors, each connected for the length of a block."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from agentdesk.client.desk import DeskClient
from agentdesk.client.mirror import Conversation, Mirror
from agentdesk.core.commands import AcceptOffer, Done, SendMessage, SetPresence
from agentdesk.core.model import Message, MessageKind, Presence

T = TypeVar("T")


class Agent:
    """An agent whose every move is the test's."""

    def __init__(self, client: DeskClient) -> None:
        self.client = client
        self._changed = asyncio.Event()
        self.heard: list[tuple[str, Any]] = []
        client.listen(self._heard)

    def _heard(self, topic: str, detail: object) -> None:
        self.heard.append((topic, detail))
        self._changed.set()

    async def wait_for(self, ready: Callable[[Mirror], T], timeout_s: float = 10.0) -> T:
        """Wait until the mirror shows something true, and return it."""
        async with asyncio.timeout(timeout_s):
            while not (result := ready(self.client.mirror)):
                self._changed.clear()
                await self._changed.wait()
        return result

    async def heard_of(self, topic: str, fits: Callable[[Any], bool] = lambda _: True) -> Any:
        """Wait until something of this topic was heard that fits."""
        return await self.wait_for(lambda _: next((d for t, d in self.heard if t == topic and fits(d)), None))

    async def come(self) -> None:
        """Connect and be available."""
        await self.wait_for(lambda _: self.client.link.state == "live")
        assert isinstance(await self.client.do(SetPresence(Presence.AVAILABLE)), Done)

    async def accept(self) -> int:
        """Take the next offer; the interaction's id."""
        offer = await self.wait_for(lambda mirror: next(iter(mirror.offers.values()), None))
        assert isinstance(await self.client.do(AcceptOffer(offer.id)), Done)
        await self.wait_for(lambda mirror: mirror.conversations[offer.interaction_id].interaction.agent)
        return offer.interaction_id

    async def say(self, interaction_id: int, text: str, **more: Any) -> int:
        """Say something to the customer; the message's id."""
        answer = await self.client.do(SendMessage(interaction_id, text, **more))
        assert isinstance(answer, Done), answer
        return answer.id

    def conversation(self, interaction_id: int) -> Conversation:
        """A conversation as the agent's screen has it."""
        return self.client.mirror.conversations[interaction_id]

    async def reads(self, interaction_id: int, text: str) -> Message:
        """Wait until the customer's message is on the screen."""

        def found(mirror: Mirror) -> Message | None:
            messages = mirror.conversations[interaction_id].messages
            return next((m for m in messages if m.kind is MessageKind.INBOUND and m.text == text), None)

        return await self.wait_for(found)


@contextlib.asynccontextmanager
async def agent_at(url: str, token: str, *, available: bool = True) -> AsyncIterator[Agent]:
    """An agent connected to a server, available unless told otherwise."""
    agent = Agent(DeskClient(url, token))
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(agent.client.run())
        try:
            if available:
                await agent.come()
            yield agent
        finally:
            work.cancel()
