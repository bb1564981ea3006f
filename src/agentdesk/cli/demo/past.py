"""Gives known customers a history before the demo's server starts: real commands to the real core, at earlier times."""

from __future__ import annotations

import secrets
from random import Random

import msgspec

from agentdesk.channels.webchat.shown import identity, token_hash
from agentdesk.cli.demo.people import ANSWERS, PEOPLE, Person, topic_for
from agentdesk.config.server import ServerSettings
from agentdesk.core import commands as c
from agentdesk.core.desk import Desk
from agentdesk.core.events import Recorded
from agentdesk.core.model import AgentConfig, Customer, Presence, Role
from agentdesk.server.desk_settings import desk_config, queue_configs
from agentdesk.store.base import Batch, Store

DAY_MS = 86_400_000
DAYS_BACK = 60
VISITS = (2, 4)
COLLEAGUE = AgentConfig("rina", "Rina")
SYSTEM = c.Actor("system", "demo", Role.ADMIN)
CHANNEL = c.Actor("customer", "webchat")
AGENT = c.Actor("agent", COLLEAGUE.id, Role.AGENT, COLLEAGUE.name)
WRAPUPS = (
    ("solved", "", ()),
    ("refund/late", "Voucher promised.", ("voucher",)),
    ("question", "", ()),
    ("callback", "Wants a call on Thursday.", ("callback",)),
)


def write_past(store: Store, settings: ServerSettings, now_ms: int, random: Random) -> dict[str, str]:
    """Let the known customers have been here before; the tokens that their browsers keep, by name."""
    past = _Past(store, random)
    begun_ms = now_ms - (DAYS_BACK + 1) * DAY_MS
    past.ask(c.ConfigureDesk(desk_config(settings, begun_ms), queue_configs(settings)), begun_ms)
    past.ask(c.ConfigureAgent(COLLEAGUE), past.now)
    past.ask(c.SessionOpened(COLLEAGUE.id), past.now)
    past.ask(c.SetPresence(Presence.AVAILABLE), past.now, AGENT)
    known = [person for person in PEOPLE if person.known]
    tokens = {person.name: secrets.token_urlsafe(32) for person in known}
    visits = [person for person in known for _ in range(random.randint(*VISITS))]
    starts = sorted(now_ms - random.randint(DAY_MS, DAYS_BACK * DAY_MS) for _ in visits)
    random.shuffle(visits)
    for start_ms, person in zip(starts, visits, strict=True):
        past.visit(person, tokens[person.name], start_ms)
    past.ask(c.SetPresence(Presence.OFFLINE), past.now, AGENT)
    past.ask(c.SessionClosed(COLLEAGUE.id), past.now)
    past.commit()
    return tokens


class _Past:
    """A desk whose clock is ours."""

    def __init__(self, store: Store, random: Random) -> None:
        self.now = 0
        self._store = store
        self._desk = Desk(store.load())
        self._random = random
        self._events: list[Recorded] = []
        self._known: dict[str, Customer] = {}

    def ask(self, command: c.AnyCommand, at_ms: int, actor: c.Actor = SYSTEM) -> c.Done:
        """Have something done at that time; it can't be refused."""
        self.now = max(at_ms, self.now)
        decision = self._desk.handle(command, self.now, actor)
        assert isinstance(decision.answer, c.Done), decision.answer
        self._events += decision.events
        return decision.answer

    def commit(self) -> None:
        """Keep it all."""
        state = self._desk.state
        changes = self._desk.take_changes()
        self._store.commit([Batch(self._events, changes, [], msgspec.structs.replace(state.counters))])

    def visit(self, person: Person, token: str, start_ms: int) -> None:
        """One chat, from the first word to the end of wrap-up."""
        topic = topic_for(person, self._random)
        who = identity(token_hash(token))
        ref = c.CustomerRef(self._known.get(who.value), (who,), person.name, person.language, person.attributes)
        start = c.StartInteraction(
            "chat", topic.queue, ref, topic.lines[0], secrets.token_urlsafe(9), language=person.language
        )
        chat = self.ask(start, start_ms, CHANNEL).interaction_id
        self._known[who.value] = self._desk.state.customers[self._desk.state.interactions[chat].customer_id]
        self._talk(chat, topic.lines[1:], ANSWERS[person.language])
        self._end(chat)

    def _talk(self, chat: int, lines: tuple[str, ...], answers: tuple[str, ...]) -> None:
        offer = self._desk.state.interactions[chat].offer
        assert offer is not None, "the colleague is free"
        self.ask(c.AcceptOffer(offer.id), self._later(5, 20), AGENT)
        for answer, line in zip(answers, (*lines, ""), strict=False):
            self.ask(c.SendMessage(chat, answer, client_id=secrets.token_urlsafe(9)), self._later(10, 60), AGENT)
            if line:
                self.ask(c.ReceiveMessage(chat, line, secrets.token_urlsafe(9)), self._later(10, 90), CHANNEL)

    def _end(self, chat: int) -> None:
        code, note, tags = self._random.choice(WRAPUPS)
        self.ask(c.EndInteraction(chat), self._later(5, 30), AGENT)
        self.ask(c.CompleteWrapup(chat, code, tags, note), self._later(5, 60), AGENT)

    def _later(self, low_s: int, high_s: int) -> int:
        return self.now + self._random.randint(low_s * 1000, high_s * 1000)
