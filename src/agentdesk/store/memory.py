"""The twin in memory: the same promises but the disk's. For tests, the simulator and trying things out."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from copy import copy
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec

from agentdesk.core.changes import Changes, Loaded
from agentdesk.core.commands import Answer
from agentdesk.core.events import InteractionStarted, MessageAdded, Recorded, interaction_of
from agentdesk.core.leavers import LOADED_MAX, back_in_time
from agentdesk.core.model import (
    Agent,
    Counters,
    Customer,
    DeskConfig,
    Interaction,
    Message,
    MessageKind,
    QueueConfig,
    Segment,
    State,
)
from agentdesk.errors import StoreUnusable
from agentdesk.protocol.mail import files_of
from agentdesk.store.base import (
    Arrival,
    Batch,
    FileBlob,
    Found,
    Progress,
    Repeat,
    TimelineItem,
    Token,
    User,
    is_live,
    segments_with_running,
    timeline_item,
)
from agentdesk.store.folding import fold
from agentdesk.store.memory_configurations import MemoryConfigurations
from agentdesk.store.memory_mail import MemoryMail
from agentdesk.store.merge import merge, picture
from agentdesk.store.query import parse
from agentdesk.store.snippet import CLOSE, OPEN, snippet
from agentdesk.store.words import match_all

Row = TypeVar("Row", Interaction, Message, Customer)
Kept = TypeVar("Kept", Repeat, Token, FileBlob)


class MemoryStore(MemoryConfigurations, MemoryMail):
    """What each method does: `base.Store`."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._epoch = uuid.uuid4().hex
        self._counters = Counters()
        self._desk = DeskConfig()
        self._events: dict[int, Recorded] = {}
        self._interactions: dict[int, Interaction] = {}
        self._segments: dict[int, Segment] = {}
        self._messages: dict[int, Message] = {}
        self._customers: dict[int, Customer] = {}
        self._identities: dict[tuple[str, str], int] = {}
        self._agents: dict[str, Agent] = {}
        self._queues: dict[str, QueueConfig] = {}
        self._repeats: dict[str, Repeat] = {}
        self._files: dict[str, FileBlob] = {}
        self._sent: dict[str, int] = {}
        self._users: dict[str, User] = {}
        self._accounts_version = 0
        self._tokens: dict[str, Token] = {}

    # writing

    def commit(self, batches: list[Batch]) -> None:
        """Write all batches, or none when a number is given twice."""
        batch = picture(merge(batches))
        with self._lock:
            numbers = [recorded.seq for recorded in batch.events]
            if len(set(numbers)) < len(numbers) or any(seq in self._events for seq in numbers):
                raise StoreUnusable("An event number was given twice.", "Run: agentdesk server check")
            self._add_events(batch)
            self._add_rows(batch.changes)
            self._counters = batch.counters

    def _add_events(self, batch: Batch) -> None:
        at_ms = batch.events[-1].at_ms if batch.events else 0
        for recorded in batch.events:
            self._events[recorded.seq] = recorded
            self.note_mail(recorded)
            if isinstance(recorded.event, MessageAdded):
                message = recorded.event.message
                self._messages[message.id] = message
                for file in files_of(message):
                    self._sent.setdefault(file, message.interaction_id)
        for repeat in batch.repeats:
            self._repeats.setdefault(repeat.key, Repeat(repeat.key, repeat.answer, repeat.at_ms or at_ms))

    def _add_rows(self, changes: Changes) -> None:
        self._interactions.update(changes.interactions)
        self._segments.update((segment.id, segment) for segment in changes.segments)
        for customer in changes.customers.values():
            self._customers[customer.id] = customer
            self._identities = {key: owner for key, owner in self._identities.items() if owner != customer.id}
            self._identities.update(((one.kind, one.value), customer.id) for one in customer.identities)
        for agent in changes.removed_agents:
            self._agents.pop(agent, None)
        self._agents.update(changes.agents)
        for key, queue in changes.queues.items():
            if queue is None:
                self._queues.pop(key, None)
            else:
                self._queues[key] = queue
        if changes.desk is not None:
            self._desk = changes.desk

    def put_file(self, blob: FileBlob) -> None:
        """Keep a file."""
        self._files[blob.id] = blob

    def put_user(self, user: User) -> None:
        """Keep a user."""
        self._users[user.id] = user
        self._accounts_version += 1

    def put_token(self, token: Token) -> None:
        """Keep a token."""
        self._tokens[token.hash] = token
        self._accounts_version += 1

    def revoke_token(self, token_hash: str) -> bool:
        """Revoke a token; tell whether it was valid before."""
        with self._lock:
            token = self._tokens.get(token_hash)
            if token is None or token.revoked:
                return False
            self._tokens[token_hash] = msgspec.structs.replace(token, revoked=True)
            self._accounts_version += 1
            return True

    def prune(self, before_ms: int, unsent_before_ms: int) -> int:
        """Drop old idempotency keys, expired tokens and unsent files."""
        with self._lock:
            return (
                _drop(self._repeats, lambda repeat: repeat.at_ms < before_ms)
                + _drop(self._tokens, lambda token: _expired(token, before_ms))
                + _drop(self._files, lambda file: file.at_ms < unsent_before_ms and file.id not in self._sent)
            )

    # starting

    def epoch(self) -> str:
        """The name of this store's life."""
        return self._epoch

    def accounts_version(self) -> int:
        """How often users and tokens were changed."""
        return self._accounts_version

    def load(self) -> Loaded:
        """The live rows."""
        with self._lock:
            live = [copy(row) for _, row in sorted(self._interactions.items()) if is_live(row)]
            known = sorted({row.customer_id for row in live} & self._customers.keys())
            return Loaded(
                copy(self._counters),
                self._desk,
                [queue for _, queue in sorted(self._queues.items())],
                [copy(agent) for _, agent in sorted(self._agents.items())],
                [self._customers[key] for key in known],
                live,
                back_in_time(self._newest_given_up(), self._desk.return_s * 1000),
            )

    def _newest_given_up(self) -> list[Interaction]:
        given_up = (row for row in self._interactions.values() if row.state is State.ABANDONED and row.agent is None)
        return [copy(row) for row in nlargest(LOADED_MAX, given_up, key=lambda row: row.id)]

    def repeats(self, limit: int) -> list[Repeat]:
        """The newest first answers, oldest of them first."""
        with self._lock:
            return list(self._repeats.values())[-limit:] if limit > 0 else []

    def repeat(self, key: str) -> Answer | None:
        """The first answer to one key."""
        found = self._repeats.get(key)
        return None if found is None else found.answer

    # reading

    def events(self, after: int, limit: int, agent: str | None = None) -> list[Recorded]:
        """Events with a number above `after`, in order."""
        with self._lock:
            following = (row for seq, row in sorted(self._events.items()) if seq > after)
            return list(islice((row for row in following if agent is None or row.agent == agent), limit))

    def events_about(self, interaction_id: int, limit: int) -> list[Recorded]:
        """The events of one interaction, in order."""
        with self._lock:
            if interaction_id not in self._interactions:
                return []
            rows = (row for _, row in sorted(self._events.items()) if interaction_of(row.event) == interaction_id)
            return list(islice(rows, limit))

    def interaction(self, interaction_id: int) -> Interaction | None:
        """One interaction, live or past."""
        found = self._interactions.get(interaction_id)
        return None if found is None else copy(found)

    def interactions(
        self, *, state: str = "", queue: str = "", agent: str = "", before: int | None = None, limit: int = 50
    ) -> list[Interaction]:
        """Interactions, newest first."""

        def wanted(row: Interaction) -> bool:
            return state in ("", row.state) and queue in ("", row.queue) and agent in ("", row.agent)

        with self._lock:
            return [copy(row) for row in _page(filter(wanted, self._interactions.values()), before, limit)]

    def segments(self, interaction_id: int) -> list[Segment]:
        """The segments of an interaction, in order."""
        with self._lock:
            ended = [row for _, row in sorted(self._segments.items()) if row.interaction_id == interaction_id]
            return segments_with_running(ended, self._interactions.get(interaction_id))

    def messages(
        self, interaction_id: int, *, before: int | None = None, after: int = 0, limit: int = 100
    ) -> list[Message]:
        """A page of an interaction's messages, in order."""
        with self._lock:
            said = [row for key, row in self._messages.items() if row.interaction_id == interaction_id and key > after]
            if before is None:
                return sorted(said, key=lambda row: row.id)[:limit]
            return _page(said, before, limit)[::-1]

    def customer(self, customer_id: int) -> Customer | None:
        """One customer."""
        return self._customers.get(customer_id)

    def customer_by_identity(self, kind: str, value: str) -> Customer | None:
        """The customer who has this identity."""
        with self._lock:
            owner = self._identities.get((kind, value))
            return None if owner is None else self._customers.get(owner)

    def customers(self, query: str = "", *, before: int | None = None, limit: int = 50) -> list[Customer]:
        """Customers, newest first."""
        terms = parse(query)
        if query.strip() and not terms:
            return []

        def wanted(row: Customer) -> bool:
            columns = (row.name, " ".join(one.value for one in row.identities), " ".join(row.attributes.values()))
            return all(any(match_all([term], column) for column in columns) for term in terms)

        with self._lock:
            return _page(filter(wanted, self._customers.values()), before, limit)

    def timeline(self, customer_id: int, *, before: int | None = None, limit: int = 50) -> list[TimelineItem]:
        """A customer's interactions, newest first."""
        with self._lock:
            theirs = _page(
                (row for row in self._interactions.values() if row.customer_id == customer_id), before, limit
            )
            return [timeline_item(row, self._text(row.last_message_id)) for row in theirs]

    def _text(self, message_id: int) -> str:
        message = self._messages.get(message_id)
        return "" if message is None else message.text

    def search(
        self, query: str, *, customer_id: int | None = None, before: int | None = None, limit: int = 50
    ) -> list[Found]:
        """Messages that hold every word, newest first."""
        terms = parse(query)
        if not terms:
            return []
        with self._lock:
            said = (row for row in self._messages.values() if customer_id in (None, row.customer_id))
            newest = ((row, match_all(terms, row.text)) for row in _page(said, before, len(self._messages)))
            return list(islice((self._found(row, places) for row, places in newest if places), limit))

    def _found(self, message: Message, places: list[tuple[int, int]]) -> Found:
        customer = self._customers.get(message.customer_id)
        name = "" if customer is None else customer.name
        return Found(message, name, snippet(message.text, _marked(fold(message.text), places)))

    def file(self, file_id: str) -> FileBlob | None:
        """One file."""
        with self._lock:
            file, sent_in = self._files.get(file_id), self._sent.get(file_id)
        return file if file is None or sent_in is None else msgspec.structs.replace(file, owner=f"i{sent_in}")

    def user(self, user_id: str) -> User | None:
        """One user."""
        return self._users.get(user_id)

    def users(self) -> list[User]:
        """Every user."""
        with self._lock:
            return [user for _, user in sorted(self._users.items())]

    def token(self, token_hash: str) -> Token | None:
        """One token."""
        return self._tokens.get(token_hash)

    def tokens(self, user: str = "") -> list[Token]:
        """Every token, or those of one user."""
        with self._lock:
            return [token for _, token in sorted(self._tokens.items()) if user in ("", token.user)]

    def arrivals(self, *, before: int | None = None, limit: int = 50) -> list[Arrival]:
        """What came in, newest first."""
        with self._lock:
            newest = (row for seq, row in sorted(self._events.items(), reverse=True) if before is None or seq < before)
            return list(
                islice(
                    (self._arrival(row, row.event) for row in newest if isinstance(row.event, InteractionStarted)),
                    limit,
                )
            )

    def _arrival(self, recorded: Recorded, started: InteractionStarted) -> Arrival:
        key, customer_id = started.interaction_id, started.customer_id
        said = (row for _, row in sorted(self._messages.items()) if row.interaction_id == key)
        text = next((row.text for row in said if row.kind is MessageKind.INBOUND), "")
        earlier = [row for row in self._interactions.values() if row.customer_id == customer_id and row.id < key]
        disposition = max(earlier, key=lambda row: row.id).disposition if earlier else ""
        customer = self._customers.get(customer_id)
        return Arrival(recorded.seq, recorded.at_ms, started, text, customer, disposition, bool(earlier))

    # keeping

    def backup(self, target: Path, progress: Progress | None = None) -> None:
        """There is no file to copy."""
        raise StoreUnusable("This desk keeps its data in memory only.", "Run a server with a database to back it up.")

    def close(self) -> None:
        """Nothing to let go of: a store opened again in the same process goes on with what it has."""


def _page(rows: Iterable[Row], before: int | None, limit: int) -> list[Row]:
    """The newest rows below an id."""
    return nlargest(limit, (row for row in rows if before is None or row.id < before), key=lambda row: row.id)


def _drop(rows: dict[str, Kept], is_old: Callable[[Kept], bool]) -> int:
    """Drop the old ones; tell how many they were."""
    old = [key for key, row in rows.items() if is_old(row)]
    for key in old:
        del rows[key]
    return len(old)


def _expired(token: Token, before_ms: int) -> bool:
    return token.expires_ms is not None and token.expires_ms < before_ms


def _marked(text: str, places: list[tuple[int, int]]) -> str:
    """Mark places in a text; places that touch or overlap are one."""
    parts: list[str] = []
    done = 0
    for start, end in places:
        if start < done:
            if end > done:
                parts[-1:] = [text[done:end], CLOSE]
        else:
            parts += [text[done:start], OPEN, text[start:end], CLOSE]
        done = max(done, end)
    return "".join(parts) + text[done:]
