"""Customers, interactions and messages: what the store keeps, read off the loop."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from agentdesk.core.commands import CustomerRef, Done, ReceiveMessage, SendMessage, StartInteraction, Text
from agentdesk.core.commands import Files as AttachedFiles
from agentdesk.core.events import Recorded
from agentdesk.core.model import Customer, Interaction, Message, MessageKind, Role, Segment
from agentdesk.server.http.operation import ID_MAX, Call, Operation
from agentdesk.server.http.problems import ApiError, not_found
from agentdesk.store.base import Found, TimelineItem

PAGE_MAX = 200
EVENTS_MAX = 2_000
"""Events of one interaction that are answered; the oldest of them."""

T = TypeVar("T")
Limit = Annotated[int, Meta(ge=1, le=PAGE_MAX)]
Before = Annotated[int, Meta(ge=1, le=ID_MAX)]
Words = Annotated[str, Meta(max_length=500)]
Short = Annotated[str, Meta(max_length=100)]


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page: at most `limit`, beginning before an id (the last of the page before)."""

    before: Before | None = None
    limit: Limit = 50


class CustomerQuery(Page, frozen=True):
    """Words that a customer's name, identities or attributes hold; none for all, newest first."""

    q: Words = ""


class InteractionQuery(Page, frozen=True):
    """Which interactions, newest first."""

    state: Short = ""
    queue: Short = ""
    agent: Short = ""


class MessageQuery(Page, frozen=True):
    """Which messages of one interaction, in order: the newest, those before an id, or those after one."""

    after: Annotated[int, Meta(ge=0, le=ID_MAX)] | None = None


class SearchQuery(Page, frozen=True):
    """Words that the messages hold, all of them; `customer` looks within one customer."""

    q: Words = ""
    customer: Before | None = None


class NewMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to say in a live interaction. `inbound` is for admins: what a customer said elsewhere."""

    text: Text
    kind: MessageKind = MessageKind.OUTBOUND
    client_id: Short = ""
    seen: int | None = None
    attachments: AttachedFiles = ()


async def customers(call: Call) -> list[Customer]:
    """Find customers."""
    query: CustomerQuery = call.query
    found: list[Customer] = await call.read(call.parts.store.customers, query.q, before=query.before, limit=query.limit)
    return found


async def customer(call: Call) -> Customer:
    """One customer."""
    found: Customer | None = await call.read(call.parts.store.customer, call.path["id"])
    return _there(found, "such customer")


async def timeline(call: Call) -> list[TimelineItem]:
    """Everything with one customer."""
    page: Page = call.query
    items: list[TimelineItem] = await call.read(
        call.parts.store.timeline, call.path["id"], before=page.before, limit=page.limit
    )
    return items


async def interactions(call: Call) -> list[Interaction]:
    """List interactions."""
    query = msgspec.structs.asdict(call.query)
    found: list[Interaction] = await call.read(call.parts.store.interactions, **query)
    return found


async def interaction(call: Call) -> Interaction:
    """One interaction."""
    found: Interaction | None = await call.read(call.parts.store.interaction, call.path["id"])
    return _there(found, "such interaction")


async def messages(call: Call) -> list[Message]:
    """What was said in an interaction."""
    query: MessageQuery = call.query
    before = ID_MAX if query.before is None and query.after is None else query.before
    found: list[Message] = await call.read(
        call.parts.store.messages, call.path["id"], before=before, after=query.after or 0, limit=query.limit
    )
    return found


async def events(call: Call) -> list[Recorded]:
    """What happened to an interaction, in order: who was offered it and when, who held it, how it ended."""
    await interaction(call)
    found: list[Recorded] = await call.read(call.parts.store.events_about, call.path["id"], EVENTS_MAX)
    return found


async def segments(call: Call) -> list[Segment]:
    """The stretches of an interaction."""
    found: list[Segment] = await call.read(call.parts.store.segments, call.path["id"])
    return found


async def search(call: Call) -> list[Found]:
    """Full-text search."""
    query: SearchQuery = call.query
    if not query.q.strip():
        return []
    found: list[Found] = await call.read(
        call.parts.store.search, query.q, customer_id=query.customer, before=query.before, limit=query.limit
    )
    return found


def _there(found: T | None, what: str) -> T:
    if found is None:
        raise not_found(what)
    return found


# --- live interactions ------------------------------------------------------------------------------------------


class NewInteraction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An interaction of any channel that an integration brings in. A known customer is found by their identities."""

    channel: Annotated[str, Meta(min_length=1, max_length=50)]
    queue: Annotated[str, Meta(min_length=1, max_length=50)]
    customer: CustomerRef
    text: Text = ""
    client_id: Short = ""
    subject: Annotated[str, Meta(max_length=200)] = ""
    language: Annotated[str, Meta(max_length=20)] = ""
    priority: Annotated[int, Meta(ge=0, le=10)] | None = None
    attributes: dict[Short, Annotated[str, Meta(max_length=2_000)]] = {}
    attachments: AttachedFiles = ()


