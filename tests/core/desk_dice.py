"""A game played by chance alone, for as long as one likes."""

from __future__ import annotations

import random

from agentdesk.core.model import Hours, Presence
from tests.core.desk_draws import AGENTS, CHANNELS, QUEUES, SKILL_SETS, WORDS
from tests.core.desk_game import DeskGame


class Dice(random.Random):
    """Draws what the rules ask for, as a working day would: mostly what fits, seldom what does not."""

    def step(self, game: DeskGame) -> None:
        """One move of the game."""
        name, pick = self.choice(AGENTS), self.randint(0, 30)
        asker = self.choice((*AGENTS, "boss"))
        client_id = f"{self.randint(0, 40)}"
        moves = {
            lambda: game.start(
                self.choice(CHANNELS),
                self.choice(QUEUES),
                self.choice((None, None, 0, 1, 2)),
                self.randint(0, 20),
                self.choice(WORDS),
                self.choice(("", "", "ghost", *AGENTS)),
                self.choice(("", *AGENTS)),
            ): 30,
            lambda: game.accept(name, pick, self.random() < 0.9): 10,
            lambda: game.decline(name, pick, self.random() < 0.9): 5,
            lambda: game.next(asker, self.choice(("", "", "no such", *QUEUES))): 4,
            lambda: game.pick(name, pick): 2,
            lambda: game.set_priority(self.choice(("boss", "boss", "ann")), pick, self.randint(-1, 3)): 2,
            lambda: game.set_skills(asker, pick, self.choice(SKILL_SETS), self.random() < 0.7): 2,
            lambda: game.set_hours(self.choice(QUEUES), self.choice((Hours.OPEN, *Hours))): 2,
            lambda: game.configure_desk(self, self.choice(("queue", "desk", "both"))): 2,
            lambda: game.receive(pick, client_id): 8,
            lambda: game.send(asker, pick, client_id, self.randint(0, 3)): 8,
            lambda: game.end(asker, pick): 6,
            lambda: game.complete(asker, pick, self.choice(("", "solved", "solved", "made up"))): 7,
            lambda: game.hold_or_resume(asker, pick, self.random() < 0.6): 5,
            lambda: game.snooze(asker, pick, self.choice((0, 15, 50))): 4,
            lambda: game.transfer(
                asker, pick, self.choice(("", "no such", *QUEUES)), self.choice(("", "", "ghost", *AGENTS))
            ): 6,
            lambda: game.customer_does(pick, self.choice(("leave", "leave", "return", "end"))): 5,
            lambda: game.presence(name, self.choice((Presence.AVAILABLE,) * 4 + (Presence.AWAY, Presence.OFFLINE))): 7,
            lambda: game.connect_or_disconnect(name, self.random() < 0.6): 5,
            lambda: game.configure(self, name, self.random() < 0.2): 3,
            lambda: game.time_passes(self.choice((0, 1, 1, 2, 5, 10))): 12,
            lambda: game.tick(): 8,
            lambda: game.sleep_until_the_next_deadline(): 3,
            lambda: game.everybody_is_back(): 12,
            lambda: game.everybody_finishes(): 9,
            lambda: game.everybody_accepts(): 14,
            lambda: game.restart(self.random() < 0.8): 1,
        }
        self.choices(list(moves), list(moves.values()))[0]()
