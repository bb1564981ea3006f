"""What channels ask of the desk, on behalf of customers."""

from __future__ import annotations

import msgspec

from agentdesk.core.command import Attributes, Command, Files, Name, Text
from agentdesk.core.mail import Delivery, MailHead
from agentdesk.core.model import Customer, Identity, Interaction


class CustomerRef(msgspec.Struct, frozen=True):
    """Who the channel says it is: a known customer as the store has them, or what is known of a new one.

    `last_agent` had them last, `last_disposition` is how that ended, and `interactions` is how many there were.
    """

    known: Customer | None = None
    identities: tuple[Identity, ...] = ()
    name: Name = ""
    language: Name = ""
    attributes: Attributes = {}
    last_agent: Name = ""
    last_disposition: Name = ""
    interactions: int = 0


class StartInteraction(Command, frozen=True):
    """A customer begins. The result is an `Started`. With `text`, the first message is committed with it."""

    channel: Name
    queue: Name
    customer: CustomerRef
    text: Text = ""
    client_id: Name = ""
    subject: Name = ""
    language: Name = ""
    priority: int | None = None
    attributes: Attributes = {}
    attachments: Files = ()
    mail: MailHead | None = None


class ReceiveMessage(Command, frozen=True):
    """A customer writes in a live interaction. A `client_id` seen before in it changes nothing."""

    interaction_id: int
    text: Text
    client_id: Name = ""
    attachments: Files = ()
    mail: MailHead | None = None


class ReturnInteraction(Command, frozen=True):
    """A closed interaction goes on: the customer answered, or what was sent to them could not be delivered."""

    interaction: Interaction
    customer: Customer
    reason: Name


class NoteDelivery(Command, frozen=True):
    """How far a mail has got. `sending` is refused when it was taken back meanwhile."""

    interaction_id: int
    message_id: int
    state: Delivery
    words: Text = ""
    due_ms: int = 0


class CustomerLeaves(Command, frozen=True):
    """The customer's side went away without ending; while queued they are abandoned after the grace time."""

    interaction_id: int


class CustomerReturns(Command, frozen=True):
    """The customer's side is back; the place is as it was."""

    interaction_id: int


class CustomerEnds(Command, frozen=True):
    """The customer ended the conversation themselves."""

    interaction_id: int


class ConfirmDelivery(Command, frozen=True):
    """The customer's side has received messages up to one id and the customer has read up to another."""

    interaction_id: int
    delivered_upto: int = 0
    read_upto: int = 0
