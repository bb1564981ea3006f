"""The agent's day at the desk: offers, panes, writing, focus. One behaviour a test."""

from __future__ import annotations

from agentdesk.core.commands import SendMessage, Transfer
from agentdesk.core.model import MessageKind, Presence, State
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.screens.search import open_ended
from agentdesk.tui.transcript import Delivery
from tests.client.fake_port import FakeDesk, interaction_of
from tests.tui.robot import Robot, desk_robot


async def test_an_empty_desk_says_what_to_press() -> None:
    async with desk_robot(available=False) as desk:
        await desk.expect("Ready when you are", "F6", "be available")
        await desk.press("f6")
        await desk.expect("Nobody needs you yet")
        assert desk.fake.mirror.agent is not None
        assert desk.fake.mirror.agent.presence is Presence.AVAILABLE


async def test_an_offer_is_seen_and_heard_and_taken_with_one_key() -> None:
    async with desk_robot() as desk:
        chat = desk.fake.customer_writes("Budi", "halo, ada orang?")
        await desk.expect("OFFER", "0:30 to take", "Budi", "F3 take")
        await desk.until(lambda: desk.rings == 1, "one ring")
        await desk.press("f3")
        await desk.expect("halo, ada orang?", "reply")
        assert interaction_of(desk.fake, chat).state is State.ACTIVE  # type: ignore[union-attr]
        assert desk.pane.interaction_id == chat


async def test_an_offer_is_declined_with_one_key() -> None:
    async with desk_robot() as desk:
        chat = desk.fake.customer_writes("Budi", "halo")
        desk.fake.colleague("dewi")
        await desk.expect("OFFER")
        await desk.press("d")
        await desk.expect_gone("OFFER")
        assert "ana" in interaction_of(desk.fake, chat).refused_by  # type: ignore[union-attr]


async def test_the_bell_reminds_but_not_for_ever() -> None:
    async with desk_robot() as desk:
        desk.fake.customer_writes("Budi", "halo")
        await desk.until(lambda: desk.rings == 1, "the first ring")
        for _ in range(40):
            desk.fake.now += 700
            desk.desk.tick()
        assert 3 <= desk.rings <= 6


async def test_an_offer_takes_no_key_that_was_meant_for_text() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.press("r")
        desk.fake.customer_writes("Lan", "xin chào")
        await desk.expect("OFFER")
        await desk.type("a bad day")
        assert desk.pane.composer.text == "a bad day"
        assert len(desk.fake.mirror.offers) == 1
        await desk.press("f3")
        await desk.until(lambda: len(desk.desk.talk.panes) == 2)
        await desk.type("!")
        assert desk.pane.composer.text == "a bad day!"


async def test_a_missed_offer_is_said() -> None:
    async with desk_robot() as desk:
        desk.fake.customer_writes("Budi", "halo")
        await desk.expect("OFFER")
        desk.fake.advance(31)
        await desk.expect("You missed an offer", "not responding")


async def test_a_reply_is_on_the_screen_at_once_and_marked_when_it_is_kept() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.hold()
        await desk.reply("one moment")
        await desk.expect("one moment")
        assert len(desk.pane.transcript.keys_in(Delivery.PENDING)) == 1
        assert interaction_of(desk.fake, chat).message_count == 1  # type: ignore[union-attr]
        desk.fake.release()
        await desk.until(lambda: interaction_of(desk.fake, chat).message_count == 2)  # type: ignore[union-attr]
        await desk.until(lambda: not desk.fake.mirror.conversations[chat].pending)
        assert desk.text.count("one moment") == 1


async def test_the_order_is_the_servers_when_the_customer_was_quicker() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.hold()
        await desk.reply("mine")
        desk.fake.customer_writes("Budi", "theirs")
        desk.fake.release()
        await desk.expect("theirs")
        rows = desk.text
        assert rows.index("theirs") < rows.index("mine")


async def test_a_note_says_so_in_word_and_never_reaches_the_customer() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("n")
        await desk.expect("NOTE")
        await desk.type("angry, be kind")
        await desk.press("enter")
        await desk.until(lambda: desk.fake.mirror.conversations[chat].messages[-1].kind is MessageKind.NOTE)
        await desk.press("escape", "r")
        assert desk.pane.composer.mode == "reply"
        assert desk.pane.composer.text == ""


