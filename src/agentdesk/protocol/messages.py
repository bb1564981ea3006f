"""Every frame on the agents' WebSocket, as one JSON text frame each. `type` names the frame.

A client says `hello`, the server answers `welcome` and then either `snapshot` or the `event`s that followed the
client's last number, and `live` when it has caught up. After that: `do` is answered by `reply`, events come as they
are committed, `queue` and `agents` come a few times a second when they changed.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from agentdesk.core.commands import Answer, ClientCommand
from agentdesk.core.events import AnyEvent
from agentdesk.core.model import Agent, Customer, Interaction, Message, QueueConfig
from agentdesk.core.stats import AgentStats, QueueStats

PROTOCOL_VERSION = 1
PATH = "/api/v1/desk"
FRAME_MAX = 256 * 1024

Key = Annotated[str, Meta(min_length=1, max_length=100)]


class Frame(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of every frame."""


# --- client to server -----------------------------------------------------------------------------------------


class Hello(Frame, frozen=True, tag="hello"):
    """The first frame. `last_seq` is the last event number this client has folded, 0 for none (asks a snapshot).

    `client` is the client's own id: stable over reconnects, new when its memory is new. `mode` is desk or monitor.
    A server that has fewer events than `last_seq` (restored from a backup) answers with a snapshot.
    """

    token: Annotated[str, Meta(max_length=200)]
    client: Key
    version: int = PROTOCOL_VERSION
    last_seq: int = 0
    epoch: str = ""
    mode: str = "desk"


class Do(Frame, frozen=True, tag="do"):
    """Ask for a command. `key` is unique to it: a repeat gets the first answer.

    `again` marks one that was sent before and has no answer yet, so that the server looks further back for the
    first answer than the keys it has in memory.
    """

    key: Key
    command: ClientCommand
    again: bool = False


class Typing(Frame, frozen=True, tag="typing"):
    """Someone is typing, both ways. From the server, `text` may hold what the visitor has typed so far. Not stored."""

    interaction_id: int
    active: bool = True
    text: Annotated[str, Meta(max_length=4_000)] = ""


class Ping(Frame, frozen=True, tag="ping"):
    """Are you there? Answered by `pong` with the same number."""

    n: int = 0


ClientFrame = Hello | Do | Typing | Ping


# --- server to client -----------------------------------------------------------------------------------------


class Welcome(Frame, frozen=True, tag="welcome"):
    """Signed in. `seq` is the last committed number; `epoch` names this database's life, `resume` says what follows."""

    version: int
    user: str
    name: str
    role: str
    seq: int
    epoch: str
    resume: str
    now_ms: int
    keepalive_s: int


class HeldInteraction(msgspec.Struct, frozen=True):
    """One interaction with its newest messages, as a snapshot carries it."""

    interaction: Interaction
    messages: tuple[Message, ...]
    customer: Customer | None = None


class Snapshot(Frame, frozen=True, tag="snapshot"):
    """All that this agent's screen needs, as it was at number `seq`. It replaces what the client had.

    Days, by which ledgers count, begin `day_offset_ms` after midnight UTC.
    """

    seq: int
    agent: Agent | None
    held: tuple[HeldInteraction, ...]
    queues: tuple[QueueConfig, ...]
    away_reasons: tuple[str, ...] = ()
    day_offset_ms: int = 0


class EventFrame(Frame, frozen=True, tag="event"):
    """One committed event, addressed to this agent, or about a queue that this session sees. Numbers rise; those
    between are not this agent's.

    When an event first shows this agent an interaction (Offered), `about` carries what led up to it.
    """

    seq: int
    at_ms: int
    event: AnyEvent
    about: HeldInteraction | None = None


class Live(Frame, frozen=True, tag="live"):
    """The client has caught up to this number. Also sent as keep-alive, so that the number to resume from moves on."""

    seq: int


class Reply(Frame, frozen=True, tag="reply"):
    """The answer to the `do` of this key. Done is sent only after the commit."""

    key: str
    answer: Answer


class QueueFrame(Frame, frozen=True, tag="queue"):
    """The state of queues that changed."""

    queues: tuple[QueueStats, ...]


class AgentsFrame(Frame, frozen=True, tag="agents"):
    """The state of agents that changed. Supervisors only. `removed` are ids that are gone."""

    agents: tuple[AgentStats, ...]
    removed: tuple[str, ...] = ()


class SettingsChanged(Frame, frozen=True, tag="settings"):
    """Canned responses, dispositions or away reasons are others now: fetch them again, in your own time."""


class Pong(Frame, frozen=True, tag="pong"):
    """I am."""

    n: int = 0


class Bye(Frame, frozen=True, tag="bye"):
    """The server ends the session. Reasons: restart, slow, signed_out, too_many, replaced."""

    reason: str
    message: str = ""


class ErrorFrame(Frame, frozen=True, tag="error"):
    """The last frame was not acceptable. Codes: bad_frame, bad_token, bad_version, too_big, too_fast, not_permitted."""

    code: str
    message: str
    key: str = ""


ServerFrame = (
    Welcome
    | Snapshot
    | EventFrame
    | Live
    | Reply
    | QueueFrame
    | AgentsFrame
    | Typing
    | SettingsChanged
    | Pong
    | Bye
    | ErrorFrame
)
