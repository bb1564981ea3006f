"""One batch into the tables, inside a transaction that the caller holds."""

from __future__ import annotations

import sqlite3

from agentdesk.core.model import Customer
from agentdesk.protocol.mail import files_of
from agentdesk.store.base import Batch, is_live
from agentdesk.store.sqlite import rows
from agentdesk.store.sqlite.inserts import Insert
from agentdesk.store.sqlite.mail import MailRows, write_mail
from agentdesk.store.sqlite.rows import Row
from agentdesk.store.statements import statements

_SQL = statements("write")
_EVENTS = Insert(_SQL["insert_events"])
_LIVE = Insert(_SQL["upsert_live_interactions"])
_PAST = Insert(_SQL["upsert_past_interactions"])
_SEGMENTS = Insert(_SQL["upsert_segments"])
_MESSAGES = Insert(_SQL["insert_messages"])
_MESSAGES_INDEX = Insert(_SQL["index_messages"])
_AGENTS = Insert(_SQL["upsert_agents"])
_QUEUES = Insert(_SQL["upsert_queues"])
_CUSTOMERS = Insert(_SQL["upsert_customers"])
_IDENTITIES = Insert(_SQL["upsert_identities"])
_CUSTOMERS_INDEX = Insert(_SQL["index_customers"])
_REPEATS = Insert(_SQL["insert_repeats"])
_META = Insert(_SQL["upsert_meta"])


class Rows:
    """A batch encoded. Made before the transaction begins, so that nothing holds the database while Python works."""

    def __init__(self, batch: Batch) -> None:
        changes = batch.changes
        at_ms = batch.events[-1].at_ms if batch.events else 0
        self.events = [rows.event_row(recorded) for recorded in batch.events]
        interactions = changes.interactions.values()
        self.live = [rows.interaction_row(row, live=True) for row in interactions if is_live(row)]
        self.past = [rows.interaction_row(row, live=False) for row in interactions if not is_live(row)]
        self.segments = [rows.segment_row(row) for row in changes.segments]
        messages = rows.messages_of(batch.events)
        self.messages = [rows.message_row(message) for message in messages]
        self.sent = [(message.interaction_id, file) for message in messages for file in files_of(message)]
        self.messages_index = [rows.message_index_row(row) for row in self.messages]
        self.mail = MailRows(batch.events, messages)
        self.agents = [rows.agent_row(agent) for agent in changes.agents.values()]
        self.agents_gone: list[Row] = [(key,) for key in changes.removed_agents]
        self.queues = [(key, rows.body(queue)) for key, queue in changes.queues.items() if queue is not None]
        self.queues_gone: list[Row] = [(key,) for key, queue in changes.queues.items() if queue is None]
        self.customers = list(changes.customers.values())
        self.repeats = [rows.repeat_row(repeat, at_ms) for repeat in batch.repeats]
        self.meta: list[Row] = [("counters", rows.body(batch.counters))]
        if changes.desk is not None:
            self.meta.append(("desk", rows.body(changes.desk)))


def write(connection: sqlite3.Connection, written: Rows) -> None:
    """Write all rows of a batch."""
    _EVENTS(connection, written.events)
    _LIVE(connection, written.live)
    _PAST(connection, written.past)
    _SEGMENTS(connection, written.segments)
    _MESSAGES(connection, written.messages)
    _MESSAGES_INDEX(connection, written.messages_index)
    if written.sent:
        connection.executemany(_SQL["send_upload"], written.sent)
    write_mail(connection, written.mail)
    _REPEATS(connection, written.repeats)
    _META(connection, written.meta)
    if written.customers:
        _write_customers(connection, written.customers)
    if written.agents_gone:
        connection.executemany(_SQL["delete_agent"], written.agents_gone)
    _AGENTS(connection, written.agents)
    if written.queues_gone:
        connection.executemany(_SQL["delete_queue"], written.queues_gone)
    _QUEUES(connection, written.queues)


def _write_customers(connection: sqlite3.Connection, customers: list[Customer]) -> None:
    keys = [(customer.id,) for customer in customers]
    _CUSTOMERS(connection, [(customer.id, customer.name, rows.body(customer)) for customer in customers])
    connection.executemany(_SQL["delete_identities"], keys)
    identities = [(one.kind, one.value, customer.id) for customer in customers for one in customer.identities]
    _IDENTITIES(connection, identities)
    connection.executemany(_SQL["unindex_customer"], keys)
    _CUSTOMERS_INDEX(connection, [rows.customer_index_row(customer) for customer in customers])
