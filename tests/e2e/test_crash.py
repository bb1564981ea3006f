"""The server is killed again and again under load; then every message acknowledged to anyone is accounted for.

A real server process, visitors on the public web chat, scripted agents on the agents' socket. `CRASH_SEED=n` repeats
a run's choices (not its timing, which is the machine's).
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import threading
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from random import Random

import msgspec
import pytest

from agentdesk.client.bot import Bot, Manners
from agentdesk.client.desk import DeskClient
from agentdesk.client.visitor import ChatRefused, Visitor, new_cid
from agentdesk.core import commands as c
from agentdesk.core import events as e
from agentdesk.core.events import Recorded
from agentdesk.core.model import Interaction, Message, MessageKind, State
from agentdesk.store.sqlite import SqliteStore, open_store
from tests.serving import (
    DeskSettings,
    ServerProcess,
    ServerSettings,
    WrapupSettings,
    put_token,
    put_user,
    quick_queue,
    settings,
    start_server_process,
)

KILLS = 20
AGENTS = ("ana", "rina", "minh", "sara")
VISITORS = 12
MESSAGES_LEAST = 300
ENDED = (State.CLOSED, State.ABANDONED)
OWNED = (State.ACTIVE, State.HELD, State.SNOOZED, State.WRAPPING)
QUIET_S = 60
PATIENCE_S = 240
"""A visitor who keeps missing the moments in which the server is up waits for the end of the killing."""


class Said(msgspec.Struct):
    """What somebody said and was told is committed."""

    who: str
    cid: str
    text: str
    id: int


class Books:
    """Everything that anybody was told."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.done: list[tuple[str, c.ClientCommand, c.Done]] = []
        self.pages: dict[str, set[int]] = defaultdict(set)
        self.refused: Counter[str] = Counter()


class Customer:
    """A visitor who keeps writing, reloads the page, ends the chat and begins another."""

    def __init__(self, name: str, url: str, books: Books, choose: Random) -> None:
        self._name = name
        self._url = url
        self._books = books
        self._choose = choose
        self._token = ""
        self._said = 0
        self.stop = False
        self.calm = asyncio.Event()
        self.go_home = asyncio.Event()

    async def run(self) -> None:
        while not self.stop:
            async with Visitor(self._url, token=self._token, name=self._name) as page:
                for _ in range(self._choose.randint(5, 40)):
                    if self.stop:
                        break
                    await self._say(page)
                await self._leave(page)
                if self.stop:
                    self.calm.set()
                    await self.go_home.wait()
                self._books.pages[self._name] |= set(page.memory.messages)

    async def _say(self, page: Visitor) -> None:
        self._said += 1
        text, cid = f"{self._name} {self._said}", new_cid()
        try:
            number = await page.say(text, cid=cid, timeout_s=PATIENCE_S)
        except TimeoutError:
            raise AssertionError(
                f"{text!r} was never acknowledged: connected {page.connected}, unsent {page.memory.unsent}, "
                f"{page.memory.welcomes} welcomes, {page.memory.status}"
            ) from None
        except ChatRefused as refusal:
            self._books.refused[refusal.code] += 1
            await asyncio.sleep(0.05)
            return
        self._books.said.append(Said(self._name, cid, text, number))
        await asyncio.sleep(self._choose.uniform(0, 0.05))

    async def _leave(self, page: Visitor) -> None:
        self._token = page.memory.token
        if self._choose.random() < 0.2 and not self.stop:
            await page.end()
        if self.stop:
            await page.wait_for(lambda memory: page.connected and not memory.unsent, QUIET_S)


def watch(bot: Bot, books: Books, name: str) -> None:
    def heard(topic: str, detail: object) -> None:
        if topic != "answer" or not isinstance(detail, tuple):
            return
        _, command, answer = detail
        if isinstance(answer, c.Refused):
            books.refused[answer.code] += 1
            return
        books.done.append((name, command, answer))
        if isinstance(command, c.SendMessage):
            books.said.append(Said(name, command.client_id, command.text, answer.id))

    bot.client.listen(heard)


