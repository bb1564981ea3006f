"""What a visitor of the web chat remembers: token, messages, what is unsent. Pure; `agentdesk.client.visitor` connects.

The counterpart of the widget's own memory: after any break of the connection `resume` gives the frames to begin
with, and `receive` takes whatever the server says, in any repetition, without keeping anything twice.
"""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from agentdesk.protocol.webchat import (
    Ack,
    AgentTyping,
    ChatMessage,
    ChatState,
    ChatStatus,
    Error,
    Hello,
    Leave,
    Message,
    Receipts,
    Say,
    ServerFrame,
    Welcome,
)

MESSAGES_MAX = 1_000
"""Messages kept; older ones are forgotten, their ids are still known to have come (they rise)."""
UNSENT_MAX = 500

PASSING_ERRORS = frozenset(("too_fast", "too_many", "busy"))
"""Errors about a message that may be sent again later; any other one is the end of that message."""


class VisitorMemory:
    """A visitor's side of the conversation. `duplicates` counts messages that came more than once in one connection."""

    def __init__(self, hello: Hello) -> None:
        self.hello = hello
        self.status = ChatStatus(ChatState.NEW)
        self.receipts = Receipts()
        self.messages: OrderedDict[int, ChatMessage] = OrderedDict()
        self.last_id = hello.after
        self.epoch = hello.epoch
        self.duplicates = 0
        self.agent_typing = False
        self.welcomes = 0
        self._unsent: OrderedDict[str, Say | Leave] = OrderedDict()

    @property
    def token(self) -> str:
        """The secret by which the server knows this visitor again; empty before the first welcome."""
        return self.hello.token

    @property
    def unsent(self) -> tuple[str, ...]:
        """The `cid`s of what the server has not acknowledged, in order."""
        return tuple(self._unsent)

    def resume(self) -> list[Hello | Say | Leave]:
        """The frames that begin a connection: hello, then everything unacknowledged, in order."""
        hello = msgspec.structs.replace(self.hello, after=self.last_id, epoch=self.epoch)
        return [hello, *(msgspec.structs.replace(frame, again=True) for frame in self._unsent.values())]

    def hold(self, frame: Say | Leave) -> None:
        """Keep a message until it is acknowledged; the caller sends it now if connected, `resume` does later."""
        if len(self._unsent) >= UNSENT_MAX:
            raise OverflowError(f"{UNSENT_MAX} messages wait to be acknowledged already")
        self._unsent[frame.cid] = frame

    def receive(self, frame: ServerFrame) -> None:
        """Take in what the server said."""
        match frame:
            case Welcome():
                self._welcome(frame)
            case Message():
                self._keep(frame.message)
            case Ack():
                self._unsent.pop(frame.cid, None)
            case ChatStatus():
                self.status = frame
            case Receipts():
                self.receipts = frame
            case AgentTyping():
                self.agent_typing = frame.active
            case Error(code=code) if code not in PASSING_ERRORS:
                self._unsent.pop(frame.cid, None)

    def _welcome(self, frame: Welcome) -> None:
        self.welcomes += 1
        self.hello = msgspec.structs.replace(self.hello, token=frame.token)
        self.status, self.receipts, self.agent_typing = frame.status, frame.receipts, False
        if frame.epoch != self.epoch:
            self.epoch, self.last_id = frame.epoch, 0
            self.messages.clear()
        for message in frame.messages:
            self._keep(message)

    def _keep(self, message: ChatMessage) -> None:
        """Ids rise, so one that isn't above the last has come before."""
        if message.id <= self.last_id:
            self.duplicates += 1
            return
        self.last_id = message.id
        self._unsent.pop(message.cid, None)
        self.messages[message.id] = message
        if len(self.messages) > MESSAGES_MAX:
            self.messages.popitem(last=False)
