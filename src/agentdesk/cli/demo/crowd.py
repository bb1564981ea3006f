"""Customers who come, wait, write, leave early or come back: each through the public web chat, as a browser does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from types import TracebackType

import msgspec

from agentdesk.cli.demo.ledger import CustomerBooks, Ledger, Said
from agentdesk.cli.demo.people import IMPATIENT, PEOPLE, TEMPERS, Person, Temper, Topic, topic_for
from agentdesk.client.link import sleep
from agentdesk.client.visitor import ChatRefused, Visitor, new_cid
from agentdesk.client.visitor_memory import VisitorMemory
from agentdesk.protocol.webchat import ChatState

OPENING_WAIT_S = 30.0
"""How long a customer looks at the form for leaving a message before filling it in."""
LINE_WAIT_S = 90.0
"""How long a customer waits for an answer to one line before going on."""
GOODBYE_WAIT_S = 60.0
"""How long a customer leaves the page open after the last word."""
SOON_S = (1.0, 3.0)
OVER = (ChatState.ENDED, ChatState.LEFT)


class Pace(msgspec.Struct, frozen=True):
    """How busy it gets: seconds between arrivals, customers at the same time, and how much faster than life.

    The `at_first` come one right after the other.
    """

    arrivals_s: tuple[float, float] = (6.0, 16.0)
    at_once_max: int = 5
    speed: float = 1.0
    at_first: int = 0


class Crowd:
    """Sends customers to one server until cancelled. `tokens` are the browsers' memories of known customers."""

    def __init__(self, url: str, ledger: Ledger, pace: Pace, random: Random, tokens: dict[str, str]) -> None:
        self.url = url
        self.ledger = ledger
        self.pace = pace
        self.random = random
        self.tokens = tokens
        self._room = asyncio.Semaphore(pace.at_once_max)
        self._people = _in_turn(random)
        self._here: set[str] = set()

    async def run(self) -> None:
        """Send one customer after the other; when cancelled, close every page and keep its books."""
        async with asyncio.TaskGroup() as tasks:
            for number in count():
                await self._room.acquire()
                person = next(person for person in self._people if person.name not in self._here)
                tasks.create_task(self._come(person))
                await self.pause(*(SOON_S if number < self.pace.at_first else self.pace.arrivals_s))

    async def _come(self, person: Person) -> None:
        books = self.ledger.customer()
        self._here.add(person.name)
        try:
            await Visit(self, person, topic_for(person, self.random), books).run()
            if self.random.random() < TEMPERS[person.temper].returns:
                await self.pause(5, 15)
                await Visit(self, person, topic_for(person, self.random), books).run()
        except (ChatRefused, TimeoutError):
            books.left_early = True  # the desk doesn't want them, or doesn't answer
        finally:
            self._here.discard(person.name)
            self._room.release()

    async def pause(self, low: float, high: float) -> None:
        """Let some time go by, from and to these seconds of a customer's life."""
        await sleep(self.random.uniform(low, high) / self.pace.speed)

    def wait_s(self, seconds: float) -> float:
        """So many seconds of a customer's life, in seconds."""
        return seconds / self.pace.speed


