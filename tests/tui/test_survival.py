"""What is typed survives: offline, refused, stale, and a crash of the client."""

from __future__ import annotations

from textual import events

from agentdesk.core.commands import SendMessage
from agentdesk.core.model import MessageKind
from agentdesk.tui.transcript import Delivery
from tests.client.fake_port import FakeDesk, interaction_of
from tests.tui.robot import Robot, desk_robot


def said(desk: Robot, chat: int) -> list[str]:
    return [message.text for message in desk.fake.store.messages(chat, limit=50)]


async def test_what_is_sent_offline_goes_out_when_the_server_is_back() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.go_offline()
        await desk.expect("Offline")
        await desk.reply("first")
        await desk.type("second")
        await desk.press("enter")
        await desk.expect("2 messages will go out", "first", "second")
        assert len(desk.pane.transcript.keys_in(Delivery.PENDING)) == 2
        desk.fake.come_back()
        await desk.until(lambda: said(desk, chat)[-2:] == ["first", "second"])
        await desk.until(lambda: not desk.pane.transcript.keys_in(Delivery.PENDING))
        assert desk.text.count("second") == 1


async def test_no_key_typed_offline_is_lost() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("r")
        await desk.type("be")
        desk.fake.go_offline()
        await desk.type("fore ")
        desk.fake.come_back()
        await desk.type("after")
        assert desk.pane.composer.text == "before after"
        await desk.until(lambda: (d := interaction_of(desk.fake, chat).draft) and d.text == "before after")  # type: ignore[union-attr]


async def test_what_came_while_away_is_counted_and_shown() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        desk.fake.go_offline()
        await desk.expect("Offline")
        desk.fake.customer_writes("Budi", "are you there?")
        desk.fake.customer_writes("Budi", "hello??")
        assert "hello??" not in desk.text
        desk.fake.come_back()
        await desk.expect("2 events arrived while away", "are you there?", "hello??")


async def test_a_reply_that_missed_something_shows_it_and_goes_all_the_same_by_one_key() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.hold()
        desk.fake.customer_writes("Budi", "wait, it has arrived")
        await desk.reply("it is on its way")
        desk.fake.release()
        await desk.expect("Not sent: this came while you wrote", "Budi: wait, it has arrived")
        assert said(desk, chat)[-1] == "wait, it has arrived"
        await desk.press("ctrl+r")
        await desk.until(lambda: said(desk, chat)[-1] == "it is on its way")
        await desk.expect_gone("Not sent")
        assert desk.text.count("it is on its way") == 1


async def test_a_stale_reply_can_be_taken_back_to_be_changed() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.hold()
        desk.fake.customer_writes("Budi", "never mind")
        await desk.reply("let me look")
        desk.fake.release()
        await desk.expect("Not sent")
        await desk.press("escape", "u")
        assert desk.pane.composer.text == "let me look"
        await desk.type("!")
        await desk.press("enter")
        await desk.until(lambda: said(desk, chat)[-1] == "let me look!")


async def test_a_note_is_never_stale() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.hold()
        desk.fake.customer_writes("Budi", "something")
        await desk.press("n")
        await desk.type("for us")
        await desk.press("enter")
        desk.fake.release()
        await desk.until(lambda: said(desk, chat)[-1] == "for us")


async def test_drafts_are_on_the_server_and_come_back_after_a_crash() -> None:
    fake = FakeDesk("ana")
    async with desk_robot(fake=fake) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("r")
        await desk.type("half a thou")
        await desk.until(lambda: (d := interaction_of(fake, chat).draft) and d.text == "half a thou")  # type: ignore[union-attr]
    async with desk_robot(fake=fake) as desk:
        await desk.expect("half a thou")
        assert desk.pane.composer.text == "half a thou"


async def test_a_draft_note_comes_back_as_a_note() -> None:
    fake = FakeDesk("ana")
    async with desk_robot(fake=fake) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("n")
        await desk.type("psst")
        await desk.until(lambda: (d := interaction_of(fake, chat).draft) and d.kind is MessageKind.NOTE)  # type: ignore[union-attr]
    async with desk_robot(fake=fake) as desk:
        assert desk.pane.composer.draft("note") == "psst"
        assert desk.pane.composer.draft("reply") == ""
        await desk.press("n")
        await desk.expect("psst")


async def test_the_draft_goes_when_it_is_sent() -> None:
    fake = FakeDesk("ana")
    async with desk_robot(fake=fake) as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("r")
        await desk.type("all of it")
        await desk.until(lambda: (d := interaction_of(fake, chat).draft) and d.text == "all of it")  # type: ignore[union-attr]
        await desk.press("enter")
        await desk.until(lambda: not ((d := interaction_of(fake, chat).draft) and d.text))  # type: ignore[union-attr]
    async with desk_robot(fake=fake) as desk:
        assert desk.pane.composer.text == ""


async def test_a_new_client_shows_everything_that_is_held() -> None:
    fake = FakeDesk("ana")
    async with desk_robot(fake=fake) as desk:
        await desk.chats("Budi", "Lan")
    async with desk_robot(fake=fake) as desk:
        await desk.expect("hello from Budi", "hello from Lan")


async def test_a_conversation_taken_elsewhere_leaves_the_screen() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.go_offline()
        desk.fake.advance(61)
        desk.fake.come_back()
        await desk.until(lambda: chat not in desk.desk.talk.slots)
        await desk.expect("OFFER" if desk.fake.mirror.offers else "MINE")


async def test_a_message_elsewhere_does_not_disturb_what_is_typed() -> None:
    async with desk_robot() as desk:
        first, second = await desk.chats("Budi", "Lan")
        await desk.press("1", "r")
        await desk.type("wri")
        desk.fake.customer_writes("Lan", "hello")
        desk.fake.submit(SendMessage(second, "from elsewhere", client_id="x1"))
        await desk.expect("from elsewhere")
        await desk.type("ting")
        assert desk.pane.interaction_id == first
        assert desk.pane.composer.text == "writing"


async def test_keys_that_come_as_one_burst_act_in_their_order() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.customer_writes("Lan", "xin chào")
        await desk.expect("OFFER")
        driver = desk.app._driver
        assert driver is not None
        for key in ("r", *"ad end", "enter", *"then x"):
            driver.send_message(events.Key(" " if key == "space" else key, key if len(key) == 1 else None))
        await desk.until(lambda: said(desk, chat)[-1] == "ad end")
        await desk.until(lambda: desk.pane.composer.text == "then x")
        assert len(desk.fake.mirror.offers) == 1
