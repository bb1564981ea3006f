"""Customers in the simulation: each says one thing after the other and repeats it until it is acknowledged.

Between them and the server is a network that loses, doubles and reorders whatever it carries.
"""

from __future__ import annotations

from random import Random

import msgspec

from agentdesk.core import commands as c
from agentdesk.core.model import Identity
from agentdesk.store.memory import MemoryStore
from tests.sim.server import SimServer

CHANNEL = c.Actor("customer", "webchat")
MOVED_ON = ("closed", "wrong_state", "unknown", "too_late")


class Request(msgspec.Struct):
    """Something on its way to the server."""

    visitor: SimVisitor
    attempt: int
    command: c.ChannelCommand
    key: str
    again: bool


class Answered(msgspec.Struct):
    """Something on its way back."""

    visitor: SimVisitor
    attempt: int
    answer: c.Answer


class Network:
    """Carries requests and answers in any order; loses and doubles some."""

    def __init__(self, random: Random) -> None:
        self.carried: list[Request | Answered] = []
        self._random = random

    def step(self, server: SimServer, *, kindly: bool = False) -> None:
        """One thing arrives, gets lost, or arrives and will once more."""
        if not self.carried:
            return
        one = self.carried.pop(0 if kindly else self._random.randrange(len(self.carried)))
        luck = 1.0 if kindly else self._random.random()
        if luck < 0.1:
            return
        if luck < 0.2:
            self.carried.append(msgspec.structs.replace(one, again=True) if isinstance(one, Request) else one)
        if isinstance(one, Answered):
            one.visitor.hear(one, server.disk.durable_seq)
        elif server.ready:
            self._ask(one, server)

    def will_be_late(self, visitor: SimVisitor) -> None:
        """A visitor asks again: what they asked before counts as a repeat when it still arrives.

        In life it can't come later than the 50,000 first answers that the server remembers; here it can.
        """
        for one in self.carried:
            if isinstance(one, Request) and one.visitor is visitor:
                one.again = True

    def server_died(self) -> None:
        """What was on its way to it went with its sockets; answers that had left may still arrive."""
        self.carried = [one for one in self.carried if isinstance(one, Answered)]

    def _ask(self, one: Request, server: SimServer) -> None:
        def on_answer(answer: c.Answer) -> None:
            self.carried.append(Answered(one.visitor, one.attempt, answer))

        server.parts.loop.submit_nowait(one.command, CHANNEL, one.key, on_answer, again=one.again)


class SimVisitor:
    """One customer: what they say, in order, and what was acknowledged."""

    def __init__(self, name: str, network: Network, store: MemoryStore, random: Random) -> None:
        self.name = name
        self.acknowledged: list[str] = []
        self.saying = ""
        self._network = network
        self._store = store
        self._random = random
        self._said = 0
        self._interaction: int | None = None
        self._attempt = 0
        self._tried = False

    def act(self) -> None:
        """Say the next thing, or the same again; now and then leave, come back or end."""
        choose = self._random.random()
        if choose < 0.1 and self._interaction is not None:
            kind = self._random.choice((c.CustomerLeaves, c.CustomerReturns, c.CustomerEnds))
            self._network.carried.append(Request(self, -1, kind(self._interaction), "", False))
        elif choose < 0.2 and self._interaction is not None:
            last = len(self._store.messages(self._interaction, limit=1000))
            self._network.carried.append(Request(self, -1, c.ConfirmDelivery(self._interaction, last, last), "", False))
        elif self.saying:
            self.repeat()
        else:
            self._said += 1
            self.saying, self._tried = f"{self.name} {self._said}", False
            self._ask()

    def repeat(self) -> None:
        """Ask again for what has no acknowledgement yet."""
        if self.saying:
            self._tried = True
            self._network.will_be_late(self)
            self._ask()

    def hear(self, answered: Answered, durable_seq: int) -> None:
        """An answer came; one to an earlier attempt says nothing new."""
        if answered.attempt != self._attempt or not self.saying:
            return
        match answered.answer:
            case c.Done(seq=seq, interaction_id=number):
                assert seq <= durable_seq, f"{self.saying} acknowledged before its commit"
                self._interaction = number or self._interaction
                self.acknowledged.append(self.saying)
                self.saying = ""
                self._attempt += 1
            case c.Refused(code=code) if code in MOVED_ON and self._interaction is not None:
                self._interaction = None
                self._attempt += 1
                self._ask()

    def _ask(self) -> None:
        text = self.saying
        if self._interaction is not None:
            command: c.ChannelCommand = c.ReceiveMessage(self._interaction, text, text)
        else:
            known = self._store.customer_by_identity("visitor", self.name)
            who = c.CustomerRef(known, (Identity("visitor", self.name),), self.name, "en")
            queue = self._random.choice(("support", "sales"))
            command = c.StartInteraction("chat", queue, who, text, text)
        self._network.carried.append(Request(self, self._attempt, command, f"chat:{text}", self._tried))
