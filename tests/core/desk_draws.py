"""Settings of desks, queues and agents at random, mostly such that something can happen."""

from __future__ import annotations

from random import Random

from agentdesk.core.model import (
    AgentConfig,
    DeskConfig,
    Disposition,
    Overflow,
    QueueConfig,
    Ring,
    Route,
    Rule,
    Strategy,
    Then,
    When,
    WrapupMode,
)

AGENTS = ("ann", "ben", "eve", "tom", "zoe")
QUEUES = ("sales", "support", "mail")
CHANNELS = ("chat", "email", "call")
ALL_CHANNELS = (*CHANNELS, "message")
CODES = (Disposition("solved", "Solved"), Disposition("spam", "Spam"))
WORDS = ("", "", "hello", "gold", "bonjour")
SKILL_SETS = ({}, {"german": 1}, {"german": 2}, {"tech": 1, "german": 1})
RULES = (
    Rule("gold", When(words=("gold",)), Then(priority=3, prefer=("ben", "ann"))),
    Rule("french", When(words=("bonjour",)), Then("support", {"tech": 1, "german": 0}), stop=True),
    Rule("all", When(), Then(skills={"german": 1}, prefer=("tom",))),
)
MIDNIGHT_MS = 1_060_000
"""When the second day of a game begins; it begins at 1,000,000."""


class Draw:
    """Draws settings by any source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def config(self, name: str) -> AgentConfig:
        pick = self.random.choice
        return AgentConfig(
            name,
            "Somebody",
            queues=pick(((), (), (), ("sales",), ("sales", "support"), ("mail", "support"))),
            skills=pick(
                (
                    {"german": 3, "tech": 3},
                    {"german": 5, "tech": 1},
                    {"german": 2, "tech": 4},
                    {"tech": 3},
                    {"german": 1},
                    {},
                )
            ),
            capacity=pick((1, 2, 3, 5, 8, 0)),
            channel_max=pick(({}, {}, {"email": 1}, {"call": 1, "chat": 2}, {"chat": 0})),
            may_pick=self.maybe(0.5),
        )

    def queue(self, name: str) -> QueueConfig:
        pick = self.random.choice
        return QueueConfig(
            name,
            name,
            channels=pick((ALL_CHANNELS, ALL_CHANNELS, CHANNELS, ("chat", "call"))),
            priority=pick((0, 0, 1)),
            service_level_s=pick((10, 60)),
            offer_timeout_s=pick((5, 30)),
            offer_timeouts=pick(({}, {"call": 3})),
            skills=pick(SKILL_SETS),
            auto_accept=self.maybe(0.2),
            wrapup=pick(list(WrapupMode)),
            wrapup_s=pick((0, 20)),
            dispositions=pick(((), CODES)),
            strategy=pick(list(Strategy)),
            rings=self.rings(),
            pull=self.maybe(0.15),
            affinity_s=pick((0, 10, 30)),
            overflow=tuple(self.overflow() for _ in range(pick((0, 0, 1, 2)))),
            closed=self.route(),
            holiday=self.route(),
        )

    def rings(self) -> tuple[Ring, ...]:
        times = sorted(self.random.choice((0, 3, 5, 10, 20)) for _ in range(self.random.choice((0, 0, 1, 2, 3))))
        return tuple(self.ring(after_s) for after_s in times)

    def ring(self, after_s: int) -> Ring:
        pick = self.random.choice
        return Ring(
            after_s,
            skills=pick(({}, {"german": 1}, {"german": 0, "tech": 0}, {"tech": 2})),
            queues=pick(((), ("support",), ("mail", "sales"))),
            agents=pick(((), (), ("eve",), ("ann", "tom"))),
            any_agent=self.maybe(0.2),
        )

    def route(self) -> Route:
        pick = self.random.choice
        return Route(pick(("", *QUEUES, "no such")), pick(("", "", "message", "email")))

    def overflow(self) -> Overflow:
        if self.maybe(0.5):
            return Overflow(self.route(), after_s=self.random.choice((5, 15)))
        return Overflow(self.route(), longer_than=self.random.choice((0, 1, 3)))

    def desk(self) -> DeskConfig:
        pick = self.random.choice
        return DeskConfig(
            weights={"chat": pick((1, 2)), "email": pick((1, 2)), "call": pick((1, 2, 4)), "message": 1},
            missed_offers_max=pick((0, 1, 2)),
            agent_grace_s=pick((10, 40)),
            customer_grace_s=pick((10, 40)),
            priority_s=pick((0, 1, 60)),
            waiting_max=pick((4, 100, 100)),
            live_per_customer_max=pick((3, 1000, 1000)),
            refused_pause_s=pick((0, 5, 15)),
            slack_percent=pick((0, 0, 50, 100)),
            interrupts=pick(({}, {}, {"call": ("chat", "email")}, {"chat": ("email",), "call": ("chat",)})),
            silent_after_s=pick((0, 3, 8)),
            silent_weights=pick(({"chat": 0}, {"chat": 1, "email": 0, "call": 2})),
            return_s=30,
            trace=self.maybe(0.5),
            day_offset_ms=MIDNIGHT_MS,
            rules=pick(((), RULES[:1], RULES[:2], RULES)),
        )
