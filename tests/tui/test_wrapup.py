"""Wrap-up in the pane: one key or a typed prefix, kept as it is typed, done, survived."""

from __future__ import annotations

from textual import events

from agentdesk.core.model import State
from agentdesk.tui.dispositions import Choice, by_key, matching
from agentdesk.tui.widgets.wrapup import Dispositions
from tests.client.fake_port import FakeDesk, interaction_of
from tests.tui.robot import Robot, desk_robot

CHOICES = (
    Choice("refund/late", "Refund: came late", "l"),
    Choice("refund/twice", "Refund: charged twice", "t"),
    Choice("question", "Question answered", "q"),
)


def test_a_prefix_of_code_or_label_narrows() -> None:
    assert [choice.code for choice in matching(CHOICES, "ref")] == ["refund/late", "refund/twice"]
    assert [choice.code for choice in matching(CHOICES, "twi")] == ["refund/twice"]
    assert [choice.code for choice in matching(CHOICES, "answ")] == ["question"]
    assert matching(CHOICES, "zzz") == []
    assert len(matching(CHOICES, "")) == 3


def test_a_key_picks_exactly_one() -> None:
    assert by_key(CHOICES, "q") == CHOICES[2]
    assert by_key((Choice("a", "A"),), "") is None


def kept(desk: Robot, chat: int) -> tuple[str, tuple[str, ...], str]:
    interaction = interaction_of(desk.fake, chat)
    assert interaction is not None and interaction.wrapup is not None
    return interaction.wrapup.disposition, interaction.wrapup.tags, interaction.wrapup.note


async def test_one_key_picks_and_enter_is_done_and_the_slot_frees() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.end()
        await desk.expect("WRAP-UP", "Refund: came late" if "Refund: came late" in desk.text else "refund/late")
        await desk.press("l", "enter")
        await desk.until(lambda: not desk.desk.talk.panes)
        closed = interaction_of(desk.fake, chat)
        assert closed is not None and closed.disposition == "refund/late"
        assert desk.fake.desk.state.agents["ana"].load == 0
        await desk.expect("Nobody needs you yet")


async def test_a_typed_prefix_picks_too() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.end()
        await desk.type("refu")
        assert desk.pane.query_one(Dispositions).picked == "refund/late"
        await desk.press("backspace", "backspace", "backspace", "backspace")
        await desk.type("s")
        assert desk.pane.query_one(Dispositions).picked == "solved"


async def test_letters_in_wrapup_never_reach_the_keys_of_the_desk() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.end()
        desk.fake.customer_writes("Lan", "xin chào")
        await desk.expect("OFFER")
        await desk.type("adeztnQ")
        assert len(desk.fake.mirror.offers) == 1
        assert desk.desk.context == "wrapup"


async def test_tags_and_note_are_kept_on_the_server_as_they_are_typed() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.end()
        await desk.press("q", "tab")
        await desk.type("vip late")
        await desk.press("tab")
        await desk.type("promised voucher")
        await desk.until(lambda: kept(desk, chat) == ("question", ("vip", "late"), "promised voucher"))


async def test_wrapup_survives_a_crash_of_the_client() -> None:
    fake = FakeDesk("ana")
    async with desk_robot(fake=fake) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.end()
        await desk.press("q", "tab", "tab")
        await desk.type("half a no")
        await desk.until(lambda: kept(desk, chat)[2] == "half a no")
    async with desk_robot(fake=fake) as desk:
        await desk.until(lambda: desk.desk.context == "wrapup")
        await desk.expect("question", "half a no")
        await desk.press("enter")
        await desk.until(lambda: not desk.desk.talk.panes)
        closed = interaction_of(fake, chat)
        assert closed is not None and closed.disposition == "question"


async def test_a_queue_that_asks_for_a_disposition_gets_one() -> None:
    fake = FakeDesk("ana")
    fake.connect()
    chat = fake.chat("Budi", "halo", queue="sales")
    async with desk_robot(fake=fake, available=False) as desk:
        await desk.end()
        await desk.expect("wrap-up 0:00 of 1:00")
        await desk.press("enter")
        await desk.expect("How did it end?")
        await desk.press("s", "enter")
        await desk.until(lambda: not desk.desk.talk.panes)
        closed = interaction_of(fake, chat)
        assert closed is not None and closed.disposition == "solved"


async def test_the_timer_is_shown_and_closes_it() -> None:
    fake = FakeDesk("ana")
    fake.connect()
    fake.chat("Budi", "halo", queue="sales")
    async with desk_robot(fake=fake, available=False) as desk:
        await desk.end()
        fake.advance(30)
        await desk.expect("wrap-up 0:30 of 1:00")
        fake.advance(31)
        await desk.until(lambda: not desk.desk.talk.panes)


async def test_escape_leads_to_the_other_panes_and_back() -> None:
    async with desk_robot(size=(160, 40)) as desk:
        await desk.chats("Budi", "Lan")
        await desk.press("1")
        await desk.end()
        await desk.press("s", "escape")
        assert desk.desk.context == "command"
        await desk.press("2")
        assert desk.pane.slot == 2
        await desk.press("1")
        assert desk.desk.context == "wrapup"


async def test_an_unsent_reply_is_not_ended_over_by_one_key() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("r")
        await desk.type("half a rep")
        await desk.press("f8")
        await desk.expect("A reply is not sent yet")
        assert interaction_of(desk.fake, chat).state is State.ACTIVE  # type: ignore[union-attr]
        await desk.press("f8")
        await desk.until(lambda: desk.desk.context == "wrapup")


async def test_when_the_customer_ends_it_the_keyboard_stays_where_the_agent_types() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.press("r")
        await desk.type("as I was say")
        desk.fake.customer_ends("Budi")
        await desk.expect("Budi ended the conversation", "wrap-up")
        await desk.type("ing")
        assert desk.pane.composer.text == "as I was saying"
        await desk.press("enter")
        await desk.expect("the conversation has ended")
        assert desk.pane.composer.text == "as I was saying"


async def test_the_conversation_goes_on_when_the_customer_writes_again() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.end()
        desk.fake.customer_writes("Budi", "one more thing")
        await desk.expect("one more thing", "the conversation goes on")
        await desk.until(lambda: not desk.pane.wrapping)
        await desk.reply("yes?")
        await desk.expect("yes?")


async def test_wrapup_begins_at_once_also_while_offline() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.go_offline()
        await desk.end()
        await desk.press("s", "enter")
        desk.fake.come_back()
        await desk.until(lambda: not desk.desk.talk.panes)
        closed = interaction_of(desk.fake, chat)
        assert closed is not None and closed.disposition == "solved"


async def test_a_burst_of_keys_fills_the_form_in_order() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.end()
        driver = desk.app._driver
        assert driver is not None
        for key in ("l", "tab", "tab", *"all fine", "enter"):
            driver.send_message(events.Key("space" if key == " " else key, key if len(key) == 1 else None))
        await desk.until(lambda: not desk.desk.talk.panes)
        closed = interaction_of(desk.fake, chat)
        assert closed is not None and closed.disposition == "refund/late"
        notes = [m.text for m in desk.fake.store.messages(chat, limit=50)]
        assert closed.wrapup is None or closed.wrapup.note == "all fine" or "all fine" in notes
