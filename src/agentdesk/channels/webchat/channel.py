"""The web chat as the server sees it: built from its parts, mounted, told of commits, run."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import suppress

from starlette.routing import BaseRoute, WebSocketRoute

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.webchat.files import Uploads
from agentdesk.channels.webchat.http import Endpoints
from agentdesk.channels.webchat.hub import Hub
from agentdesk.channels.webchat.origins import Origins
from agentdesk.channels.webchat.pages import page_routes
from agentdesk.channels.webchat.socket import Door
from agentdesk.channels.webchat.talk import Talk
from agentdesk.core.events import Recorded
from agentdesk.protocol.webchat import SOCKET_PATH

LOOK_S = 1.0
"""How often those who wait are told how the line moved, if it did."""
BYE_S = 2.0
"""How long visitors have to take in that the server stops."""


class Webchat:
    """A `Channel`: web pages' visitors."""

    def __init__(self, context: ChannelContext) -> None:
        self._context = context
        self._hub = Hub(context)
        origins = Origins(context.webchat.origins, context.listen.public_url)
        uploads = Uploads(context)
        self._talk = Talk(self._hub, uploads)
        self._door = Door(self._hub, self._talk, origins)
        self._endpoints = Endpoints(self._hub, self._door, uploads, origins)

    @property
    def visitors(self) -> int:
        """How many visitors are connected."""
        return len(self._hub.visitors)

    def routes(self) -> list[BaseRoute]:
        """What it serves over HTTP and WebSocket."""
        socket = WebSocketRoute(SOCKET_PATH, self._door.serve)
        return [socket, *self._endpoints.routes(), *page_routes(self._context.webchat.demo_page)]

    def committed(self, events: Sequence[Recorded]) -> None:
        """Events were committed: tell the visitors whom they concern."""
        self._hub.committed(events)

    def agent_typing(self, interaction_id: int, active: bool) -> None:
        """The agent who holds an interaction types, or stopped."""
        self._hub.agent_typing(interaction_id, active)

    async def run(self) -> None:
        """Tell those who wait how the line moves and the desk who is gone, for as long as the server runs."""
        sleep = self._context.clock.sleep
        for look in itertools.count():
            await sleep(LOOK_S)
            for _ in self._hub.tell_lines(look):
                await sleep(0)
            await self._talk.tell_departures()

    async def stop(self) -> None:
        """Tell the visitors that the server stops, and close their sockets."""
        with suppress(TimeoutError):  # who does not read hears the close only
            async with asyncio.timeout(BYE_S):
                await self._hub.say_bye()
