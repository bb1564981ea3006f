"""Why, next and pick, by keys."""

from __future__ import annotations

import pytest

from agentdesk.core.commands import DeclineOffer
from agentdesk.core.model import Role
from tests.client.fake_port import FakeDesk
from tests.tui.robot import desk_robot


async def test_why_something_waits_is_one_key_away() -> None:
    async with desk_robot(available=False) as desk:
        desk.fake.customer_writes("Budi", "halo")
        await desk.expect("1 waiting")
        await desk.press("escape", "w")
        await desk.expect("Why?", "Budi", "Me: why nothing comes")
        await desk.type("Budi")
        await desk.press("enter")
        await desk.expect("Why: interaction", "1 of 1, score", "nobody can take it", "signed out")
        await desk.press("escape")
        await desk.expect("WAITING")


async def test_why_nothing_comes_to_me_and_what_i_did_today() -> None:
    async with desk_robot(available=False) as desk:
        await desk.press("escape", "w")
        await desk.type("Me")
        await desk.press("enter")
        await desk.expect("Why: @ana", "Presence", "0 offered, 0 accepted", "nothing waits")


async def test_the_server_can_not_say() -> None:
    async with desk_robot() as desk:
        desk.fake.refuse_reads = "It hurts."
        await desk.press("escape", "w", "enter")
        await desk.expect("It hurts.")


async def test_next_takes_what_waits() -> None:
    async with desk_robot(available=False) as desk:
        desk.fake.customer_writes("Budi", "halo")
        await desk.expect("1 waiting")
        await desk.press("escape", "x")
        await desk.until(lambda: desk.desk.talk.panes, "a pane")
        assert desk.fake.desk.state.agents["ana"].ledger.next == 1


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR])
async def test_who_may_picks_from_what_waits(role: Role) -> None:
    fake = FakeDesk("ana", role=role)
    fake.connect()
    async with desk_robot(fake=fake, available=False) as desk:
        desk.fake.customer_writes("Budi", "halo")
        desk.fake.customer_writes("Citra", "hi")
        await desk.expect("2 waiting")
        await desk.press("escape", "P")
        if role is Role.AGENT:
            await desk.expect("an admin permits it")
            return
        await desk.expect("Pick what waits")
        await desk.type("Citra")
        await desk.press("enter")
        await desk.until(lambda: desk.desk.talk.panes, "a pane")
        assert desk.fake.desk.state.agents["ana"].ledger.picked == 1


async def test_the_monitor_asks_why_and_shows_the_day() -> None:
    fake = FakeDesk("sam", role=Role.SUPERVISOR, mode="monitor")
    fake.connect()
    async with desk_robot(fake=fake, mode="monitor", available=False) as desk:
        desk.fake.colleague("zoe")
        desk.fake.customer_writes("Budi", "halo")
        await desk.press("l")
        await desk.expect("1 off 0 took 0 decl 0 miss 0 next 0 pick 0 done")
        await desk.press("w")
        await desk.type("zoe")
        await desk.press("enter")
        await desk.expect("Why: @zoe", "1 offered, 0 accepted")


async def test_the_monitor_says_what_everyone_has_refused() -> None:
    fake = FakeDesk("sam", role=Role.SUPERVISOR, mode="monitor")
    fake.connect()
    async with desk_robot(fake=fake, mode="monitor", available=False) as desk:
        zoe = desk.fake.colleague("zoe")
        chat = desk.fake.customer_writes("Budi", "halo")
        offer = desk.fake.desk.state.interactions[chat].offer
        assert offer is not None
        desk.fake.do_as(zoe, DeclineOffer(offer.id))
        await desk.expect("! 1 refused by everyone")
