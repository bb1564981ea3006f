"""What is read of the desk's own rows: starting up, history, lists. Each function takes a connection to read with."""

from __future__ import annotations

import sqlite3

import msgspec

from agentdesk.core.changes import Loaded
from agentdesk.core.commands import Answer
from agentdesk.core.events import Recorded
from agentdesk.core.leavers import LOADED_MAX, back_in_time
from agentdesk.core.model import Counters, Customer, DeskConfig, Interaction, Message, QueueConfig, Segment
from agentdesk.store.base import Found, Repeat, TimelineItem, segments_with_running, timeline_item
from agentdesk.store.query import parse
from agentdesk.store.snippet import snippet
from agentdesk.store.sqlite import rows
from agentdesk.store.sqlite.match import match, match_messages
from agentdesk.store.statements import statements

_SQL = statements("read")
NEWEST = 2**63 - 1
"""Above every id: the page that begins with the newest."""

PAGE_MAX = 1_000
"""Rows a page, whatever was asked for."""


def meta(connection: sqlite3.Connection, name: str) -> str | None:
    """One of the named values."""
    row = connection.execute(_SQL["meta"], (name,)).fetchone()
    return None if row is None else str(row[0])


def load(connection: sqlite3.Connection) -> Loaded:
    """The live rows."""
    counters, desk = meta(connection, "counters"), meta(connection, "desk")
    settings = DeskConfig() if desk is None else msgspec.json.decode(desk, type=DeskConfig)
    left = connection.execute(_SQL["load_left"], (LOADED_MAX,))
    return Loaded(
        Counters() if counters is None else msgspec.json.decode(counters, type=Counters),
        settings,
        [msgspec.json.decode(text, type=QueueConfig) for (text,) in connection.execute(_SQL["load_queues"])],
        [rows.to_agent.decode(text) for (text,) in connection.execute(_SQL["load_agents"])],
        [rows.to_customer.decode(text) for (text,) in connection.execute(_SQL["load_customers"])],
        [rows.to_interaction.decode(text) for (text,) in connection.execute(_SQL["load_interactions"])],
        back_in_time((rows.to_interaction.decode(text) for (text,) in left), settings.return_s * 1000),
    )


def repeats(connection: sqlite3.Connection, limit: int) -> list[Repeat]:
    """The newest first answers, oldest of them first."""
    found = connection.execute(_SQL["repeats"], (limit,)).fetchall()
    return [Repeat(key, rows.to_answer.decode(text), at_ms) for key, text, at_ms in reversed(found)]


def repeat(connection: sqlite3.Connection, key: str) -> Answer | None:
    """The first answer to one key."""
    row = connection.execute(_SQL["repeat"], (key,)).fetchone()
    return None if row is None else rows.to_answer.decode(row[0])


def events(connection: sqlite3.Connection, after: int, limit: int, agent: str | None) -> list[Recorded]:
    """Events after a number, of all or of one agent."""
    if agent is None:
        found = connection.execute(_SQL["events"], (after, limit))
    else:
        found = connection.execute(_SQL["events_addressed"], (after, agent, limit))
    return [rows.event(row) for row in found]


def events_about(connection: sqlite3.Connection, interaction_id: int, limit: int) -> list[Recorded]:
    """The events of one interaction. Their place in the log is found by time, for the log has no index over them."""
    found = interaction(connection, interaction_id)
    if found is None:
        return []
    (last,) = connection.execute(_SQL["last_seq"]).fetchone()
    first = _seq_at(connection, found.created_ms, last)
    if found.closed_ms is not None:
        last = _seq_at(connection, found.closed_ms + 1, last)
    rows_about = connection.execute(_SQL["events_about"], (first - 1, last, interaction_id, limit))
    return [rows.event(row) for row in rows_about]


def _seq_at(connection: sqlite3.Connection, at_ms: int, last: int) -> int:
    """The number of the first event at that time or later: times rise with numbers, so halving finds it."""
    low, high = 0, last + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(_SQL["event_time"], (middle,)).fetchone()
        if row is not None and row[0] < at_ms:
            low = middle + 1
        else:
            high = middle
    return low