class Words:
    """What agents say: each line once."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def __call__(self, conversation: object, choose: Random) -> str:
        return f"answer {next(self._count)}"


async def load_and_kill(data_dir: Path, tokens: dict[str, str], books: Books, choose: Random) -> None:
    config = settings(
        data_dir,
        desk=DeskSettings(agent_grace_s=60, customer_grace_s=60, missed_offers_max=50),
        queues=(quick_queue("support"), quick_queue("sales", wrapup=WrapupSettings(mode="required"))),
    )
    process = Process(data_dir, config)
    await asyncio.to_thread(process.start)
    try:
        shown = await work(process, tokens, books, choose)
    finally:
        process.end()
    with closing(open_store(config.database)) as store:
        account(store, books, shown)


class Process:
    """The server's process, one after the other at the same address."""

    def __init__(self, data_dir: Path, config: ServerSettings) -> None:
        self._data_dir = data_dir
        self._config = config
        self._port = 0
        self._server: ServerProcess | None = None
        self._lock = threading.Lock()
        self._is_over = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        with self._lock:
            if not self._is_over:
                self._start()

    def _start(self) -> None:
        self._server = start_server_process(self._data_dir, self._config, port=self._port)
        self._port = int(self._server.url.rsplit(":", 1)[1])

    def kill_and_start(self) -> None:
        with self._lock:
            assert self._server is not None
            assert self._server.process.poll() is None, f"it ended by itself:\n{self._server.log.read_text()}"
            self._kill()
            if not self._is_over:
                self._start()

    def stop(self) -> None:
        assert self._server is not None
        assert self._server.stop() == 0, self._server.log.read_text()

    def end(self) -> None:
        """Leave nothing behind, also when a start is under way in its thread."""
        self._is_over = True
        with self._lock:
            self._kill()

    def _kill(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.kill()
            assert server.process.stdout is not None
            server.process.stdout.close()


async def work(
    process: Process, tokens: dict[str, str], books: Books, choose: Random
) -> dict[str, dict[int, Interaction]]:
    """Customers and agents at it while the server dies and comes back; what the agents' screens show at the end."""
    words = Words()
    manners = Manners(accept_s=(0, 0.1), reply_s=(0, 0.05), end_s=(0, 0.1), wrapup_s=(0, 0.1), replies_max=12)
    bots = {
        name: Bot(DeskClient(process.url, token), manners, Random(choose.random()), words)
        for name, token in tokens.items()
    }
    customers = [Customer(f"v{i}", process.url, books, Random(choose.random())) for i in range(VISITORS)]
    for name, bot in bots.items():
        watch(bot, books, name)
    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(bot.run()) for bot in bots.values()]
        for customer in customers:
            tasks.create_task(customer.run())
        for _ in range(KILLS):
            await asyncio.sleep(choose.uniform(0.05, 0.9))
            await asyncio.to_thread(process.kill_and_start)
        await asyncio.sleep(1)
        for customer in customers:
            customer.stop = True
        await asyncio.wait_for(asyncio.gather(*(customer.calm.wait() for customer in customers)), 2 * QUIET_S)
        await quiet(list(bots.values()))
        shown = {name: on_the_screen(bot) for name, bot in bots.items()}
        await asyncio.to_thread(process.stop)
        for customer in customers:
            customer.go_home.set()
        for task in working:
            task.cancel()
    return shown


def on_the_screen(bot: Bot) -> dict[int, Interaction]:
    conversations = bot.client.mirror.conversations
    return {number: msgspec.structs.replace(chat.interaction) for number, chat in conversations.items()}


async def quiet(bots: list[Bot]) -> None:
    """Wait until every agent is connected, has all answers, and nothing is heard for a while."""
    heard = asyncio.Event()
    stops = [bot.client.listen(lambda topic, detail: topic in ("event", "answer") and heard.set()) for bot in bots]
    async with asyncio.timeout(QUIET_S):
        while True:
            heard.clear()
            try:
                await asyncio.wait_for(heard.wait(), 0.7)
            except TimeoutError:
                if all(bot.client.link.state == "live" and not bot.client.mirror.asked for bot in bots):
                    break
    for stop in stops:
        stop()


# --- the account ------------------------------------------------------------------------------------------------


def account(store: SqliteStore, books: Books, shown: dict[str, dict[int, Interaction]]) -> None:
    log = all_events(store)
    messages = [one.event.message for one in log if isinstance(one.event, e.MessageAdded)]
    interactions = all_interactions(store)
    print(
        f"{KILLS} kills, {len(log)} events, {len(interactions)} interactions, {len(messages)} messages kept, "
        f"{len(books.said)} acknowledged, refused {dict(books.refused)}"
    )
    assert [one.seq for one in log] == list(range(1, len(log) + 1)), "the log has a gap"
    assert len(books.said) >= MESSAGES_LEAST, "that was no load"
    kept = [message for number in interactions for message in kept_messages(store, number)]
    assert messages == sorted(kept, key=lambda message: message.id), "the log and the rows tell different things"
    nothing_lost_or_twice(messages, books)
    order_kept(messages, books)
    pages_complete(messages, books)
    one_owner(log)
    where_everything_is(store, interactions)
    commands_took_effect(log, books)
    for agent, held in shown.items():
        theirs = {number: one for number, one in interactions.items() if is_theirs(one, agent)}
        assert held == theirs, f"{agent}'s screen shows something else"


def is_theirs(interaction: Interaction, agent: str) -> bool:
    """Whether this agent's screen has to show it."""
    if interaction.offer is not None:
        return interaction.offer.agent == agent
    return interaction.agent == agent and interaction.state in OWNED


