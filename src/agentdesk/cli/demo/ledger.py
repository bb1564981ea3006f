"""What customers and agents said and were told is done: the demo's own books, compared with the database at the end.

Written from the loop of the clients only. `agentdesk.cli.demo.account` compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from agentdesk.client.desk import DeskClient
from agentdesk.client.link import clock_us
from agentdesk.client.visitor import Visitor
from agentdesk.core import events as e
from agentdesk.core.commands import Done, SendMessage
from agentdesk.core.model import MessageKind
from agentdesk.protocol.messages import EventFrame


class Said(msgspec.Struct):
    """One message that its writer was told is committed, as message `id`."""

    id: int
    cid: str
    text: str


class CustomerBooks(msgspec.Struct):
    """One customer's side: what was said and acknowledged, and what their pages showed, by message id."""

    said: list[Said] = []
    shown: set[int] = set()
    shown_twice: int = 0
    left_early: bool = False


class AgentBooks(msgspec.Struct):
    """One agent's side: what was said and acknowledged, and what their client showed."""

    said: list[Said] = []
    shown: set[int] = set()
    shown_twice: int = 0
    offers: int = 0
    accepted: int = 0
    wrapped_up: int = 0


class Ledger:
    """Everything that was acknowledged to anyone."""

    def __init__(self) -> None:
        self.customers: list[CustomerBooks] = []
        self.agents: list[AgentBooks] = []
        self.latencies_us: list[int] = []
        self._sent_us: dict[str, int] = {}

    def customer(self) -> CustomerBooks:
        """Books for one more customer."""
        books = CustomerBooks()
        self.customers.append(books)
        return books

    def said(self) -> Iterator[Said]:
        """Every message that was acknowledged to its writer."""
        for customer in self.customers:
            yield from customer.said
        for agent in self.agents:
            yield from agent.said

    def sending(self, cid: str) -> None:
        """A customer sends this now."""
        self._sent_us[cid] = clock_us()

    def keep_screen(self, books: CustomerBooks, visitor: Visitor) -> None:
        """Note what the customer's screen holds when the page is closed."""
        messages = visitor.memory.messages.values()
        books.shown.update(message.id for message in messages)
        own = [message.cid for message in messages if message.cid]
        books.shown_twice += len(own) - len(set(own))

    def watch(self, client: DeskClient) -> AgentBooks:
        """Keep an agent's books from now on."""
        books = AgentBooks()
        self.agents.append(books)

        def heard(topic: str, detail: Any) -> None:
            if topic == "event":
                self._event(books, detail)
            elif topic == "answer":
                _answer(books, *detail)
            elif topic == "snapshot":
                for conversation in client.mirror.conversations.values():
                    books.shown.update(message.id for message in conversation.messages)

        client.listen(heard)
        return books

    def _event(self, books: AgentBooks, frame: EventFrame) -> None:
        if frame.about is not None:
            books.shown.update(message.id for message in frame.about.messages)
        match frame.event:
            case e.MessageAdded(message):
                if frame.about is None:
                    books.shown_twice += message.id in books.shown
                books.shown.add(message.id)
                sent_us = self._sent_us.pop(message.client_id, None) if message.kind is MessageKind.INBOUND else None
                if sent_us is not None:
                    self.latencies_us.append(clock_us() - sent_us)
            case e.Offered():
                books.offers += 1
            case e.OfferAccepted():
                books.accepted += 1
            case e.InteractionClosed():
                books.wrapped_up += 1


def _answer(books: AgentBooks, key: str, command: object, answer: object) -> None:
    if isinstance(command, SendMessage) and isinstance(answer, Done):
        books.said.append(Said(answer.id, command.client_id, command.text))
