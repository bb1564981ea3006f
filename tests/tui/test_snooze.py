"""Setting a conversation aside until a time, by keys."""

from __future__ import annotations

from agentdesk.core.model import State
from tests.client.fake_port import interaction_of
from tests.tui.robot import desk_robot


async def test_a_typed_time_sets_the_conversation_aside_and_a_key_takes_it_up() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("s")
        await desk.expect("Snooze Budi until", "10 minutes", "Tomorrow 9:00")
        await desk.type("45m")
        await desk.press("enter")
        await desk.until(lambda: interaction_of(desk.fake, chat).state is State.SNOOZED)
        assert interaction_of(desk.fake, chat).snoozed_until_ms == desk.fake.now + 45 * 60_000
        await desk.expect("snoozed until")
        await desk.press("r")
        await desk.expect("snoozed; take it up first")
        await desk.press("o")
        await desk.until(lambda: interaction_of(desk.fake, chat).state is State.ACTIVE)


async def test_one_of_the_usual_times_by_arrows() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("s", "down", "enter")
        await desk.until(lambda: interaction_of(desk.fake, chat).state is State.SNOOZED)
        assert interaction_of(desk.fake, chat).snoozed_until_ms == desk.fake.now + 3_600_000


async def test_it_wakes_by_itself_or_when_the_customer_writes() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        for wake in (lambda: desk.fake.advance(601), lambda: desk.fake.customer_writes("Budi", "still there?")):
            await desk.press("s", "enter")
            await desk.until(lambda: interaction_of(desk.fake, chat).state is State.SNOOZED)
            wake()
            await desk.until(lambda: interaction_of(desk.fake, chat).state is State.ACTIVE)
            await desk.expect_gone("snoozed until")


async def test_what_is_no_time_says_how_to_write_one() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("s")
        await desk.type("someday")
        await desk.expect("Write 45m, 2h, 14:00, thu 10:00")
        await desk.press("enter", "escape")
        assert interaction_of(desk.fake, chat).state is State.ACTIVE


async def test_what_is_snoozed_can_be_ended() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("s", "enter")
        await desk.until(lambda: interaction_of(desk.fake, chat).state is State.SNOOZED)
        await desk.end()
        assert interaction_of(desk.fake, chat).state is State.WRAPPING


async def test_a_reply_being_written_when_it_is_snoozed_stays() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("r")
        await desk.type("not yet")
        await desk.press("escape", "s", "enter")
        await desk.until(lambda: interaction_of(desk.fake, chat).state is State.SNOOZED)
        desk.pane.write("reply")
        await desk.press("enter")
        await desk.expect("Not sent: this conversation is snoozed")
        assert desk.pane.composer.text == "not yet"
