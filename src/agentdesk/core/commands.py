"""What is asked of the desk. The counterpart is `agentdesk.core.events`: what became true.

`CLIENT_COMMANDS` come over the wire from agents and supervisors; `CHANNEL_COMMANDS` come from channels on the
customers' behalf; `SERVER_COMMANDS` from the server itself. An agent's own id is never in a command: it is the
actor's.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agentdesk.core.channel_commands import ConfirmDelivery as ConfirmDelivery
from agentdesk.core.channel_commands import CustomerEnds as CustomerEnds
from agentdesk.core.channel_commands import CustomerLeaves as CustomerLeaves
from agentdesk.core.channel_commands import CustomerRef as CustomerRef
from agentdesk.core.channel_commands import CustomerReturns as CustomerReturns
from agentdesk.core.channel_commands import NoteDelivery as NoteDelivery
from agentdesk.core.channel_commands import ReceiveMessage as ReceiveMessage
from agentdesk.core.channel_commands import ReturnInteraction as ReturnInteraction
from agentdesk.core.channel_commands import StartInteraction as StartInteraction
from agentdesk.core.command import LIST_MAX as LIST_MAX
from agentdesk.core.command import NAME_MAX as NAME_MAX
from agentdesk.core.command import TEXT_MAX as TEXT_MAX
from agentdesk.core.command import Actor as Actor
from agentdesk.core.command import Attributes as Attributes
from agentdesk.core.command import Command as Command
from agentdesk.core.command import Files as Files
from agentdesk.core.command import Name as Name
from agentdesk.core.command import Names as Names
from agentdesk.core.command import Text as Text
from agentdesk.core.mail_commands import CancelSend as CancelSend
from agentdesk.core.mail_commands import MailOut as MailOut
from agentdesk.core.mail_commands import RetrySend as RetrySend
from agentdesk.core.model import (
    AgentConfig,
    DeskConfig,
    Hours,
    MessageKind,
    Presence,
    QueueConfig,
)

# --- from agents and supervisors ------------------------------------------------------------------------------


class SetPresence(Command, frozen=True):
    """Say available, away (with a reason) or offline. `agent` names another agent; supervisors only."""

    presence: Presence
    reason: Name = ""
    agent: Name = ""


class AcceptOffer(Command, frozen=True):
    """Take what is offered."""

    offer_id: int


class DeclineOffer(Command, frozen=True):
    """Give an offer back; the interaction keeps its place and goes to somebody else.

    This agent gets it again only when everyone able has refused it, and after a pause (`desk.refused_pause_s`).
    """

    offer_id: int
    reason: Name = ""


class TakeNext(Command, frozen=True):
    """Take what is first in line for this agent, of one queue or of all of theirs, pushed or pulled."""

    queue: Name = ""


class Pick(Command, frozen=True):
    """Take what waits out of its order. A permission of its own; it is logged and counted."""

    interaction_id: int


class SetPriority(Command, frozen=True):
    """Move what waits up or down the line; supervisors only."""

    interaction_id: int
    priority: int


class SetSkills(Command, frozen=True):
    """Set which skills an interaction asks for, each with its level; the holder's or a supervisor's to say."""

    interaction_id: int
    skills: Annotated[dict[Name, Annotated[int, Meta(ge=0, le=5)]], Meta(max_length=LIST_MAX)]


class SendMessage(Command, frozen=True):
    """Say something to the customer (outbound) or to colleagues (note).

    `seen` is the id of the last message the writer had on the screen; when the customer or a colleague wrote
    since, an outbound message is refused as `stale` unless `seen` is None.
    """

    interaction_id: int
    text: Text
    kind: MessageKind = MessageKind.OUTBOUND
    client_id: Name = ""
    seen: int | None = None
    attachments: Files = ()
    mail: MailOut | msgspec.UnsetType = msgspec.UNSET


class SaveDraft(Command, frozen=True):
    """Keep what is being typed."""

    interaction_id: int
    text: Text
    kind: MessageKind = MessageKind.OUTBOUND
    version: int = 0


class MarkRead(Command, frozen=True):
    """The agent has seen messages up to this id."""

    interaction_id: int
    upto: int


class EndInteraction(Command, frozen=True):
    """End the conversation; wrap-up follows where the queue has one."""

    interaction_id: int


class SaveWrapup(Command, frozen=True):
    """Keep wrap-up as far as it got."""

    interaction_id: int
    disposition: Name = ""
    tags: Names = ()
    note: Text = ""


class CompleteWrapup(Command, frozen=True):
    """Finish wrap-up; the slot frees. An empty part keeps what was saved."""

    interaction_id: int
    disposition: Name = ""
    tags: Names = ()
    note: Text = ""


class Hold(Command, frozen=True):
    """Put an active interaction on hold."""

    interaction_id: int


class Resume(Command, frozen=True):
    """Take an interaction back from hold or snooze."""

    interaction_id: int


class Snooze(Command, frozen=True):
    """Set an interaction aside until a time or until the customer writes."""

    interaction_id: int
    until_ms: int


class Transfer(Command, frozen=True):
    """Hand an interaction to another queue, or to one agent, with an optional note for them."""

    interaction_id: int
    queue: Name = ""
    agent: Name = ""
    note: Text = ""


class SetTags(Command, frozen=True):
    """Replace the tags of an interaction."""

    interaction_id: int
    tags: Names


class UpdateCustomer(Command, frozen=True):
    """Change what is known of the customer of a live interaction. Only the given parts change."""

    interaction_id: int
    name: Name | None = None
    attributes: Attributes | None = None
    tags: Names | None = None


# --- from the server itself -----------------------------------------------------------------------------------


class ConfigureDesk(Command, frozen=True):
    """Set or change the desk, its queues and agents. Queues not named are removed once nothing waits in them."""

    desk: DeskConfig
    queues: tuple[QueueConfig, ...]


class SetHours(Command, frozen=True):
    """A queue opens or closes now, by its hours."""

    queue: Name
    hours: Hours


class ConfigureAgent(Command, frozen=True):
    """Set or change one agent."""

    agent: AgentConfig


class RemoveAgent(Command, frozen=True):
    """An agent was disabled: what they hold returns to the queue with its old place."""

    agent: Name


class SessionOpened(Command, frozen=True):
    """A session of this agent connected."""

    agent: Name


class SessionClosed(Command, frozen=True):
    """A session of this agent is gone. After the last one the grace time runs."""

    agent: Name


class ServerStarted(Command, frozen=True):
    """The server process begins: sessions that were open when the last one ended are gone; grace times run from now."""


class Tick(Command, frozen=True):
    """Time has passed: do what is due."""


ClientCommand = (
    SetPresence
    | AcceptOffer
    | DeclineOffer
    | TakeNext
    | Pick
    | SetPriority
    | SetSkills
    | SendMessage
    | CancelSend
    | RetrySend
    | SaveDraft
    | MarkRead
    | EndInteraction
    | SaveWrapup
    | CompleteWrapup
    | Hold
    | Resume
    | Snooze
    | Transfer
    | SetTags
    | UpdateCustomer
)
ChannelCommand = (
    StartInteraction
    | ReceiveMessage
    | ReturnInteraction
    | NoteDelivery
    | CustomerLeaves
    | CustomerReturns
    | CustomerEnds
    | ConfirmDelivery
)
ServerCommand = (
    ConfigureDesk | SetHours | ConfigureAgent | RemoveAgent | SessionOpened | SessionClosed | ServerStarted | Tick
)
AnyCommand = ClientCommand | ChannelCommand | ServerCommand


# --- answers --------------------------------------------------------------------------------------------------


class Done(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The command took effect, or had before. `id` is the interaction, message or offer it made, if any."""

    seq: int = 0
    id: int = 0
    interaction_id: int = 0
    customer_id: int = 0


class Refused(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The desk will not: `code` is for programs, `message` says what happened and what to do.

    Codes: unknown, not_permitted, too_late, wrong_state, stale, no_capacity, invalid, closed, too_many, busy.
    """

    code: str
    message: str
    missed: tuple[int, ...] = ()


Answer = Done | Refused
