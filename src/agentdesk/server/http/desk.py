"""The live desk: queues, agents, presence, commands, settings and the log of events."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agentdesk.client.port import Canned, Settings
from agentdesk.core.commands import ClientCommand, Done, SetPresence
from agentdesk.core.desk import AgentStats, QueueStats
from agentdesk.core.events import Recorded
from agentdesk.core.model import Agent, Presence, QueueConfig, Role
from agentdesk.server.desk_settings import dispositions
from agentdesk.server.http.operation import ID_MAX, Call, Operation
from agentdesk.server.http.problems import not_found

EVENTS_MAX = 1_000


class QueueInfo(msgspec.Struct, frozen=True):
    """A queue: its settings and its figures as they are now."""

    queue: QueueConfig
    figures: QueueStats | None


class PresenceInfo(msgspec.Struct, frozen=True):
    """What an agent's presence is, since when."""

    agent: str
    presence: Presence
    reason: str
    since_ms: int


class NewPresence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it shall be."""

    presence: Presence
    reason: Annotated[str, Meta(max_length=200)] = ""


class CommandBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Any command that an agent's client can send, as on the WebSocket."""

    command: ClientCommand


class EventQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events with a number above `after`, in order."""

    after: Annotated[int, Meta(ge=0, le=ID_MAX)] = 0
    limit: Annotated[int, Meta(ge=1, le=EVENTS_MAX)] = 200


async def queues(call: Call) -> list[QueueInfo]:
    """The queues that one works, with their figures."""
    parts = call.parts
    audience = parts.audience(call.who)
    figures = {one.id: one for one in parts.loop.view.queue_stats(parts.clock.now_ms())}
    seen = (one for one in parts.loop.view.queues() if audience is None or one.id in audience)
    return [QueueInfo(one, figures.get(one.id)) for one in seen]


async def agents(call: Call) -> list[AgentStats]:
    """Every agent as the monitor shows them."""
    return call.parts.loop.view.agent_stats()


async def my_presence(call: Call) -> PresenceInfo:
    """My own presence."""
    return _presence(call.parts.loop.view.agent(call.who.user.id))


async def set_my_presence(call: Call) -> PresenceInfo:
    """Set my own presence."""
    body: NewPresence = call.body
    await call.ask(SetPresence(body.presence, body.reason))
    return await my_presence(call)


async def set_presence(call: Call) -> PresenceInfo:
    """Set an agent's presence."""
    body: NewPresence = call.body
    agent: str = call.path["agent"]
    await call.ask(SetPresence(body.presence, body.reason, agent))
    return _presence(call.parts.loop.view.agent(agent))


def _presence(agent: Agent | None) -> PresenceInfo:
    if agent is None:
        raise not_found("such agent")
    return PresenceInfo(agent.id, agent.presence, agent.reason, agent.presence_since_ms)


async def do(call: Call) -> Done:
    """Any command of an agent."""
    body: CommandBody = call.body
    return await call.ask(body.command)


async def settings(call: Call) -> Settings:
    """What clients are told once."""
    config = call.parts.settings
    audience = call.parts.audience(call.who)
    canned = tuple(
        Canned(one.shortcode, one.title, one.text, one.queues)
        for one in config.canned
        if audience is None or not one.queues or set(one.queues) & set(audience)
    )
    return Settings(canned, dispositions(config), config.away_reasons, config.server.public_url)


async def events(call: Call) -> list[Recorded]:
    """The log of all that became true."""
    query: EventQuery = call.query
    found: list[Recorded] = await call.read(call.parts.store.events, query.after, query.limit)
    return found


OPERATIONS = (
    Operation("GET", "/queues", "queues", "The queues that you work, with their figures", queues, list[QueueInfo]),
    Operation("GET", "/agents", "agents", "Every agent, as the monitor shows them", agents, list[AgentStats]),
    Operation("GET", "/presence", "my_presence", "Your presence", my_presence, PresenceInfo),
    Operation("PUT", "/presence", "set_my_presence", "Set your presence", set_my_presence, PresenceInfo,
              body=NewPresence, keyed=True),
    Operation("PUT", "/agents/{agent}/presence", "set_presence", "Set an agent's presence", set_presence, PresenceInfo,
              Role.SUPERVISOR, body=NewPresence, keyed=True),
    Operation("POST", "/commands", "do", "Any command of an agent, as on the WebSocket", do, Done,
              body=CommandBody, keyed=True),
    Operation("GET", "/settings", "settings", "Canned responses, dispositions, away reasons", settings, Settings),
    Operation("GET", "/events", "events", "The log of all that became true", events, list[Recorded],
              Role.SUPERVISOR, query=EventQuery),
)  # fmt: skip
