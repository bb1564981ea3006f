"""Bringing a session up to now: exactly the events it missed, or a snapshot, read from the store off the loop.

The subscriber is registered first, so that what is committed meanwhile gathers in its backlog; nothing is missed
and nothing comes twice. A snapshot is the desk as it stands, sent once all of that is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

import msgspec

from agentdesk.core.events import Offered, Recorded
from agentdesk.core.model import Interaction, Message
from agentdesk.errors import DeskError
from agentdesk.protocol.codec import encode
from agentdesk.protocol.messages import Bye, EventFrame, HeldInteraction, Hello, Snapshot, Welcome
from agentdesk.protocol.session import CLOSE_RESTART
from agentdesk.server.hub import text_frame
from agentdesk.server.parts import Parts
from agentdesk.server.recent import MESSAGES_SHOWN
from agentdesk.server.subscriber import Subscriber
from agentdesk.store.base import Store

RESUME_MAX = 1_000
"""Events of an agent's own that a resume brings; further behind, a snapshot is smaller."""
BEHIND_MAX = 50_000
"""Events of everyone's that the store may have to walk to find them: about ten milliseconds."""
WRITE_TIMEOUT_S = 30.0
"""How long a client may take to read what it missed."""

Greeting = Callable[[str], Welcome]


class CatchUp:
    """One session on its way to being live."""

    def __init__(self, parts: Parts, subscriber: Subscriber) -> None:
        self._parts = parts
        self._subscriber = subscriber

    async def begin(self, hello: Hello, greeting: Greeting) -> None:
        """Greet, send what the client lacks, go live."""
        if self._can_resume(hello) and await self._missed(hello.last_seq):
            self._parts.publisher.add(self._subscriber)
            self._subscriber.send(greeting("events"))
            await self._go_live(hello.last_seq)
            return
        snapshot = await self._snapshot()
        self._subscriber.send(greeting("snapshot"))
        self._subscriber.send(snapshot)
        await self._go_live(snapshot.seq)

    async def again(self) -> None:
        """A live session fell behind: go on from the last number it got."""
        try:
            await self._go_live(self._subscriber.seq)
        except DeskError as problem:
            self._subscriber.send(Bye("restart", problem.message))
            self._subscriber.outlet.finish(CLOSE_RESTART)

    def _can_resume(self, hello: Hello) -> bool:
        if not self._subscriber.agent or hello.epoch != self._parts.epoch:
            return False
        behind = self._parts.loop.committed_seq - hello.last_seq
        return hello.last_seq > 0 and 0 <= behind <= BEHIND_MAX

    async def _missed(self, after: int) -> bool:
        """Whether the agent's events after a number are few, and each can be told as it was."""
        store, agent = self._parts.store, self._subscriber.agent
        events = await self._parts.readers.run(store.events, after, RESUME_MAX + 1, agent)
        offered = self._parts.publisher.offered
        return len(events) <= RESUME_MAX and all(one.seq in offered for one in events if isinstance(one.event, Offered))

    async def _go_live(self, after: int) -> None:
        """Send the events after a number, page by page, until the backlog follows on without a gap."""
        parts, subscriber = self._parts, self._subscriber
        while not subscriber.gone:
            target = parts.loop.committed_seq
            if after >= target and subscriber.caught_up(after):
                parts.publisher.welcome(subscriber)
                return
            page = await parts.readers.run(
                missed_frames, parts.store, after, subscriber.agent, dict(parts.publisher.offered)
            )
            await self._write_page(page)
            after = page[-1][0] if len(page) == RESUME_MAX else max(target, page[-1][0] if page else 0)

    async def _write_page(self, page: list[tuple[int, bytes]]) -> None:
        """Write at the pace at which the client reads, so that its own past doesn't make it too slow."""
        subscriber = self._subscriber
        for _, frame in page:
            subscriber.write(frame)
            if subscriber.outlet.is_slow and not subscriber.gone:
                try:
                    async with asyncio.timeout(WRITE_TIMEOUT_S):
                        await subscriber.outlet.drained()
                except TimeoutError:
                    subscriber.cut()

    # --- snapshot -----------------------------------------------------------------------------------------------

    async def _snapshot(self) -> Snapshot:
        """What this agent's screen needs, as the desk stands, once that is durable."""
        parts, subscriber = self._parts, self._subscriber
        desk = parts.loop.view
        parts.publisher.add(subscriber)
        seq = desk.seq
        agent = desk.agent(subscriber.agent) if subscriber.agent else None
        agent = msgspec.structs.replace(agent) if agent is not None else None
        held = [msgspec.structs.replace(one) for one in desk.working_on(subscriber.agent)]
        customers = {one.customer_id: desk.customer(one.customer_id) for one in held}
        queues = tuple(queue for queue in desk.queues() if subscriber.queues is None or queue.id in subscriber.queues)
        await parts.loop.durable()
        messages = await parts.readers.run(newest_messages, parts.store, held)
        return Snapshot(
            seq,
            agent,
            tuple(HeldInteraction(one, messages[one.id], customers[one.customer_id]) for one in held),
            queues,
            parts.settings.away_reasons,
            desk.day_offset_ms,
        )


def newest_messages(store: Store, held: Iterable[Interaction]) -> dict[int, tuple[Message, ...]]:
    """The newest messages of interactions as they were when these rows were copied."""
    return {one.id: _until(store, one.id, one.last_message_id) for one in held}


def _until(store: Store, interaction_id: int, last_id: int) -> tuple[Message, ...]:
    return tuple(store.messages(interaction_id, before=last_id + 1, limit=MESSAGES_SHOWN))


def missed_frames(store: Store, after: int, agent: str, offered: Mapping[int, Interaction]) -> list[tuple[int, bytes]]:
    """The next page of an agent's events after a number, each with its number, framed."""
    return [(one.seq, _frame(store, one, offered)) for one in store.events(after, RESUME_MAX, agent)]


def _frame(store: Store, recorded: Recorded, offered: Mapping[int, Interaction]) -> bytes:
    about = None
    if isinstance(recorded.event, Offered) and (interaction := offered.get(recorded.seq)) is not None:
        messages = _until(store, interaction.id, interaction.last_message_id)
        about = HeldInteraction(interaction, messages, store.customer(interaction.customer_id))
    return text_frame(encode(EventFrame(recorded.seq, recorded.at_ms, recorded.event, about)))
