"""From committed events to the visitors' sockets: messages, where they stand, what was read, who types.

Everything here is synchronous and runs on the server's loop; what visitors ask for is in `talk`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.webchat.conversations import Conversation, Conversations, Stage
from agentdesk.channels.webchat.lines import Lines
from agentdesk.channels.webchat.session import CLOSE_RESTART
from agentdesk.channels.webchat.shown import shown
from agentdesk.channels.webchat.visitors import Departures, Visitor, Visitors
from agentdesk.core.events import (
    AgentConfigured,
    AgentConnected,
    AgentDisconnected,
    AgentLost,
    AgentRemoved,
    AnyEvent,
    CustomerCreated,
    CustomerUpdated,
    MessageAdded,
    PresenceChanged,
    QueueConfigured,
    Recorded,
)
from agentdesk.core.model import CHAT
from agentdesk.protocol.webchat import AgentTyping, Bye, ChatState, ChatStatus, Message, Receipts, encode_frame

SLICE = 200
"""Visitors who are looked at before others get their turn."""
NEAR = 10
FAR = 100
"""Places up to which a move is told every second, and every three."""

_COMINGS = (
    AgentConfigured,
    AgentRemoved,
    AgentConnected,
    AgentDisconnected,
    AgentLost,
    PresenceChanged,
    QueueConfigured,
)


class Hub:
    """Who is connected, what is live, and how one reaches the other."""

    def __init__(self, context: ChannelContext) -> None:
        self.context = context
        self.visitors = Visitors()
        self.conversations = Conversations(context.desk.interactions())
        self.lines = Lines(context.desk, context.clock, lambda: context.queues)
        talking = [one for one in self.conversations if one.channel == CHAT and one.stage is not Stage.ENDED]
        self.departures = Departures(talking, context.clock.steady_s())
        self._online: dict[str, tuple[bool, int | None]] = {}

    # --- what was committed -------------------------------------------------------------------------------------

    def committed(self, events: Sequence[Recorded]) -> None:
        """Take in committed events and tell the visitors whom they concern."""
        for recorded in events:
            self._committed(recorded.event)

    def _committed(self, event: AnyEvent) -> None:
        if isinstance(event, CustomerCreated | CustomerUpdated):
            self.visitors.recognise(event.customer)
        elif isinstance(event, _COMINGS):
            self.lines.forget()
        else:
            changed = self.conversations.fold(event)
            if isinstance(event, MessageAdded):
                self._tell_message(event)
            if changed is not None:
                self._tell_change(changed)

    def _tell_message(self, event: MessageAdded) -> None:
        visitors = self.visitors.of_customer(event.message.customer_id)
        message = shown(event.message) if visitors else None
        if message is None:
            return
        frame = encode_frame(Message(message))
        for visitor in visitors:
            for session in visitor.sessions:
                session.message(message, frame)

    def _tell_change(self, conversation: Conversation) -> None:
        if conversation.is_over or conversation.led_on:
            self.departures.back(conversation)
        for visitor in self.visitors.of_customer(conversation.customer_id):
            if conversation.channel == CHAT:
                visitor.ended = conversation.stage if conversation.is_over else None
            visitor.read = max(visitor.read, conversation.read)
            self.tell(visitor)

    async def say_bye(self) -> None:
        """The server stops: tell every visitor, and return when all have been told."""
        frame = encode_frame(Bye("restart"))
        sessions = [session for visitor in self.visitors for session in visitor.sessions]
        for session in sessions:
            session.write(frame)
            session.close(CLOSE_RESTART)
        for session in sessions:
            await session.closed.wait()

    # --- what a visitor is told ---------------------------------------------------------------------------------

    def tell(self, visitor: Visitor) -> None:
        """Tell a visitor where they stand, if that is news."""
        status = self.status(visitor)
        receipts = self.receipts(visitor)
        for session in visitor.sessions:
            session.status(status)
            session.receipts(receipts)

    def current(self, visitor: Visitor) -> Conversation | None:
        """The conversation that the visitor is in."""
        return None if visitor.customer_id is None else self.conversations.current(visitor.customer_id)

    def status(self, visitor: Visitor) -> ChatStatus:
        """Where a visitor stands now."""
        current = self.current(visitor)
        if current is None:
            return self._without(visitor)
        line = self.lines.line(current.queue)
        if current.stage is Stage.WAITING:
            live = self.context.desk.interaction(current.id)
            position = line.position(current.id, live is not None and live.offer is not None)
            return ChatStatus(ChatState.WAITING, line.online, position, line.estimate_ms(position))
        state = ChatState.ACTIVE if current.stage is Stage.ACTIVE else ChatState.ENDED
        return ChatStatus(state, line.online, agent=self._agent_name(current), opens_ms=line.opens_ms)

    def receipts(self, visitor: Visitor) -> Receipts:
        """Up to where an agent has read what a visitor said."""
        return Receipts(visitor.read)

    def online(self, visitor: Visitor) -> bool:
        """Whether this visitor can begin a conversation now."""
        return self.lines.line(visitor.queue.id).online

    def agent_typing(self, interaction_id: int, active: bool) -> None:
        """The agent who holds an interaction types, or stopped."""
        conversation = self.conversations.get(interaction_id)
        if conversation is None or conversation.stage is not Stage.ACTIVE:
            return
        frame = AgentTyping(active, self._agent_name(conversation))
        for visitor in self.visitors.of_customer(conversation.customer_id):
            for session in visitor.sessions:
                if session.welcomed:
                    session.send(frame)

    def tell_lines(self, look: int) -> Iterator[None]:
        """Tell those who wait how the line moved, and everybody when their queue opened or closed.

        It goes in slices: the caller lets others work after each. `look` counts the calls.
        """
        for count, conversation in enumerate(list(self.conversations), 1):
            if conversation.stage is Stage.WAITING and self._is_due(conversation, look):
                for visitor in self.visitors.of_customer(conversation.customer_id):
                    self.tell(visitor)
            if count % SLICE == 0:
                yield
        turned = self._turned()
        for count, visitor in enumerate(self.visitors if turned else (), 1):
            if visitor.queue.id in turned:
                self.tell(visitor)
            if count % SLICE == 0:
                yield

    def _is_due(self, conversation: Conversation, look: int) -> bool:
        """The further back, the less often the place is told: a long line moves all the time."""
        place = self.lines.line(conversation.queue).positions.get(conversation.id, 1)
        every = 1 if place <= NEAR else 3 if place <= FAR else 10
        return (look + conversation.id) % every == 0

    def _turned(self) -> set[str]:
        """The queues that opened or closed since the last look."""
        turned = set()
        for queue in self.context.queues:
            line = self.lines.line(queue.id)
            now = (line.online, line.opens_ms)
            if self._online.get(queue.id) != now:
                self._online[queue.id] = now
                turned.add(queue.id)
        return turned

    def _without(self, visitor: Visitor) -> ChatStatus:
        """Where a visitor stands who is in no conversation."""
        line = self.lines.line(visitor.queue.id)
        if self.conversations.led_on(visitor.customer_id or 0):
            # They hear back later: what they say now is another message.
            return ChatStatus(ChatState.OFFLINE, False, opens_ms=line.opens_ms)
        if visitor.ended is not None:
            state = ChatState.LEFT if visitor.ended is Stage.LEFT else ChatState.ENDED
        else:
            state = ChatState.NEW if line.online else ChatState.OFFLINE
        return ChatStatus(state, line.online, opens_ms=line.opens_ms)

    def _agent_name(self, conversation: Conversation) -> str:
        agent = None if conversation.agent is None else self.context.desk.agent(conversation.agent)
        return "" if agent is None else agent.config.name