async def start_interaction(call: Call) -> Done:
    """Begin an interaction; its number is the answer's interaction_id."""
    body: NewInteraction = call.body
    known = body.customer.known or await _known(call, body.customer)
    fields = {name: getattr(body, name) for name in body.__struct_fields__}
    fields["customer"] = msgspec.structs.replace(body.customer, known=known)
    return await call.ask(StartInteraction(**fields), as_channel=True)


async def _known(call: Call, given: CustomerRef) -> Customer | None:
    for identity in given.identities:
        found: Customer | None = await call.read(call.parts.store.customer_by_identity, identity.kind, identity.value)
        if found is not None:
            return found
    return None


async def say(call: Call) -> Done:
    """Say something in a live interaction."""
    body: NewMessage = call.body
    number: int = call.path["id"]
    if body.kind is MessageKind.INBOUND:
        if not call.who.may(Role.ADMIN):
            raise ApiError(403, "not_permitted", "Inbound messages are brought in by admins.", "Use an admin's token.")
        return await call.ask(ReceiveMessage(number, body.text, body.client_id, body.attachments), as_channel=True)
    command = SendMessage(number, body.text, body.kind, body.client_id, body.seen, body.attachments)
    return await call.ask(command)


OPERATIONS = (
    Operation("GET", "/customers", "customers", "Find customers", customers, list[Customer],
              query=CustomerQuery, tag="history"),
    Operation("GET", "/customers/{id:int}", "customer", "One customer", customer, Customer, tag="history"),
    Operation("GET", "/customers/{id:int}/timeline", "timeline", "Everything with one customer, over all channels",
              timeline, list[TimelineItem], query=Page, tag="history"),
    Operation("GET", "/interactions", "interactions", "Interactions, newest first", interactions, list[Interaction],
              query=InteractionQuery, tag="history"),
    Operation("POST", "/interactions", "start_interaction", "Begin an interaction of any channel", start_interaction,
              Done, Role.ADMIN, body=NewInteraction, keyed=True, status=201, tag="history"),
    Operation("GET", "/interactions/{id:int}", "interaction", "One interaction", interaction, Interaction,
              tag="history"),
    Operation("GET", "/interactions/{id:int}/messages", "messages", "What was said, in order", messages, list[Message],
              query=MessageQuery, tag="history"),
    Operation("POST", "/interactions/{id:int}/messages", "say", "Say something in a live interaction", say, Done,
              body=NewMessage, keyed=True, status=201, tag="history"),
    Operation("GET", "/interactions/{id:int}/segments", "segments", "The stretches of an interaction", segments,
              list[Segment], tag="history"),
    Operation("GET", "/interactions/{id:int}/events", "interaction_events", "What happened to an interaction, in order",
              events, list[Recorded], tag="history"),
    Operation("GET", "/search", "search", "Messages that hold every word, newest first", search, list[Found],
              query=SearchQuery, tag="history"),
)  # fmt: skip
