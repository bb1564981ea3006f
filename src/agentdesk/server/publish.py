"""Committed events to the sessions that may see them: encoded and framed once, the same bytes to each.

An event goes to the sessions of the one agent it is addressed to. Figures of queues and agents go out at most a few
times a second, when they changed, encoded once for everybody who sees the same queues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from agentdesk.core.desk import AgentStats, Desk, QueueStats
from agentdesk.core.events import Offered, QueueConfigured, QueueRemoved, Recorded
from agentdesk.core.model import Interaction
from agentdesk.protocol.codec import encode
from agentdesk.protocol.messages import (
    AgentsFrame,
    EventFrame,
    HeldInteraction,
    Live,
    QueueFrame,
    ServerFrame,
    SettingsChanged,
)
from agentdesk.server.clock import Clock
from agentdesk.server.hub import text_frame
from agentdesk.server.loop import DeskLoop
from agentdesk.server.recent import RecentMessages
from agentdesk.server.subscriber import Subscriber

FIGURES_S = 0.25
KEEPALIVE_S = 20
TURN_MAX = 100
"""Sessions that figures are written to before the loop does something else: a millisecond's worth."""
TURN_PAUSE_S = 0.004
"""Between two such turns, so that messages, which are urgent, don't wait behind figures, which aren't."""
OFFERED_MAX = 2_000
"""Offers that a session can still be told of with the interaction as it was."""

Stats = TypeVar("Stats", QueueStats, AgentStats)
Audience = tuple[str, ...] | None
"""The queues that some sessions see alike; None for all."""


class Changed(NamedTuple):
    """Figures that differ from what was sent last, and the agents who are gone."""

    queues: list[QueueStats]
    agents: list[AgentStats]
    removed: tuple[str, ...]


NOTHING = Changed([], [], ())


