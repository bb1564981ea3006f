"""What the log proves, read from the events alone: who had been idle the longest, who could take what, and the ledgers.

For queues without rings on a desk without interrupts. An event that gives an agent work, frees them or makes them
available touches them; its number is their place in the idle order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from agentdesk.core import events as e
from agentdesk.core.events import Recorded
from agentdesk.core.model import AgentConfig, DeskConfig, QueueConfig

COUNTS = ("offered", "accepted", "declined", "missed", "next", "picked", "handled")


@dataclass
class Someone:
    """An agent, by the log."""

    config: AgentConfig
    touched: int
    presence: str = "offline"
    sessions: int = 0
    ledger: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*COUNTS, "day"), 0))

    @property
    def there(self) -> bool:
        return self.presence == "available" and self.sessions > 0


@dataclass
class Item:
    """An interaction, by the log; `light` is what it weighs while its customer is silent."""

    queue: str
    channel: str
    skills: dict[str, int]
    weight: int
    light: int | None = None
    holder: str | None = None
    offered: str | None = None
    snoozed: bool = False
    prefer: str | None = None
    refused: set[str] = field(default_factory=set)


class Proof:
    """Reads a log and checks each offer to the longest idle; `checked` counts them."""

    def __init__(self) -> None:
        self.desk = DeskConfig()
        self.queues: dict[str, QueueConfig] = {}
        self.people: dict[str, Someone] = {}
        self.items: dict[int, Item] = {}
        self.checked = 0

    def read(self, log: Iterable[Recorded]) -> None:
        records = list(log)
        for index, recorded in enumerate(records):
            event = recorded.event
            if isinstance(event, e.Offered):
                following = records[index + 1].event if index + 1 < len(records) else None
                pulled = isinstance(following, e.OfferAccepted) and following.pulled
                if not pulled:
                    self._check(event)
            reader = getattr(self, f"_{type(event).__name__}", None)
            if reader is not None:
                reader(event, recorded)

    # --- what an offer must be ------------------------------------------------------------------------------------

    def _check(self, event: e.Offered) -> None:
        item, agent = self.items[event.offer.interaction_id], event.offer.agent
        assert self._has_room(agent, item), f"{agent} had no room"
        if item.prefer == agent:
            return
        could = [name for name in self.people if self._could(name, item)]
        assert agent == min(could, key=lambda name: self.people[name].touched), (event, could)
        self.checked += len(could) > 1

    def _could(self, name: str, item: Item) -> bool:
        someone = self.people[name]
        config = someone.config
        return (
            someone.there
            and (not config.queues or item.queue in config.queues)
            and all(config.skills.get(skill, 0) >= level for skill, level in item.skills.items())
            and name not in item.refused
            and self._has_room(name, item)
        )

    def _has_room(self, name: str, item: Item) -> bool:
        config = self.people[name].config
        on_them = [one for one in self.items.values() if name in (one.holder, one.offered) and not one.snoozed]
        load = sum(one.weight if one.light is None else one.light for one in on_them)
        same = sum(one.channel == item.channel for one in on_them)
        return load + item.weight <= config.capacity and same < config.channel_max.get(item.channel, 1_000_000)

    # --- counting -------------------------------------------------------------------------------------------------

    def _touch(self, name: str | None, recorded: Recorded) -> None:
        if name is not None:
            self.people[name].touched = recorded.seq

    def _count(self, name: str, what: str, recorded: Recorded) -> None:
        ledger, day = self.people[name].ledger, (recorded.at_ms - self.desk.day_offset_ms) // 86_400_000
        if ledger["day"] != day:
            ledger.update(dict.fromkeys(COUNTS, 0), day=day)
        ledger[what] += 1

    # --- settings -------------------------------------------------------------------------------------------------

    def _DeskConfigured(self, event: e.DeskConfigured, recorded: Recorded) -> None:
        self.desk = event.desk

    def _QueueConfigured(self, event: e.QueueConfigured, recorded: Recorded) -> None:
        self.queues[event.queue.id] = event.queue

    def _AgentConfigured(self, event: e.AgentConfigured, recorded: Recorded) -> None:
        known = self.people.setdefault(event.agent.id, Someone(event.agent, recorded.seq))
        known.config = event.agent

    def _AgentRemoved(self, event: e.AgentRemoved, recorded: Recorded) -> None:
        del self.people[event.agent]

    # --- agents ---------------------------------------------------------------------------------------------------

    def _AgentConnected(self, event: e.AgentConnected, recorded: Recorded) -> None:
        self._be(event.agent, recorded, sessions=event.sessions)

    def _AgentDisconnected(self, event: e.AgentDisconnected, recorded: Recorded) -> None:
        self._be(event.agent, recorded, sessions=event.sessions)

    def _AgentLost(self, event: e.AgentLost, recorded: Recorded) -> None:
        self._be(event.agent, recorded, presence="offline")

    def _PresenceChanged(self, event: e.PresenceChanged, recorded: Recorded) -> None:
        self._be(event.agent, recorded, presence=event.presence.value)

    def _be(self, name: str, recorded: Recorded, presence: str | None = None, sessions: int | None = None) -> None:
        someone = self.people[name]
        was_there = someone.there
        someone.presence = someone.presence if presence is None else presence
        someone.sessions = someone.sessions if sessions is None else sessions
        if someone.there and not was_there:
            self._touch(name, recorded)

    # --- interactions ---------------------------------------------------------------------------------------------

    def _InteractionStarted(self, event: e.InteractionStarted, recorded: Recorded) -> None:
        self.items[event.interaction_id] = Item(event.queue, event.channel, event.skills, event.weight)

    def _Overflowed(self, event: e.Overflowed, recorded: Recorded) -> None:
        item = self.items[event.interaction_id]
        old, new = self.queues[item.queue].skills, self.queues[event.queue].skills
        changed = {
            s: item.skills.get(s, 0) for s in item.skills.keys() | old.keys() if item.skills.get(s) != old.get(s)
        }
        item.skills = {**new, **changed}
        item.queue, item.channel, item.weight, item.refused = event.queue, event.channel, event.weight, set()

    def _Queued(self, event: e.Queued, recorded: Recorded) -> None:
        self._let_go(event.interaction_id, recorded)
        item = self.items[event.interaction_id]
        item.queue, item.prefer, item.light = event.queue, event.prefer, None

    def _let_go(self, interaction_id: int, recorded: Recorded) -> None:
        item = self.items[interaction_id]
        if not item.snoozed:
            self._touch(item.holder, recorded)
        item.holder, item.snoozed = None, False

    def _SkillsSet(self, event: e.SkillsSet, recorded: Recorded) -> None:
        self.items[event.interaction_id].skills = event.skills

    def _WeightChanged(self, event: e.WeightChanged, recorded: Recorded) -> None:
        self.items[event.interaction_id].light = event.weight if event.reason == "silent" else None

    def _InteractionTransferred(self, event: e.InteractionTransferred, recorded: Recorded) -> None:
        self._let_go(event.interaction_id, recorded)
        item = self.items[event.interaction_id]
        item.skills = self.queues[event.queue].skills
        item.refused = {event.from_agent} if event.from_agent else set()

    def _Offered(self, event: e.Offered, recorded: Recorded) -> None:
        self.items[event.offer.interaction_id].offered = event.offer.agent
        self._touch(event.offer.agent, recorded)
        self._count(event.offer.agent, "offered", recorded)

    def _OfferAccepted(self, event: e.OfferAccepted, recorded: Recorded) -> None:
        item = self.items[event.interaction_id]
        item.holder, item.offered, item.prefer, item.refused = event.agent, None, None, set()
        self._count(event.agent, "accepted", recorded)
        if event.pulled:
            self._count(event.agent, event.pulled, recorded)

    def _OfferDeclined(self, event: e.OfferDeclined, recorded: Recorded) -> None:
        self._refused(event.interaction_id, event.agent, "declined", recorded)

    def _OfferMissed(self, event: e.OfferMissed, recorded: Recorded) -> None:
        self._refused(event.interaction_id, event.agent, "missed", recorded)
        if event.set_aside:
            self.items[event.interaction_id].refused.discard(event.agent)

    def _refused(self, interaction_id: int, agent: str, what: str, recorded: Recorded) -> None:
        item = self.items[interaction_id]
        item.offered = None
        item.refused.add(agent)
        self._touch(agent, recorded)
        self._count(agent, what, recorded)

    def _OfferRescinded(self, event: e.OfferRescinded, recorded: Recorded) -> None:
        self.items[event.interaction_id].offered = None
        self._touch(event.agent, recorded)

    def _EveryoneRefused(self, event: e.EveryoneRefused, recorded: Recorded) -> None:
        self.items[event.interaction_id].refused = set()

    def _InteractionSnoozed(self, event: e.InteractionSnoozed, recorded: Recorded) -> None:
        self.items[event.interaction_id].snoozed = True
        self._touch(self.items[event.interaction_id].holder, recorded)

    def _InteractionResumed(self, event: e.InteractionResumed, recorded: Recorded) -> None:
        self._wake(event.interaction_id, recorded)

    def _ConversationEnded(self, event: e.ConversationEnded, recorded: Recorded) -> None:
        self._wake(event.interaction_id, recorded)

    def _wake(self, interaction_id: int, recorded: Recorded) -> None:
        item = self.items[interaction_id]
        if item.snoozed:
            item.snoozed = False
            self._touch(item.holder, recorded)

    def _InteractionClosed(self, event: e.InteractionClosed, recorded: Recorded) -> None:
        holder = self.items.pop(event.interaction_id).holder
        if holder is not None:
            self._touch(holder, recorded)
            self._count(holder, "handled", recorded)

    def _InteractionAbandoned(self, event: e.InteractionAbandoned, recorded: Recorded) -> None:
        del self.items[event.interaction_id]
