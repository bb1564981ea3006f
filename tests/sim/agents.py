"""Agents in the simulation: a real client session and mirror, a connection that breaks, and whims for decisions."""

from __future__ import annotations

from random import Random

import msgspec

from agentdesk.client.mirror import Conversation, Mirror
from agentdesk.client.session import Notice, Session
from agentdesk.core import commands as c
from agentdesk.core.model import MessageKind, Presence, State
from tests.sim.server import CLOSED, Pipe, SimServer


class Told(msgspec.Struct):
    """An answer that an agent's client got."""

    agent: str
    command: c.ClientCommand
    done: c.Done


class SimAgent:
    """One agent's client, until it dies; the next one knows nothing of it."""

    def __init__(self, name: str, token: str, client: str, told: list[Told], random: Random) -> None:
        self.name = name
        self.mirror = Mirror()
        self.session = Session(token, client, self.mirror)
        self.pipe: Pipe | None = None
        self._told = told
        self._random = random
        self._words = 0
        self._client = client

    # --- the connection -----------------------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        return self.session.link.state == "live"

    def connect(self, server: SimServer, now: int) -> None:
        if self.pipe is None:
            self.pipe = server.accept()
            self._hear(self.session.opened(now))
            self._send()

    def cut(self, now: int) -> Pipe | None:
        """The connection breaks for the client; the server may notice later."""
        pipe, self.pipe = self.pipe, None
        if pipe is not None:
            self._hear(self.session.lost(now, "cut", 1.0))
        return pipe

    def read(self, now: int, durable_seq: int) -> None:
        """One frame reaches the client."""
        pipe = self.pipe
        if pipe is None or not pipe.to_client:
            return
        data = pipe.to_client.popleft()
        if data == CLOSED:
            self.cut(now)
            return
        self._hear(self.session.receive(data, now), durable_seq)
        assert not self.session.refused, self.session.closing
        if self.session.closing:
            pipe.close()
            self.cut(now)
        self._send()

    def tick(self, now: int) -> None:
        self._hear(self.session.tick(now))
        if self.session.closing and self.pipe is not None:
            pipe = self.cut(now)
            assert pipe is not None
            pipe.close()
        self._send()

    def _send(self) -> None:
        if self.pipe is not None:
            self.pipe.to_server.extend(self.session.take())

    def _hear(self, notices: list[Notice], durable_seq: int | None = None) -> None:
        for topic, detail in notices:
            if topic != "answer":
                continue
            assert isinstance(detail, tuple)
            _, command, answer = detail
            if isinstance(answer, c.Done):
                assert durable_seq is None or answer.seq <= durable_seq, f"{command} acknowledged before its commit"
                self._told.append(Told(self.name, command, answer))

    # --- what an agent does -------------------------------------------------------------------------------------

    def act(self, now: int) -> None:
        """Something that the screen offers, or that it did a moment ago; online or not."""
        command = self._decide(now)
        if command is not None:
            _, notices = self.session.submit(command, now)
            self._hear(notices)
            self._send()

    def _decide(self, now: int) -> c.ClientCommand | None:
        choose = self._random
        mirror = self.mirror
        if mirror.agent is None or mirror.agent.presence is not Presence.AVAILABLE:
            return c.SetPresence(Presence.AVAILABLE)
        if choose.random() < 0.005:
            return c.SetPresence(choose.choice((Presence.AWAY, Presence.OFFLINE)), "break")
        if mirror.offers and choose.random() < 0.7:
            offer = choose.choice(list(mirror.offers))
            return c.AcceptOffer(offer) if choose.random() < 0.85 else c.DeclineOffer(offer, "busy")
        if not mirror.conversations:
            return None
        return self._work_on(choose.choice(list(mirror.conversations.values())), now)

    def _work_on(self, conversation: Conversation, now: int) -> c.ClientCommand | None:
        choose, interaction = self._random, conversation.interaction
        number = interaction.id
        match interaction.state:
            case State.WRAPPING:
                kind = c.CompleteWrapup if choose.random() < 0.6 else c.SaveWrapup
                return kind(number, choose.choice(("solved", "refund")), ("vip",), "a note")
            case State.HELD | State.SNOOZED:
                return c.Resume(number)
            case State.ACTIVE:
                return self._talk(conversation, now)
        return None

    def _talk(self, conversation: Conversation, now: int) -> c.ClientCommand:
        choose, number = self._random, conversation.interaction.id
        self._words += 1
        seen = choose.choice((None, conversation.interaction.last_message_id))
        words = f"{self._client} {self._words}"
        rare = (
            c.Hold(number),
            c.Snooze(number, now + self.session.server_now(0) + choose.randint(1, 30) * 1000),
            c.Transfer(number, queue=choose.choice(("support", "sales")), note="please"),
            c.SetTags(number, ("vip", str(self._words))),
            c.UpdateCustomer(number, name=f"Known {self._words}"),
            c.EndInteraction(number),
            c.EndInteraction(number),
        )
        often = (
            c.SendMessage(number, words, seen=seen),
            c.SendMessage(number, words, seen=seen),
            c.SendMessage(number, words, MessageKind.NOTE),
            c.SaveDraft(number, words, version=self._words),
            c.MarkRead(number, conversation.interaction.last_message_id),
        )
        return choose.choice(rare if choose.random() < 0.1 else often)
