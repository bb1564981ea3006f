"""Users as agents, settings as queues: keeps the desk's idea of both equal to the accounts and the configuration."""

from __future__ import annotations

import hashlib
import logging

import msgspec

from agentdesk.config.rules import disposition_paths, is_chosen
from agentdesk.config.server import QueueSettings, ServerSettings
from agentdesk.core.commands import Actor, ConfigureAgent, ConfigureDesk, Refused, RemoveAgent
from agentdesk.core.model import AgentConfig, DeskConfig, Disposition, QueueConfig, Role, WrapupMode
from agentdesk.server.loop import DeskLoop
from agentdesk.store.base import User

logger = logging.getLogger("agentdesk.accounts")


def desk_config(settings: ServerSettings) -> DeskConfig:
    """What holds for the desk as a whole."""
    desk = settings.desk
    return DeskConfig(
        weights=msgspec.structs.asdict(desk.weights),
        missed_offers_max=desk.missed_offers_max,
        agent_grace_s=desk.agent_grace_s,
        customer_grace_s=desk.customer_grace_s,
        priority_s=desk.priority_s,
        refused_pause_s=desk.refused_pause_s,
    )


def dispositions(settings: ServerSettings) -> tuple[Disposition, ...]:
    """Every disposition by its path, in the order of the settings."""
    return tuple(Disposition(path, label, key) for path, label, key in disposition_paths(settings.dispositions))


def queue_configs(settings: ServerSettings) -> tuple[QueueConfig, ...]:
    """The queues as the desk knows them."""
    every = dispositions(settings)
    return tuple(_queue_config(queue, every) for queue in settings.queues)


def _queue_config(queue: QueueSettings, every: tuple[Disposition, ...]) -> QueueConfig:
    wrapup = queue.wrapup
    chosen = tuple(one for one in every if is_chosen(one.code, wrapup.dispositions))
    return QueueConfig(
        id=queue.id,
        name=queue.name,
        channels=tuple(queue.channels),
        priority=queue.priority,
        service_level_s=queue.service_level_s,
        reply_target_s=queue.reply_target_s,
        offer_timeout_s=queue.offer_timeout_s,
        skills=dict(queue.skills),
        auto_accept=queue.auto_accept,
        wrapup=WrapupMode(wrapup.mode),
        wrapup_s=wrapup.seconds,
        dispositions=chosen,
        default_disposition=wrapup.default_disposition,
    )


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
    )


def epoch_of(store_epoch: str, settings: ServerSettings) -> str:
    """Names the database's life and what a snapshot says beside its rows, so that a change of either asks for one."""
    seen = msgspec.json.encode((queue_configs(settings), settings.away_reasons), order="deterministic")
    return f"{store_epoch}.{hashlib.sha256(seen).hexdigest()[:8]}"


class Accounts:
    """Tells the desk of queues and agents when they differ from what it knows."""

    def __init__(self, loop: DeskLoop, settings: ServerSettings, system: Actor) -> None:
        self._loop = loop
        self._settings = settings
        self._system = system

    async def configure_desk(self) -> None:
        """Set the desk's settings and queues, if they changed since the last start."""
        desk, queues = desk_config(self._settings), queue_configs(self._settings)
        state = self._loop.view
        if state.config == desk and {one.id: one for one in state.queues()} == {one.id: one for one in queues}:
            return
        answer = await self._loop.submit(ConfigureDesk(desk, queues), self._system)
        if isinstance(answer, Refused):
            logger.error("the desk refuses its settings: %s", answer.message)

    async def configure(self, user: User) -> None:
        """Make the desk know a user as the account says, or no more when it was disabled."""
        known = self._loop.view.agent(user.id)
        if user.disabled:
            if known is not None:
                await self._tell(RemoveAgent(user.id))
            return
        config = agent_config(user, self._settings)
        if known is None or known.config != config:
            await self._tell(ConfigureAgent(config))

    def configure_soon(self, user: User) -> None:
        """The same without waiting."""
        self._loop.spawn(self.configure(user), "configure agent")

    async def _tell(self, command: ConfigureAgent | RemoveAgent) -> None:
        answer = await self._loop.submit(command, self._system)
        if isinstance(answer, Refused):
            logger.warning("the desk refuses an account: %s", answer.message)
