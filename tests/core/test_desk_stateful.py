"""Any commands in any order, with time passing anywhere between: the desk must do what the oracle works out.

HYPOTHESIS_PROFILE=deep plays many more and longer games, DESK_GAMES says how many of the long ones.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.core.desk_dice import Dice
from tests.core.desk_game import DeskGame

DEEP = settings.get_current_profile_name() == "deep"

TestDeskGame = DeskGame.TestCase
TestDeskGame.settings = settings(
    max_examples=2000 if DEEP else 40, stateful_step_count=120 if DEEP else 40, deadline=None
)


# --- long games ---------------------------------------------------------------------------------------------------

STEPS = 300
GAMES = int(os.environ.get("DESK_GAMES", "1000" if DEEP else "25"))


@pytest.mark.parametrize("seed", range(GAMES))
def test_a_long_game(seed: int) -> None:
    dice = Dice(seed)
    game = DeskGame()
    game.open(dice)
    for _ in range(STEPS):
        dice.step(game)
        game.all_that_must_hold()
    game.teardown()