class Publisher:
    """Every session that is open, and how committed events reach them."""

    def __init__(self, loop: DeskLoop, clock: Clock) -> None:
        self._loop = loop
        self._clock = clock
        self.recent = RecentMessages()
        self.deliveries = 0
        self._by_agent: dict[str, list[Subscriber]] = {}
        self._all: dict[Subscriber, None] = {}
        self._groups: dict[Audience, dict[Subscriber, None]] = {}
        self.offered: dict[int, Interaction] = {}
        """Interactions as they were when the newest offers, by their event's number, were made."""
        self._figures = Figures()
        self._alive_at = 0
        self._share = 0.0
        self.fall_behind: Callable[[Subscriber], None] = lambda subscriber: subscriber.cut()
        """Called when a live session must read from the store to go on."""
        loop.on_decided(self._decided)
        loop.on_committed(self._committed)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, subscriber: Subscriber) -> None:
        """A session is there; from now on it gets its agent's events."""
        self._all[subscriber] = None
        self._groups.setdefault(subscriber.queues, {})[subscriber] = None
        if subscriber.agent:
            self._by_agent.setdefault(subscriber.agent, []).append(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """A session is gone."""
        self._all.pop(subscriber, None)
        self._ungroup(subscriber)
        others = self._by_agent.get(subscriber.agent, [])
        if subscriber in others:
            others.remove(subscriber)
            if not others:
                del self._by_agent[subscriber.agent]

    def see(self, subscriber: Subscriber, queues: Audience, *, sees_agents: bool) -> None:
        """A session may see something else from now on."""
        self._ungroup(subscriber)
        subscriber.queues, subscriber.sees_agents = queues, sees_agents
        if subscriber in self._all:
            self._groups.setdefault(queues, {})[subscriber] = None

    def _ungroup(self, subscriber: Subscriber) -> None:
        group = self._groups.get(subscriber.queues, {})
        group.pop(subscriber, None)
        if not group:
            self._groups.pop(subscriber.queues, None)

    def of_agent(self, agent: str) -> Sequence[Subscriber]:
        """The sessions of one agent, oldest first."""
        return self._by_agent.get(agent, ())

    def to_agent(self, agent: str, frame: ServerFrame) -> None:
        """Tell an agent something that is not stored; lost on those who are not live."""
        sessions = self._by_agent.get(agent)
        if sessions:
            data = text_frame(encode(frame))
            for session in sessions:
                if session.live:
                    session.write(data)

    def welcome(self, subscriber: Subscriber) -> None:
        """Send a session that went live the figures as the others have them, once what they count is durable.

        Not as they are now: a figure that changes and changes back before the next look would differ for nobody
        but this session, and never be sent again.
        """
        known = self._figures.known(subscriber.sees_agents)
        data = queue_frame(known.queues, subscriber.queues) + agents_frame(known)
        if data:
            self._loop.after_commit(lambda: subscriber.write(data))

    # --- events -------------------------------------------------------------------------------------------------

    def _decided(self, events: Sequence[Recorded]) -> None:
        """Keep what an offer shows as it is now: by the time of the commit the desk may have gone on."""
        for recorded in events:
            if isinstance(recorded.event, Offered):
                interaction = self._loop.view.interaction(recorded.event.offer.interaction_id)
                if interaction is not None:
                    self.offered[recorded.seq] = msgspec.structs.replace(interaction)
                    if len(self.offered) > OFFERED_MAX:
                        del self.offered[next(iter(self.offered))]

    def _committed(self, events: Sequence[Recorded]) -> None:
        for recorded in events:
            self.recent.fold(recorded.event)
            if isinstance(recorded.event, QueueConfigured | QueueRemoved):
                self._tell_everybody(recorded)
            if recorded.agent is None:
                continue
            sessions = self._by_agent.get(recorded.agent)
            if sessions is not None:
                self._publish(recorded, sessions)

    def _publish(self, recorded: Recorded, sessions: Sequence[Subscriber]) -> None:
        data = self._frame(recorded)
        self.deliveries += len(sessions)
        for session in tuple(sessions):
            if session.event(recorded.seq, data):
                self.fall_behind(session)

    def _frame(self, recorded: Recorded) -> bytes | None:
        """The event framed; None for an offer whose messages only the store has."""
        about: HeldInteraction | None = None
        if isinstance(recorded.event, Offered):
            interaction = self.offered.get(recorded.seq)
            messages = self.recent.newest(recorded.event.offer.interaction_id)
            if interaction is None or messages is None:
                return None
            about = HeldInteraction(interaction, messages, self._loop.view.customer(interaction.customer_id))
        return text_frame(encode(EventFrame(recorded.seq, recorded.at_ms, recorded.event, about)))

    def _tell_everybody(self, recorded: Recorded) -> None:
        """A queue's settings are part of every screen that shows it; one that connects later gets a snapshot."""
        event = recorded.event
        queue = event.queue.id if isinstance(event, QueueConfigured) else getattr(event, "queue", "")
        data = text_frame(encode(EventFrame(recorded.seq, recorded.at_ms, event)))
        for session in list(self._all):
            if session.live and (session.queues is None or queue in session.queues):
                session.write(data)

    # --- figures ------------------------------------------------------------------------------------------------

    async def settings_changed(self) -> None:
        """Let every session fetch again what it was told once."""
        await self._to_all(list(self._all), text_frame(encode(SettingsChanged())))

    async def run(self) -> None:
        """Send figures that changed, and keep-alives, for as long as the server runs."""
        while True:
            await self._clock.sleep(FIGURES_S)
            await self.send_figures()
            self.keep_alive()

    async def send_figures(self) -> None:
        """Send what changed since the last time, after the commit of what it counts, a share of the sessions a turn."""
        if not self._all:
            return
        changed = self._figures.renew(self._loop.desk)
        if changed == NOTHING:
            return
        await self._loop.durable()
        for audience, members in list(self._groups.items()):
            if data := queue_frame(changed.queues, audience):
                await self._to_all(list(members), data)
        if data := agents_frame(changed):
            await self._to_all([one for one in self._all if one.sees_agents], data)

    async def _to_all(self, sessions: list[Subscriber], data: bytes) -> None:
        """Write the same bytes to sessions that are live, `TURN_MAX` in one turn of the loop."""
        for at in range(0, len(sessions), TURN_MAX):
            if at:
                await self._clock.sleep(TURN_PAUSE_S)
            write_all(sessions[at : at + TURN_MAX], data)

    def keep_alive(self) -> None:
        """Say to a share of the sessions how far they are, so that each hears it every `KEEPALIVE_S`."""
        sessions = list(self._all)
        self._share += len(sessions) * FIGURES_S / KEEPALIVE_S
        if self._alive_at >= len(sessions):
            self._alive_at = 0
        chosen = sessions[self._alive_at : self._alive_at + int(self._share)]
        self._alive_at += len(chosen)
        self._share -= int(self._share)
        data = text_frame(encode(Live(self._loop.committed_seq)))
        for session in chosen:
            if session.live:
                session.seq = self._loop.committed_seq
                session.write(data)


class Figures:
    """The figures as they were last sent, and what changed since."""

    def __init__(self) -> None:
        self._queues: dict[str, QueueStats] = {}
        self._agents: dict[str, AgentStats] = {}

    def known(self, with_agents: bool) -> Changed:
        """Everything as it was last looked at."""
        return Changed(list(self._queues.values()), list(self._agents.values()) if with_agents else [], ())

    def renew(self, desk: Desk) -> Changed:
        """Look at what the desk marked as changed, and remember what differs from what was sent."""
        queues = [desk.queue_stats(queue) for queue in desk.take_dirty_queues()]
        agents = {agent: desk.agent_stats(agent) for agent in desk.take_dirty_agents()}
        removed = tuple(agent for agent, stats in agents.items() if stats is None and agent in self._agents)
        for agent in removed:
            del self._agents[agent]
        present = [stats for stats in agents.values() if stats is not None]
        return Changed(_differing(self._queues, queues), _differing(self._agents, present), removed)


def write_all(sessions: Iterable[Subscriber], data: bytes) -> None:
    """The same bytes to each that is live; nothing more is done for one whose client reads."""
    for session in sessions:
        if session.fast:
            try:
                session.raw(data)
            except RuntimeError:
                session.end()  # uvloop: the transport is closed, and the protocol has yet to hear of it
        elif session.live:
            session.write(data)


def agents_frame(changed: Changed) -> bytes:
    """The figures of agents, framed; empty when there are none."""
    if not changed.agents and not changed.removed:
        return b""
    return text_frame(encode(AgentsFrame(tuple(changed.agents), changed.removed)))


def queue_frame(queues: Iterable[QueueStats], audience: Audience) -> bytes:
    """The figures that one audience may see, framed; empty when there are none."""
    seen = tuple(one for one in queues if audience is None or one.id in audience)
    return text_frame(encode(QueueFrame(seen))) if seen else b""


def _differing(known: dict[str, Stats], now: Iterable[Stats]) -> list[Stats]:
    """Those that differ from what is known, which is brought up to date."""
    changed = [one for one in now if known.get(one.id) != one]
    known.update((one.id, one) for one in changed)
    return changed