async def test_what_the_customer_got_and_read_is_marked() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.reply("done")
        await desk.expect("✓")
        desk.fake.customer_reads("Budi")
        await desk.expect("✓✓")


async def test_the_customer_sees_that_one_types_a_reply_but_not_a_note() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("n")
        await desk.type("hm")
        assert desk.fake.typed == []
        await desk.press("escape", "r")
        await desk.type("hi")
        assert desk.fake.typed == [(chat, True)]
        await desk.press("enter")
        assert desk.fake.typed[-1] == (chat, False)


async def test_typing_of_the_customer_is_shown() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        desk.fake.customer_types("Budi")
        await desk.expect("Budi is typing")
        desk.fake.customer_types("Budi", text="where\x1b is [b]my order")
        await desk.expect("Budi is typing: where␛ is [b]my order")
        desk.fake.customer_writes("Budi", "so")
        await desk.expect_gone("is typing")


async def test_digits_directions_and_urgency_move_the_keyboard() -> None:
    async with desk_robot(size=(160, 40)) as desk:
        await desk.chats("Budi", "Lan", "Sara")
        await desk.press("2")
        assert desk.pane.slot == 2
        desk.fake.now += 5_000
        desk.fake.customer_writes("Sara", "still there?")
        await desk.press("1", "down")
        assert desk.pane.slot != 1
        await desk.press("up")
        assert desk.pane.slot == 1
        await desk.press("3")
        await desk.reply("yes")
        await desk.press("escape", "f2")
        assert desk.pane.slot == 1
        await desk.press("f2")
        assert desk.pane.slot == 2
        await desk.press("f5")
        assert desk.pane.slot == 3


async def test_who_was_writing_goes_on_writing_in_the_other_pane() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi", "Lan")
        await desk.press("1", "r")
        await desk.type("to Budi")
        await desk.press("f5")
        await desk.type("to Lan")
        first, second = desk.desk.talk.panes
        assert (first.composer.text, second.composer.text) == ("to Budi", "to Lan")


async def test_zoom_gives_one_pane_all_the_room_and_back() -> None:
    async with desk_robot(size=(160, 40)) as desk:
        await desk.chats("Budi", "Lan")
        await desk.press("1", "z")
        await desk.until(lambda: [pane.display for pane in desk.desk.talk.panes] == [True, False])
        await desk.press("2")
        await desk.until(lambda: [pane.display for pane in desk.desk.talk.panes] == [False, True])
        await desk.press("z")
        await desk.until(lambda: all(pane.display for pane in desk.desk.talk.panes))


async def test_a_pane_keeps_its_digit_when_another_goes() -> None:
    async with desk_robot(size=(160, 40)) as desk:
        _, second = await desk.chats("Budi", "Lan")
        await desk.press("1")
        await desk.wrap_up("s")
        await desk.until(lambda: len(desk.desk.talk.panes) == 1)
        assert [(pane.interaction_id, pane.slot) for pane in desk.desk.talk.panes] == [(second, 2)]
        desk.fake.chat("Sara")
        await desk.until(lambda: [pane.slot for pane in desk.desk.talk.panes] == [1, 2])


async def test_unread_is_counted_until_the_pane_is_looked_at() -> None:
    async with desk_robot(size=(160, 40)) as desk:
        first, _ = await desk.chats("Budi", "Lan")
        await desk.press("2")
        desk.fake.customer_writes("Budi", "hello?")
        await desk.until(lambda: desk.fake.mirror.conversations[first].unread > 0)
        await desk.expect("new")
        await desk.press("1")
        await desk.until(lambda: desk.fake.mirror.conversations[first].unread == 0)


async def test_presence_with_a_reason_by_one_key() -> None:
    async with desk_robot() as desk:
        await desk.press("p")
        await desk.expect("Your presence", "Away: lunch")
        await desk.press("2")
        await desk.expect("away: lunch")


async def test_a_transfer_goes_to_the_picked_queue_and_the_pane_closes() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        await desk.press("t")
        await desk.expect("Transfer Budi to", "Sales")
        await desk.press("enter")
        await desk.until(lambda: not desk.desk.talk.panes or desk.fake.mirror.offers)
        assert interaction_of(desk.fake, chat).queue == "sales"  # type: ignore[union-attr]


async def test_a_key_that_can_do_nothing_now_says_why() -> None:
    async with desk_robot() as desk:
        await desk.press("f3")
        await desk.expect("Nothing is offered to you now.")


