"""What a visitor's frames do: each becomes a command, or an error that says why not."""

from __future__ import annotations

import asyncio

from agentdesk.channels.base import ChannelContext
from agentdesk.channels.language import language_of
from agentdesk.channels.regulars import Regular, find_regular
from agentdesk.channels.webchat.conversations import Conversation, Stage
from agentdesk.channels.webchat.estimate import message_queue
from agentdesk.channels.webchat.files import Uploads
from agentdesk.channels.webchat.hub import Hub
from agentdesk.channels.webchat.session import Refusal, Session
from agentdesk.channels.webchat.shown import IDENTITY, identity, visitor_name
from agentdesk.channels.webchat.visitors import Visitor
from agentdesk.config.server import QueueSettings
from agentdesk.core.commands import (
    Actor,
    AnyCommand,
    ConfirmDelivery,
    CustomerEnds,
    CustomerLeaves,
    CustomerRef,
    CustomerReturns,
    Done,
    ReceiveMessage,
    Refused,
    StartInteraction,
)
from agentdesk.core.model import CHAT, MESSAGE, Attachment
from agentdesk.limits import RateLimit
from agentdesk.protocol import messages as desk_wire
from agentdesk.protocol.webchat import (
    Ack,
    End,
    Error,
    Hello,
    Leave,
    Ping,
    Pong,
    Read,
    Received,
    Say,
    Typing,
    VisitorFrame,
)

ACTOR = Actor("customer", "webchat")
TYPING_EVERY_S = 0.4
"""How often an agent's preview of what a visitor types is renewed at most."""
FRAMES_BURST = 100
FRAMES_PER_S = 25
"""Frames of all kinds from one visitor; a widget sends a few a second at most."""
MOVED_ON = frozenset(("closed", "wrong_state", "unknown", "too_late"))
"""Refusals that say that the conversation is over by now, so that what was said begins another."""
BUSY = frozenset(("busy", "too_many"))
RETRY_MS = 2_000