def interaction(connection: sqlite3.Connection, interaction_id: int) -> Interaction | None:
    """One interaction, live or past."""
    row = connection.execute(_SQL["interaction"], (interaction_id,)).fetchone()
    return None if row is None else rows.to_interaction.decode(row[0])


def interactions(
    connection: sqlite3.Connection, state: str, queue: str, agent: str, before: int | None, limit: int
) -> list[Interaction]:
    """Interactions newest first: the live ones and the past ones are two walks, joined by id."""
    past = "interactions_past" + ("_by_queue" if queue else "_by_agent" if agent else "")
    limit = min(limit, PAGE_MAX)
    wanted = {
        "state": state,
        "queue": queue,
        "agent": agent,
        "before": NEWEST if before is None else before,
        "limit": limit,
    }
    found = [row for name in ("interactions_live", past) for row in connection.execute(_SQL[name], wanted)]
    found.sort(reverse=True)
    return [rows.to_interaction.decode(text) for _, text in found[:limit]]


def segments(connection: sqlite3.Connection, interaction_id: int) -> list[Segment]:
    """The segments of an interaction, with the running one."""
    ended = [rows.segment(row) for row in connection.execute(_SQL["segments"], (interaction_id,))]
    return segments_with_running(ended, interaction(connection, interaction_id))


def messages(
    connection: sqlite3.Connection, interaction_id: int, before: int | None, after: int, limit: int
) -> list[Message]:
    """A page of an interaction's messages, in order."""
    limit = min(limit, PAGE_MAX)
    if before is None:
        found = connection.execute(_SQL["messages_after"], (interaction_id, after, limit)).fetchall()
    else:
        found = connection.execute(_SQL["messages_before"], (interaction_id, before, after, limit)).fetchall()[::-1]
    return [rows.message(row) for row in found]


def customer(connection: sqlite3.Connection, customer_id: int) -> Customer | None:
    """One customer."""
    row = connection.execute(_SQL["customer"], (customer_id,)).fetchone()
    return None if row is None else rows.to_customer.decode(row[0])


def customer_by_identity(connection: sqlite3.Connection, kind: str, value: str) -> Customer | None:
    """The customer who has this identity."""
    row = connection.execute(_SQL["customer_by_identity"], (kind, value)).fetchone()
    return None if row is None else rows.to_customer.decode(row[0])


def customers(connection: sqlite3.Connection, query: str, before: int | None, limit: int) -> list[Customer]:
    """Customers newest first; with a query those in whom all its words are found."""
    page = (NEWEST if before is None else before, min(limit, PAGE_MAX))
    if not query.strip():
        return [rows.to_customer.decode(text) for (text,) in connection.execute(_SQL["customers"], page)]
    terms = parse(query)
    if not terms:
        return []
    found = connection.execute(_SQL["search_customers"], (match(terms), *page))
    return [rows.to_customer.decode(text) for (text,) in found]


def timeline(connection: sqlite3.Connection, customer_id: int, before: int | None, limit: int) -> list[TimelineItem]:
    """A customer's interactions, newest first."""
    page = (customer_id, NEWEST if before is None else before, min(limit, PAGE_MAX))
    found = connection.execute(_SQL["timeline"], page)
    return [timeline_item(rows.to_interaction.decode(text), last) for text, last in found]


def search(
    connection: sqlite3.Connection, query: str, customer_id: int | None, before: int | None, limit: int
) -> list[Found]:
    """Messages that hold every word, newest first."""
    terms = parse(query)
    if not terms:
        return []
    page = (NEWEST if before is None else before, min(limit, PAGE_MAX))
    found = connection.execute(_SQL["search_messages"], (match_messages(terms, customer_id), *page))
    return [Found(rows.message(row), name or "", snippet(row[5], marked)) for *row, name, marked in found]
