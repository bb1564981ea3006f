"""Agents' and supervisors' sessions: ties the protocol's session, its hub, the publisher and the desk together."""

from __future__ import annotations

import asyncio
import logging
from typing import assert_never

from starlette.websockets import WebSocket

from agentdesk.core.commands import Answer, Refused, SessionClosed, SessionOpened
from agentdesk.core.model import Role
from agentdesk.errors import DeskError
from agentdesk.protocol import session as wire_session
from agentdesk.protocol.codec import encode
from agentdesk.protocol.messages import PROTOCOL_VERSION, Bye, ErrorFrame, Hello, Reply, ServerFrame, Typing, Welcome
from agentdesk.protocol.session import CLOSE_NORMAL, CLOSE_REFUSED, CLOSE_RESTART, ServerSession
from agentdesk.server.auth import Principal
from agentdesk.server.catchup import CatchUp
from agentdesk.server.hub import EXTENSION, HubProtocol, text_frame
from agentdesk.server.parts import SYSTEM, Parts
from agentdesk.server.publish import KEEPALIVE_S
from agentdesk.server.subscriber import Subscriber

SESSIONS_PER_USER_MAX = 8
"""One person's screens and scripts; the oldest gives way."""

logger = logging.getLogger("agentdesk.session")


async def agents_endpoint(websocket: WebSocket, parts: Parts) -> None:
    """One connection of an agent or a supervisor, until it ends."""
    hub = websocket.scope["extensions"][EXTENSION]
    if not parts.sessions.has_room():
        await websocket.close(1013)
        return
    await websocket.accept()
    session = AgentSession(parts, hub)
    parts.sessions.add(session)
    hub.take_over(session)
    await hub.ended.wait()


class Sessions:
    """Every open connection of agents and supervisors, at most so many."""

    def __init__(self, sessions_max: int) -> None:
        self._max = sessions_max
        self._all: dict[AgentSession, None] = {}
        self._by_user: dict[str, list[AgentSession]] = {}

    def __len__(self) -> int:
        return len(self._all)

    def has_room(self) -> bool:
        """Whether one more may connect."""
        return len(self._all) < self._max

    def add(self, session: AgentSession) -> None:
        """A connection is there."""
        self._all[session] = None

    def remove(self, session: AgentSession) -> None:
        """A connection is gone."""
        self._all.pop(session, None)
        mine = self._by_user.get(session.user, [])
        if session in mine:
            mine.remove(session)
            if not mine:
                del self._by_user[session.user]

    def opened(self, session: AgentSession) -> None:
        """Its user is known now."""
        self._by_user.setdefault(session.user, []).append(session)

    def of_user(self, user: str) -> list[AgentSession]:
        """One user's sessions that were accepted, oldest first."""
        return list(self._by_user.get(user, ()))

    def check(self) -> None:
        """End the sessions of those whose token or account was taken away; others go on with their role of now."""
        for session in list(self._all):
            session.check()