class Talk:
    """Handles the frames of all visitors, each visitor's one after the other."""

    def __init__(self, hub: Hub, uploads: Uploads) -> None:
        self._hub = hub
        self._context: ChannelContext = hub.context
        self._uploads = uploads
        settings = self._context.webchat
        per_minute = settings.messages_per_minute
        self._frames = RateLimit(FRAMES_BURST + per_minute, FRAMES_PER_S + per_minute / 60)
        self._messages = RateLimit(per_minute, per_minute / 60)
        self._chats = RateLimit(settings.chats_per_hour, settings.chats_per_hour / 3600)

    async def handle(self, visitor: Visitor, session: Session, frame: VisitorFrame) -> None:
        """Do what a frame asks. Answers go to its session."""
        wait_ms = self._frames.take(visitor.digest, self._context.clock.steady_s())
        if wait_ms:
            raise Refusal(Error("too_fast", "Too many frames.", retry_ms=wait_ms))
        match frame:
            case Say() | Leave():
                session.send(await self._said(visitor, frame))
            case Received() | Read():
                await self._confirm(visitor, session, frame)
            case Typing():
                self._typing(visitor, frame)
            case End():
                await self._end(visitor)
            case Ping(n=n):
                session.send(Pong(n))
            case Hello():
                raise Refusal(Error("hello_first", "There is one hello, and it is the first frame."))

    def leaves_to(self, chosen: QueueSettings) -> QueueSettings | None:
        """Where messages go that are left by visitors of this queue; None where none are taken."""
        return message_queue(self._context.queues, chosen) if self._context.webchat.offline_form else None

    async def returned(self, visitor: Visitor) -> None:
        """The visitor is connected: tell the desk if it believed them gone."""
        for conversation in self._hub.conversations.of_customer(visitor.customer_id or 0):
            self._hub.departures.back(conversation)
            if conversation.away:
                await self._ask(CustomerReturns(conversation.id))

    def gone(self, visitor: Visitor) -> None:
        """The visitor's last socket is closed."""
        for conversation in self._hub.conversations.of_customer(visitor.customer_id or 0):
            if conversation.channel == CHAT and conversation.stage is not Stage.ENDED:
                self._hub.departures.left(conversation, self._context.clock.steady_s())

    async def tell_departures(self) -> None:
        """Tell the desk of visitors who are gone for long enough."""
        async with asyncio.TaskGroup() as tasks:
            for interaction_id in self._hub.departures.due(self._context.clock.steady_s()):
                conversation = self._hub.conversations.get(interaction_id)
                if conversation is not None and not conversation.away:
                    tasks.create_task(self._tell_departure(conversation))

    async def _tell_departure(self, conversation: Conversation) -> None:
        """Somebody who came back while this was being committed is told to be back, too."""
        await self._ask(CustomerLeaves(conversation.id))
        if any(self._hub.visitors.of_customer(conversation.customer_id)):
            await self._ask(CustomerReturns(conversation.id))

    # --- saying -------------------------------------------------------------------------------------------------

    async def _said(self, visitor: Visitor, frame: Say | Leave) -> Ack | Error:
        problem = self._misfit(visitor, frame)
        if problem is not None:
            return problem
        async with visitor.lock:
            if isinstance(frame, Leave):
                return await self._leave(visitor, frame)
            files = await self._uploads.attachments(visitor.digest, frame.files)
            if files is None:
                return Error("unknown_file", "There is no such file, or it isn't yours.", frame.cid)
            return await self._say(visitor, frame, files)

    def _misfit(self, visitor: Visitor, frame: Say | Leave) -> Error | None:
        """What is wrong with it at first sight."""
        has_files = isinstance(frame, Say) and frame.files
        if not frame.text.strip() and not has_files:
            return Error("empty", "A message needs text or a file.", frame.cid)
        if isinstance(frame, Leave) and self.leaves_to(visitor.queue) is None:
            return Error("refused", "This desk takes no messages when nobody is there.", frame.cid)
        wait_ms = self._messages.take(visitor.digest, self._context.clock.steady_s())
        return Error("too_fast", "Too many messages in a minute.", frame.cid, wait_ms) if wait_ms else None

    async def _say(self, visitor: Visitor, frame: Say, files: tuple[Attachment, ...]) -> Ack | Error:
        current = self._hub.current(visitor)
        if current is not None:
            command = ReceiveMessage(current.id, frame.text, frame.cid, files)
            answer = await self._ask(command, _key(visitor, frame), again=frame.again)
            if isinstance(answer, Done) or answer.code not in MOVED_ON:
                return self._answered(frame, answer)
        return await self._begin(visitor, frame, files)

    async def _begin(self, visitor: Visitor, frame: Say, files: tuple[Attachment, ...]) -> Ack | Error:
        """The first message of a conversation. One that began it before is in the welcome, and not said again."""
        if not self._hub.online(visitor):
            return Error("offline", "Nobody is there now. Leave a message instead.", frame.cid)
        wait_ms = self._chats.take(visitor.address, self._context.clock.steady_s())
        if wait_ms:
            return Error("too_many", "Too many conversations from this address.", frame.cid, wait_ms)
        command = StartInteraction(
            channel=CHAT,
            queue=visitor.queue.id,
            customer=await self._customer(visitor, visitor.hello.name, {}),
            text=frame.text,
            client_id=frame.cid,
            language=self._language(visitor, frame),
            attributes=_attributes(visitor),
            attachments=files,
        )
        return self._answered(frame, await self._ask(command, _key(visitor, frame), again=frame.again))

    async def _leave(self, visitor: Visitor, frame: Leave) -> Ack | Error:
        """A message for later is an interaction of its own channel; how to reach its writer is unproven, so it
        is an attribute and no identity."""
        queue = self.leaves_to(visitor.queue)
        assert queue is not None, "refused at first sight"
        wait_ms = self._chats.take(visitor.address, self._context.clock.steady_s())
        if wait_ms:
            return Error("too_many", "Too many messages from this address.", frame.cid, wait_ms)
        email = {"email": frame.email.strip()} if frame.email.strip() else {}
        command = StartInteraction(
            channel=MESSAGE,
            queue=queue.id,
            customer=await self._customer(visitor, frame.name or visitor.hello.name, email),
            text=frame.text,
            client_id=frame.cid,
            language=self._language(visitor, frame),
            attributes={**_attributes(visitor), **email},
        )
        return self._answered(frame, await self._ask(command, _key(visitor, frame), again=frame.again))

    def _language(self, visitor: Visitor, frame: Say | Leave) -> str:
        """What the page says, else what the text says."""
        return visitor.hello.language or language_of(frame.text, self._context.webchat.languages)

    def _answered(self, frame: Say | Leave, answer: Done | Refused) -> Ack | Error:
        if isinstance(answer, Refused):
            code = answer.code if answer.code in BUSY else "refused"
            return Error(code, answer.message, frame.cid, RETRY_MS if code in BUSY else None)
        return Ack(frame.cid, self._message_id(answer, frame.cid))

    def _message_id(self, answer: Done, cid: str) -> int:
        """The id of the message that the answer is about; 0 where it can't be told any more (it is in the history)."""
        if answer.id != answer.interaction_id:
            return answer.id
        begun = self._context.desk.interaction(answer.interaction_id)
        return next((said.id for said in begun.recent if said.client_id == cid), 0) if begun is not None else 0

    async def _customer(self, visitor: Visitor, name: str, more: dict[str, str]) -> CustomerRef:
        """Who it is: as the store has them now, or what is known of somebody new."""
        regular = Regular()
        if visitor.customer_id is not None:
            regular = await self._context.read(find_regular, self._context.store, IDENTITY, visitor.digest)
        return CustomerRef(
            known=regular.known,
            identities=(identity(visitor.digest),),
            name=visitor_name(name),
            language=visitor.hello.language,
            attributes={**visitor.hello.attributes, **more},
            last_agent=regular.last_agent,
            last_disposition=regular.last_disposition,
            interactions=regular.interactions,
        )

    # --- the rest -----------------------------------------------------------------------------------------------

    def _typing(self, visitor: Visitor, frame: Typing) -> None:
        """Show the agent what stands in the visitor's box; too quick ones are dropped, an end never is."""
        current = self._hub.current(visitor)
        if current is None or current.stage is not Stage.ACTIVE or current.agent is None:
            return
        now_s = self._context.clock.steady_s()
        if frame.active and now_s - visitor.typed_s < TYPING_EVERY_S:
            return
        visitor.typed_s = now_s if frame.active else 0.0
        text = frame.text if frame.active else ""
        self._context.to_agent(current.agent, desk_wire.Typing(current.id, frame.active, text))

    async def _confirm(self, visitor: Visitor, session: Session, frame: Received | Read) -> None:
        """Nobody can confirm what did not go out to them."""
        delivered = min(frame.upto, session.sent)
        read = delivered if isinstance(frame, Read) else 0
        for conversation in self._hub.conversations.of_customer(visitor.customer_id or 0):
            if conversation.confirm(delivered, read):
                await self._ask(ConfirmDelivery(conversation.id, conversation.delivered, conversation.displayed))

    async def _end(self, visitor: Visitor) -> None:
        current: Conversation | None = self._hub.current(visitor)
        if current is not None and current.stage is not Stage.ENDED:
            await self._ask(CustomerEnds(current.id))

    async def _ask(self, command: AnyCommand, key: str = "", *, again: bool = False) -> Done | Refused:
        return await self._context.commands(command, ACTOR, key, again=again)


def _key(visitor: Visitor, frame: Say | Leave) -> str:
    """One key for a message, whichever command it becomes: what began a conversation is not said in it again."""
    return f"web:{visitor.digest[:32]}:{frame.cid}"


def _attributes(visitor: Visitor) -> dict[str, str]:
    attributes = dict(visitor.hello.attributes)
    if visitor.hello.page:
        attributes["page"] = visitor.hello.page
    return attributes
