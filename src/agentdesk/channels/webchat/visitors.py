"""The visitors who are connected: who they are, their sockets, and when one who left is told to the desk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from agentdesk.channels.webchat.conversations import Conversation, Stage
from agentdesk.channels.webchat.session import Session
from agentdesk.channels.webchat.shown import IDENTITY
from agentdesk.config.server import QueueSettings
from agentdesk.core.model import Customer
from agentdesk.protocol.webchat import Hello

LEAVE_AFTER_S = 5.0
"""A page that is reloaded or left for the next one is back within this; only then the desk is told."""
RESTART_LEAVE_AFTER_S = 30.0
"""After a start of the server: how long those who were there before have to come back unnoticed."""


class Visitor:
    """One connected visitor. `customer_id` is None until the desk knows them; `ended` is how their last
    conversation ended, as far as this connection saw it."""

    def __init__(self, digest: str, hello: Hello, queue: QueueSettings) -> None:
        self.digest = digest
        self.hello = hello
        self.queue = queue
        self.customer_id: int | None = None
        self.is_known = False
        self.ended: Stage | None = None
        self.read = 0
        self.sessions: list[Session] = []
        self.lock = asyncio.Lock()
        self.typing_until_s = 0.0
        self.typed_s = 0.0
        self.address = ""

    def know(self, customer_id: int) -> None:
        """The desk knows this visitor as that customer."""
        self.customer_id = customer_id
        self.is_known = True


class Visitors:
    """Every connected visitor, by token digest and by customer."""

    def __init__(self) -> None:
        self.sockets = 0
        self._by_digest: dict[str, Visitor] = {}
        self._by_customer: dict[int, list[Visitor]] = {}

    def __iter__(self) -> Iterator[Visitor]:
        return iter(tuple(self._by_digest.values()))

    def __len__(self) -> int:
        return len(self._by_digest)

    def connect(self, digest: str, hello: Hello, queue: QueueSettings, session: Session) -> Visitor:
        """A socket of this visitor is there."""
        visitor = self._by_digest.get(digest)
        if visitor is None:
            visitor = self._by_digest[digest] = Visitor(digest, hello, queue)
        visitor.hello, visitor.queue = hello, queue
        visitor.sessions.append(session)
        self.sockets += 1
        return visitor

    def disconnect(self, visitor: Visitor, session: Session) -> bool:
        """A socket is gone; whether it was the visitor's last."""
        visitor.sessions.remove(session)
        self.sockets -= 1
        if visitor.sessions:
            return False
        self._by_digest.pop(visitor.digest, None)
        theirs = self._by_customer.get(visitor.customer_id or 0, [])
        if visitor in theirs:
            theirs.remove(visitor)
            if not theirs:
                del self._by_customer[visitor.customer_id or 0]
        return True

    def is_connected(self, digest: str) -> bool:
        """Whether a visitor has a socket open."""
        return digest in self._by_digest

    def of_customer(self, customer_id: int) -> Iterable[Visitor]:
        """The connected visitors that are this customer (one, unless two of them were made one customer)."""
        return self._by_customer.get(customer_id, ())

    def know(self, visitor: Visitor, customer_id: int) -> None:
        """The desk knows this visitor as that customer."""
        if visitor.customer_id != customer_id:
            visitor.know(customer_id)
            self._by_customer.setdefault(customer_id, []).append(visitor)

    def recognise(self, customer: Customer) -> None:
        """The desk made or changed a customer: it may be one of the connected."""
        for identity in customer.identities:
            visitor = self._by_digest.get(identity.value) if identity.kind == IDENTITY else None
            if visitor is not None:
                self.know(visitor, customer.id)


class Departures:
    """Whose visitor is not connected, and since when (in steady seconds); `due` says whom the desk shall hear of."""

    def __init__(self, live: Iterable[Conversation], now_s: float) -> None:
        self._due_s = {one.id: now_s + RESTART_LEAVE_AFTER_S for one in live if not one.away}

    def __len__(self) -> int:
        return len(self._due_s)

    def left(self, conversation: Conversation, now_s: float) -> None:
        """The last socket of this conversation's visitor is gone."""
        self._due_s[conversation.id] = now_s + LEAVE_AFTER_S

    def back(self, conversation: Conversation) -> None:
        """The visitor is connected again, or the conversation is over."""
        self._due_s.pop(conversation.id, None)

    def due(self, now_s: float) -> list[int]:
        """The interactions whose visitor is gone for long enough; each is named once."""
        gone = [one for one, due_s in self._due_s.items() if due_s <= now_s]
        for one in gone:
            del self._due_s[one]
        return gone