async def test_a_refusal_says_what_where_and_what_to_do() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        desk.fake.submit(Transfer(chat, agent="nobody"))
        await desk.expect("Not done: transfer")


async def test_quitting_asks_only_when_something_is_unsent() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        desk.fake.go_offline()
        await desk.reply("later")
        await desk.press("escape", "Q")
        await desk.expect("1 message waits for", "y leave all the same")
        await desk.press("n")
        assert isinstance(desk.app.screen, DeskScreen)
    async with desk_robot() as desk:
        await desk.press("Q")
        await desk.until(lambda: not desk.app.is_running or desk.app._exit)


async def test_history_is_searched_and_read_where_it_stands() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi", "Lan")
        desk.fake.customer_writes("Budi", "my parcel is green")
        await desk.press("f")
        await desk.expect("Words find messages")
        await desk.type("parc gre")
        await desk.expect("Nothing holds all")
        await desk.press(*["backspace"] * 8)
        await desk.type("parcel gre")
        await desk.expect("my parcel is green", "Budi")
        await desk.press("enter")
        await desk.expect("interaction", "hello from Budi")
        await desk.press("escape", "escape")
        assert isinstance(desk.app.screen, DeskScreen)


def test_the_last_word_of_a_search_may_go_on() -> None:
    assert open_ended("parcel gre") == "parcel gre*"
    assert open_ended("gr") == "gr"
    assert open_ended('"late ref') == '"late ref'
    assert open_ended('"late refund"') == '"late refund"'
    assert open_ended("") == ""


async def test_a_search_that_fails_says_so_and_stays() -> None:
    async with desk_robot() as desk:
        desk.fake.refuse_reads = "the index is being rebuilt"
        await desk.press("f")
        await desk.type("green")
        await desk.expect("the index is being rebuilt")


async def test_this_conversation_is_searched_in_place() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        for number in range(30):
            desk.fake.customer_writes("Budi", f"line {number}")
        await desk.press("slash")
        await desk.type("line 3")
        await desk.expect("1 of 1")
        await desk.press("enter")
        assert desk.desk.context == "command"


async def test_help_and_palette_come_from_the_registry() -> None:
    async with desk_robot(size=(120, 50)) as desk:
        await desk.press("f1")
        await desk.expect("While commanding", "Take the offer", "F3")
        await desk.press("escape")
        await desk.press("ctrl+p")
        await desk.expect("What do you want to do?")
        await desk.type("zoom")
        await desk.press("escape")


async def test_a_rebound_key_works_and_is_shown() -> None:
    async with desk_robot(keys={"pane.zoom": ("Z",)}) as desk:
        await desk.chats("Budi")
        await desk.expect("Z zoom")
        await desk.press("Z")
        assert desk.desk.grid.zoomed
        await desk.press("z")
        assert desk.desk.grid.zoomed


async def test_the_customer_panel_shows_who_it_is_and_opens_the_past() -> None:
    fake = FakeDesk("ana")
    fake.connect()
    fake.chat("Budi", "the first time")
    async with desk_robot(fake=fake, available=False, size=(130, 40)) as desk:
        await desk.wrap_up("s")
        await desk.until(lambda: not desk.desk.talk.panes)
        desk.fake.chat("Budi", "the second time")
        await desk.expect("timeline", "visitor", "the second time")
        await desk.until(lambda: len(desk.desk.customer.view.past) == 2)
        await desk.press("f7", "down", "enter")
        await desk.expect("interaction", "the first time")
        await desk.press("escape")
        assert desk.desk.customer.has_focus
        await desk.press("escape")
        assert desk.desk.context == "command"


async def test_a_timeline_that_cannot_be_read_says_so_and_is_tried_again() -> None:
    async with desk_robot(size=(130, 40)) as desk:
        desk.fake.refuse_reads = "the server is restarting"
        await desk.chats("Budi")
        await desk.expect("restarting. F7")
        desk.fake.refuse_reads = ""
        await desk.press("f7")
        await desk.until(lambda: len(desk.desk.customer.view.past) == 1)


async def test_a_message_of_mine_from_another_screen_shows_too() -> None:
    async with desk_robot() as desk:
        (chat,) = await desk.chats("Budi")
        other: Robot = desk
        other.fake.submit(SendMessage(chat, "from my phone", client_id="elsewhere"))
        await desk.expect("from my phone")