def nothing_lost_or_twice(messages: list[Message], books: Books) -> None:
    kept = {message.client_id: message for message in messages if message.client_id}
    for said in books.said:
        message = kept.get(said.cid)
        assert message is not None, f"lost: {said}"
        assert message.text == said.text
        assert said.id in (0, message.id), f"acknowledged as {said.id}, kept as {message.id}"
    twice = [cid for cid, count in Counter(m.client_id for m in messages if m.client_id).items() if count > 1]
    assert not twice, f"handled twice: {twice}"
    assert len({message.text for message in messages}) == len(messages), "the same words under two names"


def order_kept(messages: list[Message], books: Books) -> None:
    number_of = {message.client_id: message for message in messages}
    by_writer: dict[object, list[int]] = defaultdict(list)
    for said in books.said:
        message = number_of[said.cid]
        line = said.who if message.kind is MessageKind.INBOUND else (said.who, message.interaction_id)
        by_writer[line].append(message.id)
    for line, ids in by_writer.items():
        assert ids == sorted(ids), f"{line} said them in another order: {ids}"


def pages_complete(messages: list[Message], books: Books) -> None:
    """What a customer's pages showed is what was said to and by them, without a gap before the last they showed."""
    names = {}
    for message in messages:
        if message.kind is MessageKind.INBOUND:
            names[message.customer_id] = message.text.split()[0]
    assert len(set(names.values())) == len(names), "a customer was taken for two"
    for customer_id, name in names.items():
        page = books.pages[name]
        theirs = {m.id for m in messages if m.customer_id == customer_id and m.kind is not MessageKind.SYSTEM}
        assert page <= theirs, f"{name} was shown what is not theirs"
        assert {number for number in theirs if number <= max(page, default=0)} == page, f"{name} was not shown all"


def one_owner(log: list[Recorded]) -> None:
    owner: dict[int, str] = {}
    for recorded in log:
        match recorded.event:
            case e.OfferAccepted(interaction_id=number, agent=agent):
                assert number not in owner, f"{number} was given to {agent} while {owner[number]} had it"
                owner[number] = agent
            case (
                e.Queued(interaction_id=number)
                | e.InteractionTransferred(interaction_id=number)
                | e.InteractionClosed(interaction_id=number)
                | e.InteractionAbandoned(interaction_id=number)
            ):
                owner.pop(number, None)


def where_everything_is(store: SqliteStore, interactions: dict[int, Interaction]) -> None:
    holders = Counter(number for agent in store.load().agents for number in agent.holding)
    for number, one in interactions.items():
        owned = one.state in OWNED
        assert owned or one.state in (*ENDED, State.QUEUED, State.OFFERED), one
        assert holders[number] == (1 if owned else 0), f"{number} is {one.state} and held by {holders[number]}"


def commands_took_effect(log: list[Recorded], books: Books) -> None:
    accepted = {(o.event.agent, o.event.offer_id) for o in log if isinstance(o.event, e.OfferAccepted)}
    closed = {o.event.interaction_id for o in log if isinstance(o.event, e.InteractionClosed)}
    ended = {o.event.interaction_id for o in log if isinstance(o.event, e.ConversationEnded)}
    for agent, command, done in books.done:
        assert done.seq <= len(log), f"{command} was acknowledged at {done.seq} and is gone"
        match command:
            case c.AcceptOffer(offer_id=offer):
                assert (agent, offer) in accepted, f"{agent} was told that offer {offer} is theirs"
            case c.EndInteraction(interaction_id=number):
                assert number in ended, f"{number} did not end"
            case c.CompleteWrapup(interaction_id=number):
                assert number in closed, f"{number} is not closed"


def all_events(store: SqliteStore) -> list[Recorded]:
    log: list[Recorded] = []
    while page := store.events(log[-1].seq if log else 0, 1000):
        log += page
    return log


def all_interactions(store: SqliteStore) -> dict[int, Interaction]:
    found: list[Interaction] = []
    while page := store.interactions(before=found[-1].id if found else None, limit=200):
        found += page
    return {one.id: one for one in found}


def kept_messages(store: SqliteStore, number: int) -> list[Message]:
    found: list[Message] = []
    while page := store.messages(number, after=found[-1].id if found else 0, limit=200):
        found += page
    return found


@pytest.mark.timeout(400)
async def test_killed_twenty_times_under_load_nothing_is_lost_or_twice(tmp_path: Path) -> None:
    seed = int(os.environ.get("CRASH_SEED") or random.randrange(2**32))
    print(f"CRASH_SEED={seed}")
    books = Books()
    with closing(open_store(settings(tmp_path).database)) as store:
        for agent in AGENTS:
            put_user(store, agent)
        tokens = {agent: put_token(store, agent) for agent in AGENTS}
    await load_and_kill(tmp_path, tokens, books, Random(seed))
