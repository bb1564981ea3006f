"""Seeded afternoons: whatever breaks, nothing acknowledged is lost or handled twice, and every screen agrees.

`make sim` runs many more of them, `make sim SEED=n` one again.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.serving import no_tracebacks
from tests.sim.checks import EVENTS_MAX, check
from tests.sim.world import World

STEPS = 3_000
SEEDS = 30
SEED = os.environ.get("SIM_SEED", "")
MANY = "SIM_SEED" in os.environ


def seeds() -> list[int]:
    if SEED:
        return [int(SEED)]
    if MANY:
        return [random.randrange(2**32) for _ in range(20 * SEEDS)]
    return list(range(SEEDS))


async def afternoon(seed: int) -> World:
    print(f"make sim SEED={seed}")
    world = World(seed)
    with no_tracebacks():
        try:
            await world.run(STEPS)
            await world.calm_down()
            check(world)
        finally:
            await world.close()
    return world


@pytest.mark.parametrize("seed", seeds())
async def test_everybody_agrees_in_the_end(seed: int) -> None:
    world = await afternoon(seed)
    assert world.told, "nothing happened"


async def test_a_seed_is_the_whole_afternoon() -> None:
    first, second = await afternoon(4), await afternoon(4)
    assert first.store.events(0, EVENTS_MAX) == second.store.events(0, EVENTS_MAX)
    assert first.told == second.told
