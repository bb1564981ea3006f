"""Writing mail: to whom it goes, the row that says so, taking back and sending again, one's own editor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from agentdesk.channels.email.compose import typed_address
from agentdesk.core.mail import Delivery, MailHead
from agentdesk.core.model import DeskConfig, Message, MessageKind
from agentdesk.tui.mail_to import address_in, recipients
from tests.client.fake_port import FakeDesk
from tests.tui.robot import Robot, desk_robot
from tests.tui.test_mail_reading import KIM, mails

HOLD_S = 30
TO_SEVERAL = msgspec.structs.replace(KIM, to=("Help <help+t0k@desk.test>", "lee@example.org"), cc=("KIM@example.org",))


def holding() -> FakeDesk:
    return FakeDesk("ana", desk=DeskConfig(mail_hold_s=HOLD_S))


def ours(desk: Robot, number: int) -> list[Message]:
    return [m for m in desk.fake.store.messages(number, before=2**62) if m.kind is MessageKind.OUTBOUND]


def head(desk: Robot, number: int) -> MailHead:
    """Above the newest mail of ours."""
    found = ours(desk, number)[-1].mail
    assert found is not None
    return found


def states(desk: Robot, number: int) -> list[Delivery]:
    return [send.state for send in desk.fake.desk.state.interactions[number].sends]


async def test_a_reply_goes_to_whom_the_row_above_it_says() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        number = await mails(desk)
        await desk.expect("To kim@example.org", "Subject Re: Where is it?")
        await desk.reply("It comes.")
        await desk.until(lambda: ours(desk, number))
        assert (head(desk, number).to, head(desk, number).cc) == (("Kim <kim@example.org>",), ())
        assert head(desk, number).subject == "Re: Where is it?"
        await desk.expect("It comes.", "From:    Ana")


async def test_a_reply_to_all_leaves_us_out_and_names_nobody_twice() -> None:
    async with desk_robot() as desk:
        number = await mails(desk, TO_SEVERAL)
        await desk.press("A")
        await desk.type("Hello all")
        await desk.press("enter")
        await desk.until(lambda: ours(desk, number))
        assert (head(desk, number).to, head(desk, number).cc) == (("Kim <kim@example.org>",), ("lee@example.org",))
        await desk.reply("only you")
        await desk.until(lambda: len(ours(desk, number)) == 2)
        assert head(desk, number).cc == ()


async def test_a_forward_asks_to_whom_and_goes_to_nobody_before() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        number = await mails(desk)
        await desk.press("F")
        await desk.expect("This mail", "bcc", "send at")
        await desk.press("escape")
        await desk.expect("To nobody yet", "Forwarded message", "From: Kim <kim@example.org>")
        await desk.press("enter")
        await desk.expect("it goes to nobody yet")
        assert ours(desk, number) == []
        await desk.press("ctrl+t")
        await desk.type("boss@desk.test")
        await desk.press("enter", "enter")
        await desk.until(lambda: ours(desk, number))
        assert (head(desk, number).to, head(desk, number).subject) == (("boss@desk.test",), "Fwd: Where is it?")
        assert "It is not here." in ours(desk, number)[-1].text


async def test_recipients_and_subject_are_changed_by_a_key_while_writing() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        number = await mails(desk)
        await desk.press("r")
        await desk.type("Seen.")
        await desk.press("ctrl+t", "tab")
        await desk.type("lee@example.org; Mo <mo@example.org>")
        await desk.press("tab", "tab")
        await desk.type("!")
        await desk.press("enter")
        await desk.expect_gone("This mail")
        await desk.press("enter")
        await desk.until(lambda: ours(desk, number))
        assert head(desk, number).cc == ("lee@example.org", "Mo <mo@example.org>")
        assert head(desk, number).subject == "Re: Where is it?!"
        await desk.expect("Cc:      lee@example.org, Mo <mo@example.org>")


async def test_what_is_no_address_or_no_time_is_said_in_the_form() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        await mails(desk)
        await desk.press("ctrl+t")
        await desk.type(", lee")
        await desk.press("enter")
        await desk.expect("lee is no address")
        await desk.type("@example.org")
        await desk.press("tab", "tab", "tab", "tab")
        await desk.type("someday")
        await desk.press("enter")
        await desk.expect("Write when as 45m, 2h, 14:00")


async def test_a_mail_is_sent_later_at_a_typed_time() -> None:
    async with desk_robot() as desk:
        number = await mails(desk)
        await desk.press("ctrl+t", "tab", "tab", "tab", "tab")
        await desk.type("2h")
        await desk.press("enter")
        await desk.expect_gone("This mail")
        await desk.expect(" at Sun 15 Jun")
        await desk.reply("Later.")
        await desk.until(lambda: ours(desk, number))
        due = head(desk, number).due_ms
        assert due is not None
        assert due // 60_000 == (desk.fake.now + 7_200_000) // 60_000
        await desk.expect("held, goes out Sun 15 Jun")


async def test_a_held_mail_says_how_long_and_is_taken_back_with_text_and_recipients() -> None:
    async with desk_robot(size=(80, 24), fake=holding()) as desk:
        number = await mails(desk, TO_SEVERAL)
        await desk.press("A")
        await desk.type("Wrong")
        await desk.press("enter")
        await desk.expect("held, goes out in 0:30")
        desk.fake.advance(10)
        await desk.expect("held, goes out in 0:20")
        await desk.press("escape", "u")
        await desk.until(lambda: states(desk, number) == [Delivery.CANCELLED])
        await desk.expect("taken back", "Cc lee@example.org")
        assert desk.pane.composer.text == "Wrong"
        assert desk.pane.composer.composing


async def test_what_has_gone_out_can_not_be_taken_back() -> None:
    async with desk_robot(fake=holding()) as desk:
        number = await mails(desk)
        await desk.reply("Gone")
        await desk.until(lambda: ours(desk, number))
        for state, words in ((Delivery.SENDING, "being handed over"), (Delivery.SENT, "sent")):
            desk.fake.relay(number, state)
            await desk.expect(words)
        await desk.press("escape", "u")
        await desk.expect("Nothing here can be taken back")


@pytest.mark.parametrize(
    ("state", "words", "said"),
    [
        (Delivery.FAILED, "not sent: 550 no such user", "was not sent"),
        (Delivery.BOUNCED, "came back: 550 no such user", "came back"),
        (Delivery.UNCERTAIN, "nobody knows whether it arrived: 550 no such user", "may be lost"),
    ],
)
async def test_what_did_not_arrive_rings_says_the_relays_words_and_is_sent_again(
    state: Delivery, words: str, said: str
) -> None:
    async with desk_robot(size=(80, 24)) as desk:
        number = await mails(desk)
        await desk.reply("Hello")
        await desk.until(lambda: ours(desk, number))
        rings = desk.rings
        desk.fake.relay(number, state, "550 no such user\x1b[2J")
        await desk.expect(f"Your mail to Kim {said}", words)
        assert desk.rings == rings + 1
        assert "\x1b" not in desk.text
        await desk.press("escape", "y")
        await desk.until(lambda: states(desk, number) == [Delivery.QUEUED])
        await desk.expect("on its way")


async def test_a_deferred_mail_says_when_it_is_tried_again_and_why() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        number = await mails(desk)
        await desk.reply("Hello")
        await desk.until(lambda: ours(desk, number))
        desk.fake.relay(number, Delivery.DEFERRED, "450 greylisted", desk.fake.now + 300_000)
        await desk.expect("put off, tried again in 5:00: 450 greylisted")


async def test_offline_a_mail_stands_there_at_once_and_goes_out_as_addressed_later() -> None:
    async with desk_robot() as desk:
        number = await mails(desk, TO_SEVERAL)
        desk.fake.go_offline()
        await desk.press("A")
        await desk.type("Wait")
        await desk.press("enter")
        await desk.expect("Cc:      lee@example.org", "Wait")
        assert ours(desk, number) == []
        desk.fake.come_back()
        await desk.until(lambda: ours(desk, number))
        assert head(desk, number).cc == ("lee@example.org",)


async def test_a_stale_reply_sent_all_the_same_keeps_its_recipients() -> None:
    async with desk_robot() as desk:
        number = await mails(desk, TO_SEVERAL)
        await desk.press("A")
        await desk.type("Hi")
        desk.fake.hold()
        desk.fake.customer_mails("Kim", "one more thing", KIM)
        await desk.press("enter")
        desk.fake.release()
        await desk.expect("this came while you wrote")
        await desk.press("ctrl+r")
        await desk.until(lambda: ours(desk, number))
        assert head(desk, number).cc == ("lee@example.org",)


async def test_without_colour_the_words_say_what_became_of_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk_robot(size=(80, 24)) as desk:
        number = await mails(desk)
        await desk.reply("Hello")
        await desk.until(lambda: ours(desk, number))
        desk.fake.relay(number, Delivery.BOUNCED, "no such user")
        await desk.expect("✗ came back: no such user")


# --- one's own editor


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def outside(desk: Robot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """The agent's editor is this; a terminal of a test needs no lending."""
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(path))
    monkeypatch.setenv("AGENTDESK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(desk.app, "suspend", _nothing)


@pytest.mark.parametrize("mail", [True, False])
async def test_a_text_goes_through_the_agents_own_editor_and_back(
    mail: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with desk_robot() as desk:
        await (mails(desk) if mail else desk.chats("Budi"))
        outside(desk, monkeypatch, tmp_path, 'printf " and\\nmore\\033[2J\\n" >> "$1"')
        await desk.press("r")
        await desk.type("one")
        await desk.press("ctrl+g")
        await desk.until(lambda: desk.pane.composer.text == "one and\nmore[2J")
        await desk.until(lambda: desk.pane.composer.composing)
        assert list((tmp_path / "state").glob("writing-*")) == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 3", "The editor ended with an error"),
        ('head -c 100001 /dev/zero | tr "\\0" x > "$1"', "The text is too long"),
    ],
)
async def test_an_editor_that_fails_leaves_the_text_as_it_was(
    script: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        outside(desk, monkeypatch, tmp_path, script)
        await desk.press("r")
        await desk.type("kept")
        await desk.press("ctrl+g")
        await desk.expect(words)
        assert desk.pane.composer.text == "kept"


async def test_an_editor_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        outside(desk, monkeypatch, tmp_path, "")
        monkeypatch.setenv("VISUAL", "/nowhere/ed")
        await desk.press("ctrl+g")
        await desk.expect("The editor did not work")


async def test_a_terminal_that_can_not_be_lent_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        monkeypatch.setenv("VISUAL", "true")
        monkeypatch.setenv("AGENTDESK_STATE_DIR", str(tmp_path))
        await desk.press("ctrl+g")
        await desk.expect("can't be lent")


# --- addresses


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("kim@example.org", "kim@example.org"),
        ("Kim <kim@example.org>", "kim@example.org"),
        ('"Doe, Kim" <kim@example.org>', "kim@example.org"),
        ("kim", ""),
        ("Kim <kim>", ""),
        ("a@b@c", ""),
        ("<a@b> <c@d>", ""),
        ("", ""),
    ],
)
def test_the_address_in_what_was_written(written: str, address: str) -> None:
    assert address_in(written) == address


@pytest.mark.parametrize("name", ["Doe, Kim", "Kim @ Home", 'K "the" K', "a\tb", "Kim; Lee", "x" * 500, "\u202eKim"])
async def test_whoever_wrote_is_answered_whatever_their_name_is(name: str) -> None:
    async with desk_robot() as desk:
        number = await mails(desk, msgspec.structs.replace(KIM, sender=f"{name} <kim@example.org>"))
        await desk.press("ctrl+t", "enter")
        await desk.expect_gone("This mail")
        await desk.reply("Hello")
        await desk.until(lambda: ours(desk, number))
        (to,) = head(desk, number).to
        sent_to = typed_address(to)
        assert sent_to is not None
        assert sent_to.address == "kim@example.org"


def test_a_row_of_recipients() -> None:
    assert recipients('"Doe, Kim" <kim@example.org>; lee@example.org, LEE@example.org,') == (
        '"Doe, Kim" <kim@example.org>',
        "lee@example.org",
    )
    assert "no address" in str(recipients("kim@example.org lee@example.org"))
