"""A desk in memory behind the screen's port: the real core, store twin, session and mirror, without sockets or time.

    desk = FakeDesk("ana")                    # not connected yet; `run` (or `connect`) does that
    desk.connect()
    desk.available()
    chat = desk.customer_writes("Budi", "halo")      # offered to ana at once
    desk.accept(chat)
    desk.customer_writes("Budi", "ada orang?")
    desk.go_offline(); desk.come_back()
    desk.hold()        # the server answers nothing until `release`
    desk.advance(31)   # seconds: offers run out, wrap-up timers end …

Everything happens inside the call: when it returns, the mirror and the listeners have it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from agentdesk.client import echo
from agentdesk.client.mirror import Mirror
from agentdesk.client.port import Canned, Hit, LinkState, Listener, Settings, TimelineEntry
from agentdesk.client.session import Notice, Session
from agentdesk.client.why import WhyAnswer
from agentdesk.core import commands as c
from agentdesk.core.desk import Desk
from agentdesk.core.events import Offered, Recorded
from agentdesk.core.mail import Delivery, MailHead
from agentdesk.core.model import (
    EMAIL,
    AgentConfig,
    Customer,
    DeskConfig,
    Disposition,
    Identity,
    Interaction,
    Message,
    Presence,
    QueueConfig,
    Role,
    WrapupMode,
)
from agentdesk.core.routing import explain
from agentdesk.errors import Failed
from agentdesk.protocol import messages as wire
from agentdesk.protocol.codec import decode_client, encode
from agentdesk.store.base import Batch, Repeat
from agentdesk.store.memory import MemoryStore

NEWEST = 2**62
START_MS = 1_750_000_000_000
SYSTEM = c.Actor("system", "test", Role.ADMIN)
CHANNEL = c.Actor("customer", "webchat")
DISPOSITIONS = (
    Disposition("solved", "Solved", "s"),
    Disposition("refund/late", "Refund: came late", "l"),
    Disposition("question", "Question answered", "q"),
)
QUEUES = (
    QueueConfig("support", "Support", channels=("chat", EMAIL), dispositions=DISPOSITIONS),
    QueueConfig("sales", "Sales", wrapup=WrapupMode.REQUIRED, wrapup_s=60, dispositions=DISPOSITIONS),
)
CANNED = (
    Canned("hi", "Greeting", "Hello {{customer.name}}, this is {{agent.name}}."),
    Canned("bye", "Goodbye", "Thank you, {{customer.name}}!"),
)


class FakeDesk:
    """One signed-in agent (or supervisor) and everybody else, played by the test."""

    def __init__(
        self,
        user: str = "ana",
        *,
        role: Role = Role.AGENT,
        mode: str = "desk",
        queues: tuple[QueueConfig, ...] = QUEUES,
        desk: DeskConfig | None = None,
        canned: tuple[Canned, ...] = CANNED,
        capacity: int = 6,
    ) -> None:
        self.now = START_MS
        self.user = user
        self.store = MemoryStore()
        self.desk = Desk(self.store.load())
        self.mirror = Mirror()
        self.session = Session("token", "fake", self.mirror, mode=mode)
        self.refuse_reads = ""
        """Not empty: every REST call fails with this."""
        self.typed: list[tuple[int, bool]] = []
        """What the agent's client said about typing."""
        self._role = role
        self._mode = mode
        self._canned = canned
        self._away_reasons: tuple[str, ...] = ("break", "lunch", "meeting")
        self._listeners: list[Listener] = []
        self._connected = False
        self._subscribed = False
        self._held: list[wire.ServerFrame] | None = None
        self._live: dict[str, int] = {}
        self.system(c.ConfigureDesk(desk or DeskConfig(), queues))
        self.colleague(user, capacity=capacity, role=role, available=False)

    # --- the port -----------------------------------------------------------------------------------------------

    @property
    def link(self) -> LinkState:
        return self.session.link

    def listen(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def now_ms(self) -> int:
        return self.now

    def submit(self, command: c.ClientCommand) -> str:
        key, notices = self.session.submit(command, self.now)
        self._tell(notices)
        self._pump()
        return key

    def forget(self, key: str) -> None:
        echo.forget(self.mirror, key)

    def typing(self, interaction_id: int, active: bool) -> None:
        self.session.typing(interaction_id, active)
        self._pump()

    async def run(self) -> None:
        if not self._connected:
            self.connect()
        await asyncio.Event().wait()

    async def settings(self) -> Settings:
        self._may_read()
        return Settings(self._canned, DISPOSITIONS, self._away_reasons, "http://desk.test")

    async def customer(self, customer_id: int) -> Customer:
        self._may_read()
        customer = self.store.customer(customer_id)
        if customer is None:
            raise Failed("There is no such customer.")
        return customer

    async def timeline(self, customer_id: int, before: int | None = None) -> tuple[TimelineEntry, ...]:
        self._may_read()
        items = self.store.timeline(customer_id, before=before)
        return tuple(msgspec.convert(item, TimelineEntry, from_attributes=True) for item in items)

    async def messages(self, interaction_id: int, before: int | None = None) -> tuple[Message, ...]:
        self._may_read()
        return tuple(self.store.messages(interaction_id, before=before or NEWEST))

    async def search(self, query: str, customer_id: int | None = None, before: int | None = None) -> tuple[Hit, ...]:
        self._may_read()
        found = self.store.search(query, customer_id=customer_id, before=before)
        return tuple(msgspec.convert(one, Hit, from_attributes=True) for one in found)

    async def file(self, file_id: str) -> bytes:
        self._may_read()
        blob = self.store.file(file_id)
        if blob is None:
            raise Failed("There is no such file.")
        return blob.data

    async def why(self, interaction_id: int) -> WhyAnswer:
        self._may_read()
        return WhyAnswer(interaction_id, self.now, explain.why_interaction(self.desk.state, interaction_id, self.now))

    async def why_agent(self, agent: str) -> explain.WhyAgent:
        self._may_read()
        found = explain.why_agent(self.desk.state, agent, self.now)
        if found is None:
            raise Failed("There is no such agent.")
        return found

    async def do(self, command: c.ClientCommand, timeout_s: float = 10.0) -> c.Answer:
        answers: dict[str, c.Answer] = {}
        changed = asyncio.Event()

        def heard(topic: str, detail: object) -> None:
            if topic == "answer" and isinstance(detail, tuple):
                answers[detail[0]] = detail[2]
                changed.set()

        stop = self.listen(heard)
        try:
            key = self.submit(command)
            async with asyncio.timeout(timeout_s):
                while key not in answers:
                    changed.clear()
                    await changed.wait()
            return answers[key]
        finally:
            stop()

    # --- the agent ----------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Sign in."""
        self._connected = True
        self._tell(self.session.opened(self.now))
        self._pump()

    def go_offline(self, why: str = "the network is gone") -> None:
        """The connection breaks."""
        self._connected, self._subscribed, self._held = False, False, None
        self._tell(self.session.lost(self.now, why, 1.0))
        self.system(c.SessionClosed(self.user))

    def come_back(self) -> None:
        """The connection is there again: the session resumes."""
        self.connect()

    def sign_out(self, reason: str = "signed_out") -> None:
        """The server ends the session: the token is revoked or has expired."""
        self._send(wire.Bye(reason, "This sign-in is no longer valid."))
        self.go_offline()

    def sign_in_again(self) -> None:
        """A new token is there; the session goes on when it connects."""
        self._tell(self.session.renew("another token"))

    def hold(self) -> None:
        """From now on nothing reaches the client, as with a slow network."""
        if self._held is None:
            self._held = []

    def release(self) -> None:
        """Let everything held arrive, in order."""
        held, self._held = self._held or [], None
        for frame in held:
            self._send(frame)
        self._pump()

    def available(self) -> None:
        """The agent says available."""
        self.submit(c.SetPresence(Presence.AVAILABLE))

    def accept(self, interaction_id: int) -> None:
        """The agent takes the offer of this interaction."""
        offer = next(offer for offer in self.mirror.offers.values() if offer.interaction_id == interaction_id)
        self.submit(c.AcceptOffer(offer.id))

    def chat(self, customer: str, *texts: str, queue: str = "support") -> int:
        """A conversation that the agent has accepted, with these lines of the customer's; its id."""
        if self.mirror.agent is None or self.mirror.agent.presence is not Presence.AVAILABLE:
            self.available()
        interaction_id = 0
        for text in texts or ("hello",):
            interaction_id = self.customer_writes(customer, text, queue=queue)
        self.accept(interaction_id)
        return interaction_id

    # --- customers ----------------------------------------------------------------------------------------------

    def customer_writes(self, name: str, text: str, *, queue: str = "support", language: str = "en") -> int:
        """A customer says something, in their live conversation or in a new one; its id."""
        if (live := self._live_of(name)) is not None:
            self.channel(c.ReceiveMessage(live, text, f"m{self.desk.state.counters.message + 1}"))
            return live
        ref = c.CustomerRef(self.known(name), (Identity("visitor", name),), name, language)
        started = self.channel(c.StartInteraction("chat", queue, ref, text, language=language))
        assert isinstance(started, c.Done), started
        self._live[name] = started.interaction_id
        return started.interaction_id

    def customer_mails(self, name: str, text: str, head: MailHead, *, queue: str = "support") -> int:
        """A customer writes a mail to help@desk.test, in their live conversation or in a new one; its id."""
        if (live := self._live_of(name)) is not None:
            self.channel(c.ReceiveMessage(live, text, f"m{self.desk.state.counters.message + 1}", (), head))
            return live
        address = head.sender.rpartition("<")[2].rstrip(">")
        ref = c.CustomerRef(self.known(name), (Identity("visitor", name), Identity(EMAIL, address)), name)
        attributes = {"mailbox": "help", "address": "help@desk.test"}
        started = self.channel(
            c.StartInteraction(EMAIL, queue, ref, text, subject=head.subject, attributes=attributes, mail=head)
        )
        assert isinstance(started, c.Done), started
        self._live[name] = started.interaction_id
        return started.interaction_id

    def relay(self, interaction_id: int, state: Delivery, words: str = "", due_ms: int = 0) -> None:
        """What became of the newest mail of ours."""
        message_id = self.desk.state.interactions[interaction_id].sends[-1].message_id
        self.channel(c.NoteDelivery(interaction_id, message_id, state, words, due_ms))

    def customer_types(self, name: str, active: bool = True, text: str = "") -> None:
        """A customer types, or stops; `text` is what stands in their box."""
        live = self._live_of(name)
        assert live is not None
        self._send(wire.Typing(live, active, text))

    def customer_reads(self, name: str) -> None:
        """A customer's page has received and shown everything."""
        live = self._live_of(name)
        assert live is not None
        last = self.desk.state.interactions[live].last_message_id
        self.channel(c.ConfirmDelivery(live, last, last))

    def customer_leaves(self, name: str) -> None:
        """A customer closes the page."""
        self.channel(c.CustomerLeaves(self._live[name]))

    def customer_returns(self, name: str) -> None:
        """A customer opens the page again."""
        self.channel(c.CustomerReturns(self._live[name]))

    def customer_ends(self, name: str) -> None:
        """A customer ends the conversation."""
        self.channel(c.CustomerEnds(self._live[name]))

    def known(self, name: str) -> Customer | None:
        """What the desk knows of a customer."""
        return self.store.customer_by_identity("visitor", name)

    # --- others -------------------------------------------------------------------------------------------------

    def colleague(
        self, agent: str, *, capacity: int = 6, role: Role = Role.AGENT, available: bool = True, name: str = ""
    ) -> c.Actor:
        """Another agent, signed in and available unless said otherwise; the actor to give their commands with."""
        self.system(c.ConfigureAgent(AgentConfig(agent, name or agent.title(), role, capacity=capacity)))
        actor = c.Actor("agent", agent, role, name or agent.title())
        if available:
            self.system(c.SessionOpened(agent))
            self.do_as(actor, c.SetPresence(Presence.AVAILABLE))
        return actor

    def advance(self, seconds: float) -> None:
        """Time goes by."""
        until = self.now + int(seconds * 1000)
        while (due := self.desk.next_deadline()) is not None and due <= until:
            self.now = max(due, self.now)
            self._commit(self.desk.tick(self.now).events)
        self.now = until
        self._tell(self.session.tick(self.now))
        self._pump()

    def system(self, command: c.ServerCommand) -> c.Answer:
        """What the server itself asks of the desk."""
        return self.do_as(SYSTEM, command)

    def channel(self, command: c.ChannelCommand) -> c.Answer:
        """What a channel asks on a customer's behalf."""
        answer = self.do_as(CHANNEL, command)
        assert isinstance(answer, c.Done), answer
        return answer

    def do_as(self, actor: c.Actor, command: c.AnyCommand, key: str = "") -> c.Answer:
        """Anything, by anybody; committed, and published where it belongs."""
        decision = self.desk.handle(command, self.now, actor)
        self._commit(decision.events, [Repeat(key, decision.answer)] if key else [])
        return decision.answer

    # --- the server's part --------------------------------------------------------------------------------------

    def _commit(self, events: list[Recorded], repeats: list[Repeat] | None = None) -> None:
        counters = msgspec.structs.replace(self.desk.state.counters)
        self.store.commit([Batch(events, self.desk.take_changes(), repeats or [], counters)])
        for recorded in events:
            if recorded.agent == self.user and self._mode == "desk" and self._subscribed:
                self._send(self._event(recorded))
        self._send_figures()

    def _event(self, recorded: Recorded) -> wire.EventFrame:
        about = None
        if isinstance(recorded.event, Offered):
            about = self._describe(recorded.event.offer.interaction_id)
        return wire.EventFrame(recorded.seq, recorded.at_ms, recorded.event, about)

    def _describe(self, interaction_id: int) -> wire.HeldInteraction | None:
        interaction = self.desk.state.interactions.get(interaction_id) or self.store.interaction(interaction_id)
        if interaction is None:
            return None
        messages = tuple(self.store.messages(interaction_id, before=NEWEST, limit=50))
        return wire.HeldInteraction(interaction, messages, self.store.customer(interaction.customer_id))

    def _send_figures(self) -> None:
        queues, agents = self.desk.take_dirty_queues(), self.desk.take_dirty_agents()
        if queues and self._subscribed:
            known = self.desk.state.queues
            self._send(wire.QueueFrame(tuple(self.desk.queue_stats(queue) for queue in sorted(queues & set(known)))))
        if agents and self._subscribed and self._role is not Role.AGENT:
            stats = [self.desk.agent_stats(agent) for agent in sorted(agents)]
            gone = tuple(agent for agent in sorted(agents) if agent not in self.desk.state.agents)
            self._send(wire.AgentsFrame(tuple(one for one in stats if one is not None), gone))

    def change_settings(self, canned: tuple[Canned, ...], away_reasons: tuple[str, ...]) -> None:
        """An admin changes what desks fetch once."""
        self._canned, self._away_reasons = canned, away_reasons
        self._send(wire.SettingsChanged())

    def _send(self, frame: wire.ServerFrame) -> None:
        if self._held is not None:
            self._held.append(frame)
        elif self._connected:
            self._tell(self.session.receive(encode(frame), self.now))

    def _pump(self) -> None:
        """Let the server answer what the client said, until both are quiet."""
        while self._connected and self._held is None:
            frames = self.session.take()
            if not frames:
                return
            for data in frames:
                self._answer(decode_client(data))

    def _answer(self, frame: wire.ClientFrame) -> None:
        match frame:
            case wire.Hello():
                self._hello(frame)
            case wire.Do():
                first = self.store.repeat(frame.key)
                actor = c.Actor("agent", self.user, self._role, self.user.title())
                self._send(wire.Reply(frame.key, first or self.do_as(actor, frame.command, frame.key)))
            case wire.Typing():
                self.typed.append((frame.interaction_id, frame.active))
            case wire.Ping():
                self._send(wire.Pong(frame.n))

    def _hello(self, hello: wire.Hello) -> None:
        if self._mode == "desk":
            self.system(c.SessionOpened(self.user))
        self._subscribed = True
        seq, resume = self.desk.state.counters.seq, "events" if hello.last_seq else "snapshot"
        name, role = self.user.title(), str(self._role)
        self._send(wire.Welcome(wire.PROTOCOL_VERSION, self.user, name, role, seq, "e1", resume, self.now, 20))
        if hello.last_seq:
            for recorded in self.store.events(hello.last_seq, 10_000, self.user):
                self._send(self._event(recorded))
        else:
            self._send(self._snapshot(seq))
        self._send(wire.Live(seq))
        self._send(wire.QueueFrame(tuple(self.desk.queue_stats(queue) for queue in self.desk.state.queues)))
        if self._role is not Role.AGENT:
            stats = [self.desk.agent_stats(agent) for agent in self.desk.state.agents]
            self._send(wire.AgentsFrame(tuple(one for one in stats if one is not None)))

    def _snapshot(self, seq: int) -> wire.Snapshot:
        state = self.desk.state
        agent = state.agents[self.user]
        held = [self._describe(one.id) for one in state.working_on(agent)] if self._mode == "desk" else []
        return wire.Snapshot(
            seq,
            agent,
            tuple(one for one in held if one is not None),
            tuple(state.queues.values()),
            ("break", "lunch", "meeting"),
        )

    def _tell(self, notices: list[Notice]) -> None:
        for topic, detail in notices:
            for listener in tuple(self._listeners):
                listener(topic, detail)

    def _live_of(self, name: str) -> int | None:
        interaction = self.desk.state.interactions.get(self._live.get(name, 0))
        return None if interaction is None else interaction.id

    def _may_read(self) -> None:
        if self.refuse_reads:
            raise Failed(self.refuse_reads)


def interaction_of(desk: FakeDesk, interaction_id: int) -> Interaction | None:
    """An interaction as the desk has it now, live or closed."""
    return desk.desk.state.interactions.get(interaction_id) or desk.store.interaction(interaction_id)