class Visit:
    """One conversation of one customer, from opening the page to closing it."""

    def __init__(self, crowd: Crowd, person: Person, topic: Topic, books: CustomerBooks) -> None:
        self._crowd = crowd
        self._person = person
        self._topic = topic
        self._books = books
        self._random = crowd.random

    @property
    def _temper(self) -> Temper:
        return TEMPERS[self._person.temper]

    async def run(self) -> None:
        """Say the lines of the topic, one after each answer; go when patience ends."""
        lines = list(self._topic.lines)
        reload_after = 2 if self._random.random() < self._temper.reloads else len(lines) + 1
        async with self._page() as visitor:
            await visitor.wait_for(lambda memory: memory.welcomes, 30)
            if not await self._open(visitor, lines):
                return
            if self._random.random() < self._temper.leaves:
                await self._talk(visitor, lines[:1])
                self._books.left_early = True
                return
            await self._talk(visitor, lines[:reload_after])
            if reload_after >= len(lines):
                await self._see_the_end(visitor)
                return
        await self._crowd.pause(1, 3)
        async with self._page() as visitor:
            await self._talk(visitor, lines[reload_after:])
            await self._see_the_end(visitor)

    def _page(self) -> Page:
        return Page(self._crowd, self._person, self._topic, self._books)

    async def _open(self, visitor: Visitor, lines: list[str]) -> bool:
        """Begin, and wait for an agent; False when nobody is there or came in time."""
        if not await _waited(visitor, somebody_is_there, self._crowd.wait_s(OPENING_WAIT_S)):
            await visitor.leave(lines[0], name=self._person.name, email="customer@example.com")
            self._books.left_early = True
            return False
        await self._say(visitor, lines.pop(0))
        if self._random.random() < self._temper.bursts:
            await self._say(visitor, lines.pop(0))
        patience_s = self._crowd.wait_s(self._temper.patience_s)
        for wait_s in (patience_s * 0.6, patience_s * 0.4):
            if await _waited(visitor, lambda memory: memory.status.state not in _WAITING, wait_s):
                return True
            if wait_s > patience_s * 0.5:
                await self._say(visitor, IMPATIENT[self._person.language])
        await visitor.end()
        self._books.left_early = True
        return False

    async def _talk(self, visitor: Visitor, lines: list[str]) -> None:
        for line in lines:
            await _waited(visitor, _answer_after(visitor.memory.last_id), self._crowd.wait_s(LINE_WAIT_S))
            if visitor.memory.status.state in OVER:
                return
            await self._crowd.pause(*self._temper.thinking_s)
            await self._say(visitor, line)

    async def _see_the_end(self, visitor: Visitor) -> None:
        await _waited(visitor, lambda memory: memory.status.state in OVER, self._crowd.wait_s(GOODBYE_WAIT_S))

    async def _say(self, visitor: Visitor, line: str) -> None:
        """Type it as fast as this person types, then say it."""
        await visitor.type(line[: len(line) // 2])
        await sleep(self._crowd.wait_s(len(line) / self._temper.typing))
        cid = new_cid()
        self._crowd.ledger.sending(cid)
        number = await visitor.say(line, cid=cid)
        self._books.said.append(Said(number, cid, line))


class Page(Visitor):
    """A browser page with the chat: remembers the person's token, and keeps the books when it is closed."""

    def __init__(self, crowd: Crowd, person: Person, topic: Topic, books: CustomerBooks) -> None:
        super().__init__(
            crowd.url,
            token=crowd.tokens.get(person.name, ""),
            name=person.name,
            language=person.language,
            queue=topic.queue,
            page="/demo",
            attributes=person.attributes,
        )
        self._crowd = crowd
        self._person = person
        self._books = books

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the page."""
        self._crowd.tokens[self._person.name] = self.memory.token
        self._crowd.ledger.keep_screen(self._books, self)
        await super().__aexit__(kind, error, trace)


_WAITING = (ChatState.NEW, ChatState.WAITING)


def _answer_after(last_id: int) -> Callable[[VisitorMemory], bool]:
    """Whether an agent wrote after that message, or it is over."""

    def answered(memory: VisitorMemory) -> bool:
        newest = next(reversed(memory.messages.values()), None)
        return memory.status.state in OVER or (newest is not None and newest.id > last_id and newest.who == "agent")

    return answered


def somebody_is_there(memory: VisitorMemory) -> bool:
    """Whether one can write and not only leave a message."""
    return bool(memory.welcomes) and memory.status.state is not ChatState.OFFLINE


async def _waited(visitor: Visitor, ready: Callable[[VisitorMemory], object], seconds: float) -> bool:
    """Whether it came about in that time."""
    try:
        await visitor.wait_for(ready, seconds)
    except TimeoutError:
        return False
    return True


def _in_turn(random: Random) -> Iterator[Person]:
    """Everybody once in a random order, then again."""
    while True:
        people = list(PEOPLE)
        random.shuffle(people)
        yield from people
