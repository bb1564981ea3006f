"""Users as agents, settings as queues: keeps the desk's idea of both equal to the accounts and the configuration."""

from __future__ import annotations

import hashlib
import logging

import msgspec

from agentdesk.config.server import ServerSettings
from agentdesk.core.commands import Actor, Answer, ConfigureAgent, ConfigureDesk, Refused, RemoveAgent
from agentdesk.core.model import AgentConfig, Role
from agentdesk.server.clock import Clock
from agentdesk.server.desk_settings import desk_config, queue_configs
from agentdesk.server.loop import DeskLoop
from agentdesk.store.base import User

logger = logging.getLogger("agentdesk.accounts")


def agent_config(user: User, settings: ServerSettings) -> AgentConfig:
    """A user as an agent; what the account leaves open is the desk's setting."""
    desk = settings.desk
    return AgentConfig(
        id=user.id,
        name=user.name,
        role=Role(user.role),
        queues=user.queues,
        skills=dict(user.skills),
        capacity=desk.capacity if user.capacity is None else user.capacity,
        channel_max={str(channel): most for channel, most in desk.channel_max.items()},
        may_pick=user.may_pick,
    )


def epoch_of(store_epoch: str, settings: ServerSettings) -> str:
    """Names the database's life and what a snapshot says beside its rows, so that a change of either asks for one."""
    seen = msgspec.json.encode((queue_configs(settings), settings.away_reasons), order="deterministic")
    return f"{store_epoch}.{hashlib.sha256(seen).hexdigest()[:8]}"


class Accounts:
    """Tells the desk of queues and agents when they differ from what it knows. `settings` are those that hold now."""

    def __init__(self, loop: DeskLoop, settings: ServerSettings, system: Actor, clock: Clock) -> None:
        self._loop = loop
        self.settings = settings
        self._system = system
        self._clock = clock

    async def configure_desk(self) -> Answer | None:
        """Set the desk's settings and queues, if they differ from what it knows."""
        desk, queues = desk_config(self.settings, self._clock.now_ms()), queue_configs(self.settings)
        state = self._loop.view
        if state.config == desk and {one.id: one for one in state.queues()} == {one.id: one for one in queues}:
            return None
        answer = await self._loop.submit(ConfigureDesk(desk, queues), self._system)
        if isinstance(answer, Refused):
            logger.error("the desk refuses its settings: %s", answer.message)
        return answer

    async def configure(self, user: User) -> None:
        """Make the desk know a user as the account says, or no more when it was disabled."""
        known = self._loop.view.agent(user.id)
        if user.disabled:
            if known is not None:
                await self._tell(RemoveAgent(user.id))
            return
        config = agent_config(user, self.settings)
        if known is None or known.config != config:
            await self._tell(ConfigureAgent(config))

    def configure_soon(self, user: User) -> None:
        """The same without waiting."""
        self._loop.spawn(self.configure(user), "configure agent")

    async def _tell(self, command: ConfigureAgent | RemoveAgent) -> None:
        answer = await self._loop.submit(command, self._system)
        if isinstance(answer, Refused):
            logger.warning("the desk refuses an account: %s", answer.message)
