"""Every frame on the visitors' WebSocket (the chat widget's), as one JSON text frame each. `type` names the frame.

A visitor says `hello` with the token it keeps (none the first time) and the id of the last message it has; the
server answers `welcome` with the token to keep and exactly the messages that followed. A `msg` is acknowledged
by `ack` only after it is committed; a visitor sends what was not acknowledged again, under the same `cid`, and
nothing is said twice. Message ids rise, so a repeated or late `msg` from the server is recognised by its id.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

VERSION = 1
SOCKET_PATH = "/chat/ws"
SESSION_PATH = "/chat/session"
FILES_PATH = "/chat/files"
FRAME_MAX = 64 * 1024
TEXT_MAX = 4_000
FILES_PER_MESSAGE_MAX = 5
PAGE_MAX = 2_000
TOKEN_MIN = 43
"""Characters of the smallest token: 256 bits in URL-safe base64."""

Token = Annotated[str, Meta(pattern=r"^([A-Za-z0-9_-]{43,128})?$")]
Text = Annotated[str, Meta(max_length=TEXT_MAX)]
ClientId = Annotated[str, Meta(min_length=1, max_length=64)]
FileId = Annotated[str, Meta(min_length=1, max_length=64)]
FileIds = Annotated[tuple[FileId, ...], Meta(max_length=FILES_PER_MESSAGE_MAX)]
Short = Annotated[str, Meta(max_length=200)]
Language = Annotated[str, Meta(max_length=35)]
Attributes = Annotated[dict[Annotated[str, Meta(max_length=50)], Short], Meta(max_length=20)]
Number = Annotated[int, Meta(ge=0)]


class ChatState(StrEnum):
    """Where the visitor's conversation is.

    new: none yet, and somebody is there; offline: none, and nobody is there or it is outside hours; waiting: in
    the queue; active: with an agent; ended: over, a new message begins another; left: gone from the queue because
    the visitor was away too long.
    """

    NEW = "new"
    OFFLINE = "offline"
    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"
    LEFT = "left"


class Frame(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """Base of every frame. Unknown members are ignored, so that either side may be newer."""


# --- visitor to server ----------------------------------------------------------------------------------------


class Hello(Frame, frozen=True, tag="hello"):
    """The first frame. No token asks for a new one; `after` is the id of the last message this visitor has, and
    `epoch` what the welcome before it said: without that one `after` counts for nothing."""

    version: int = VERSION
    token: Token = ""
    after: Number = 0
    epoch: Short = ""
    page: Annotated[str, Meta(max_length=PAGE_MAX)] = ""
    language: Language = ""
    name: Short = ""
    queue: Annotated[str, Meta(max_length=50)] = ""
    attributes: Attributes = {}


class Say(Frame, frozen=True, tag="msg"):
    """Say something; the first message begins a conversation. `cid` is the visitor's own id for it, once for ever.

    `again` marks what was sent before without an ack coming back, so that the server looks further back for it.
    """

    cid: ClientId
    text: Text = ""
    files: FileIds = ()
    again: bool = False


class Typing(Frame, frozen=True, tag="typing"):
    """The visitor types (or stopped). `text` is what stands in the box so far, for the agent's preview."""

    active: bool = True
    text: Text = ""


class Received(Frame, frozen=True, tag="received"):
    """Messages up to this id have arrived."""

    upto: Number


class Read(Frame, frozen=True, tag="read"):
    """Messages up to this id have been in front of the visitor's eyes (and so have arrived)."""

    upto: Number


class Leave(Frame, frozen=True, tag="leave"):
    """Leave a message for later: the form that shows when nobody is there."""

    cid: ClientId
    text: Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
    name: Short = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    again: bool = False


class End(Frame, frozen=True, tag="end"):
    """The visitor ends the conversation."""


class Ping(Frame, frozen=True, tag="ping"):
    """Are you there? Browsers can't see the socket's own pings. Answered by `pong` with the same number."""

    n: int = 0


VisitorFrame = Hello | Say | Typing | Received | Read | Leave | End | Ping


# --- server to visitor ----------------------------------------------------------------------------------------


class FileInfo(msgspec.Struct, frozen=True):
    """A file in a message, or the answer to an upload; fetched from /chat/files/ID with the visitor's token.
    `type` was found by content."""

    id: str
    name: str
    type: str
    size: int


class ChatMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing said. `who` is visitor or agent; `cid` is the visitor's own id of what the visitor said."""

    id: int
    who: str
    text: str
    at_ms: int
    name: str = ""
    cid: str = ""
    files: tuple[FileInfo, ...] = ()