class AgentSession:
    """One connection. Everything here runs on the loop's thread; what takes time is a task of the desk's loop."""

    def __init__(self, parts: Parts, hub: HubProtocol) -> None:
        settings = parts.settings.limits
        self._parts = parts
        self._hub = hub
        self._wire = ServerSession(parts.clock.steady_s(), settings.commands_per_s)
        self._principal: Principal | None = None
        self._subscriber: Subscriber | None = None
        self._counted = False
        loop = asyncio.get_running_loop()
        self._hello_timer = loop.call_later(wire_session.HELLO_TIMEOUT_S + 0.1, self._late)
        self._resume_timer: asyncio.TimerHandle | None = None

    # --- the hub's side -----------------------------------------------------------------------------------------

    def frame_received(self, data: bytes) -> None:
        """Do what the protocol says about one frame."""
        self._do(self._wire.receive(data, self._parts.clock.steady_s()))

    def pace_changed(self) -> None:
        """The client reads more slowly than is written, or caught up."""
        if self._subscriber is not None:
            self._subscriber.pace_changed()

    def connection_closed(self) -> None:
        """Give everything back."""
        self._wire.over()
        self._hello_timer.cancel()
        if self._resume_timer is not None:
            self._resume_timer.cancel()
        self._parts.sessions.remove(self)
        if self._subscriber is not None:
            self._subscriber.end()
            self._parts.publisher.remove(self._subscriber)
        self._discount()

    def _discount(self) -> None:
        """The desk counts this session no longer."""
        if self._counted and self._principal is not None:
            self._counted = False
            self._parts.loop.submit_nowait(SessionClosed(self._principal.user.id), SYSTEM)

    def server_stops(self) -> None:
        """Tell the client that it may come back soon; the close frame follows."""
        self._send(Bye("restart", "The server restarts."))

    # --- actions ------------------------------------------------------------------------------------------------

    def _late(self) -> None:
        self._do(self._wire.late(self._parts.clock.steady_s()))

    def _do(self, actions: list[wire_session.Action]) -> None:
        for action in actions:
            match action:
                case wire_session.Execute():
                    self._execute(action)
                case wire_session.Send():
                    self._send(action.frame)
                case wire_session.Relay():
                    self._relay(action.typing)
                case wire_session.SignIn():
                    self._hello_timer.cancel()
                    self._parts.loop.spawn(self._sign_in(action.hello), "sign in")
                case wire_session.Wait():
                    self._wait(action.seconds)
                case wire_session.End():
                    self._end(action.frame, action.code)
                case _:
                    assert_never(action)

    def _execute(self, action: wire_session.Execute) -> None:
        assert self._principal is not None
        key = action.key

        def reply(answer: Answer) -> None:
            if not self._wire.is_over and self._subscriber is not None:
                self._subscriber.write(text_frame(encode(Reply(key, answer))))

        actor = self._principal.actor
        self._parts.loop.submit_nowait(action.command, actor, f"{actor.id}:{key}", reply, again=action.again)

    def _relay(self, typing: Typing) -> None:
        assert self._principal is not None
        interaction = self._parts.loop.view.interaction(typing.interaction_id)
        if interaction is not None and interaction.agent == self._principal.user.id:
            self._parts.tell_typing(interaction.id, typing.active)

    def _wait(self, seconds: float) -> None:
        self._hub.pause()
        if self._resume_timer is not None:
            self._resume_timer.cancel()
        self._resume_timer = asyncio.get_running_loop().call_later(seconds, self._hub.resume)

    def _send(self, frame: ServerFrame) -> None:
        if self._subscriber is not None:
            self._subscriber.send(frame)
        else:
            self._hub.write(text_frame(encode(frame)))

    def _end(self, frame: ServerFrame | None, code: int) -> None:
        self._wire.over()
        if frame is not None:
            self._hub.write(text_frame(encode(frame)))
        self._hub.finish(code)

    # --- opening ------------------------------------------------------------------------------------------------

    async def _sign_in(self, hello: Hello) -> None:
        """Check the token, become known to the desk, then catch up."""
        try:
            principal = await self._parts.access.principal(hello.token)
            if self._wire.is_over:
                return
            refusal = _refusal(principal, hello.mode)
            if refusal is not None or principal is None:
                self._end(refusal, CLOSE_REFUSED)
                return
            self._principal = principal
            await self._open(hello, principal)
        except DeskError as problem:
            logger.warning("a session could not be opened: %s", problem)
            self._end(Bye("restart", problem.message), CLOSE_RESTART)

    async def _open(self, hello: Hello, principal: Principal) -> None:
        parts = self._parts
        is_desk = hello.mode == "desk"
        if is_desk:
            await parts.accounts.configure(principal.user)
            self._make_room(principal.user.id, hello.client)
            answer = await parts.loop.submit(SessionOpened(principal.user.id), SYSTEM)
            if isinstance(answer, Refused):
                self._end(Bye("restart", answer.message), CLOSE_RESTART)
                return
            self._counted = True
        if self._wire.is_over:
            self._discount()
            return
        subscriber = Subscriber(
            self._hub,
            agent=principal.user.id if is_desk else "",
            client=hello.client,
            queues=parts.audience(principal),
            sees_agents=principal.may(Role.SUPERVISOR),
            outbox_bytes=parts.settings.limits.outbox_bytes,
        )
        self._subscriber = subscriber
        self._parts.sessions.opened(self)
        self._wire.opened()
        await CatchUp(parts, subscriber).begin(hello, lambda resume: self._welcome(principal, resume))

    def _welcome(self, principal: Principal, resume: str) -> Welcome:
        loop, clock = self._parts.loop, self._parts.clock
        return Welcome(
            version=PROTOCOL_VERSION,
            user=principal.user.id,
            name=principal.user.name,
            role=principal.role,
            seq=loop.committed_seq,
            epoch=self._parts.epoch,
            resume=resume,
            now_ms=clock.now_ms(),
            keepalive_s=KEEPALIVE_S,
        )

    def _make_room(self, user: str, client: str) -> None:
        """A client that comes back takes the place of its own lost connection; too many screens, the oldest's."""
        others = self._parts.sessions.of_user(user)
        screens = [one for one in others if one.client != client]
        for session in others:
            if session.client == client:
                session.replace()
        for session in screens[: max(0, len(screens) - SESSIONS_PER_USER_MAX + 1)]:
            session.give_way()

    # --- ending -------------------------------------------------------------------------------------------------

    @property
    def user(self) -> str:
        """The user's id; '' before hello was accepted."""
        return self._principal.user.id if self._principal is not None else ""

    @property
    def client(self) -> str:
        """The client's own id; '' before hello was accepted."""
        return self._subscriber.client if self._subscriber is not None else ""

    def replace(self) -> None:
        """Another connection of the same client takes this one's place."""
        self._end(Bye("replaced", "Another connection of this client took this one's place."), CLOSE_NORMAL)

    def give_way(self) -> None:
        """The user has opened more screens than they may; this is their oldest."""
        self._end(Bye("too_many", f"You have opened more than {SESSIONS_PER_USER_MAX} screens."), CLOSE_NORMAL)

    def check(self) -> None:
        """Go on with the role of now, or end when the token or the account was taken away."""
        if self._principal is None or self._wire.is_over:
            return
        principal = self._parts.access.current(self._principal.token)
        if principal is None:
            self._end(Bye("signed_out", "This sign-in is no longer valid."), CLOSE_REFUSED)
        elif principal is not self._principal and self._subscriber is not None:
            self._principal = principal
            self._parts.publisher.see(
                self._subscriber, self._parts.audience(principal), sees_agents=principal.may(Role.SUPERVISOR)
            )
            if self._subscriber.live:
                self._parts.publisher.welcome(self._subscriber)


def _refusal(principal: Principal | None, mode: str) -> ErrorFrame | None:
    if principal is None:
        return ErrorFrame("bad_token", "The token is unknown, expired or revoked. Sign in again.")
    if mode not in ("desk", "monitor"):
        return ErrorFrame("bad_frame", "mode is desk or monitor.")
    if mode == "monitor" and not principal.may(Role.SUPERVISOR):
        return ErrorFrame("not_permitted", "The monitor is for supervisors.")
    return None