class ChatStatus(Frame, frozen=True, tag="status", omit_defaults=False):
    """Where the conversation is. `online` says whether a new one can begin now; `position` counts from 1; `opens_ms`
    is when the queue opens next, if it is outside hours."""

    state: ChatState
    online: bool = True
    position: int | None = None
    estimate_ms: int | None = None
    agent: str = ""
    opens_ms: int | None = None


class Receipts(Frame, frozen=True, tag="receipts", omit_defaults=False):
    """What the visitor said up to this id has been read by an agent."""

    read: int = 0


class ChatConfig(msgspec.Struct, frozen=True):
    """What the widget needs to know of the desk."""

    title: str
    greeting: str
    languages: tuple[str, ...]
    offline_form: bool
    file_types: tuple[str, ...]
    file_bytes_max: int
    text_max: int = TEXT_MAX
    files_per_message_max: int = FILES_PER_MESSAGE_MAX


class Welcome(Frame, frozen=True, tag="welcome", omit_defaults=False):
    """Let in. Keep `token`. `messages` followed the visitor's `after`, oldest first; `more` says older ones were
    left out. `epoch` names the database's life: when it is another one (a backup was restored), ids begin anew, and
    whoever holds messages forgets them before taking in these."""

    version: int
    token: str
    status: ChatStatus
    receipts: Receipts
    config: ChatConfig
    messages: tuple[ChatMessage, ...]
    more: bool
    now_ms: int
    epoch: str = ""


class Message(Frame, frozen=True, tag="msg"):
    """Something was said (also by this visitor, in another tab)."""

    message: ChatMessage


class Ack(Frame, frozen=True, tag="ack"):
    """What was sent under this `cid` is committed, as message `id`."""

    cid: str
    id: int


class AgentTyping(Frame, frozen=True, tag="typing", omit_defaults=False):
    """The agent types, or stopped. Lasts at most `TYPING_LASTS_MS` without another."""

    active: bool
    agent: str = ""


class Error(Frame, frozen=True, tag="error"):
    """The last frame was not acceptable, and nothing of it happened. `cid` names the message it was about;
    `retry_ms` says when to try again, where that helps. Codes are in `ERRORS`."""

    code: str
    message: str
    cid: str = ""
    retry_ms: int | None = None


class Pong(Frame, frozen=True, tag="pong", omit_defaults=False):
    """I am."""

    n: int = 0


class Bye(Frame, frozen=True, tag="bye"):
    """The server closes the socket. Reasons: slow (the visitor did not read), restart (connect again soon)."""

    reason: str


ServerFrame = Welcome | Message | Ack | ChatStatus | AgentTyping | Receipts | Error | Pong | Bye

TYPING_LASTS_MS = 6_000

ERRORS = {
    "bad_frame": "The frame can't be read, or a member is missing, too long or of another kind.",
    "bad_version": "The server doesn't speak this version.",
    "bad_origin": "The page's origin is not among those that may show the chat.",
    "bad_token": "The token is missing or isn't one.",
    "hello_first": "The first frame has to be hello, and there is one only.",
    "too_big": "The frame or file is larger than is allowed.",
    "too_fast": "Too much in too short a time; wait as long as retry_ms says.",
    "too_many": "Too many conversations, files or sockets at once.",
    "empty": "A message needs text or a file.",
    "unknown_queue": "There is no such queue for chats.",
    "unknown_file": "There is no such file, or it isn't this visitor's.",
    "file_type": "Files of this kind are not taken.",
    "offline": "Nobody is there now: leave a message instead.",
    "refused": "The desk refuses it; the message says why.",
    "busy": "The desk can't take it now; try again.",
}
"""Every error code of the web chat, over WebSocket and HTTP alike, and what it means."""

_visitor: msgspec.json.Decoder[VisitorFrame] = msgspec.json.Decoder(VisitorFrame)
_server: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)
decode_visitor_frame = _visitor.decode
decode_server_frame = _server.decode
encode_frame = msgspec.json.Encoder().encode


# --- over HTTP ------------------------------------------------------------------------------------------------


class SessionRequest(msgspec.Struct, frozen=True):
    """POST /chat/session: ask for a token, or what holds for the one there is, before opening a socket."""

    token: Token = ""
    page: Annotated[str, Meta(max_length=PAGE_MAX)] = ""
    language: Language = ""
    name: Short = ""
    queue: Annotated[str, Meta(max_length=50)] = ""
    attributes: Attributes = {}


class SessionReply(msgspec.Struct, frozen=True):
    """The answer: keep `token`, then open the socket with it."""

    token: str
    status: ChatStatus
    config: ChatConfig


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Any answer over HTTP that is not a success."""

    code: str
    message: str
    retry_ms: int | None = None
