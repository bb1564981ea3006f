"""A mail in a pane: what stands above its text, what is folded, and what is odd about it in words."""

from __future__ import annotations

import msgspec
import pytest

from agentdesk.channels.email.parsed import Kind, Note
from agentdesk.core.mail import MailHead
from agentdesk.tui import mail_words
from tests.tui.robot import Robot, desk_robot

KIM = MailHead(
    subject="Where is it?",
    sender="Kim <kim@example.org>",
    to=("help@desk.test",),
    cc=("lee@example.org",),
    folded="On Monday you wrote:\n> we sent it",
    signature="Kim, Accounts",
)


async def mails(desk: Robot, head: MailHead = KIM, text: str = "It is not here.") -> int:
    """A mail that the agent holds."""
    number = desk.fake.customer_mails("Kim", text, head)
    await desk.accept()
    return number


async def test_above_the_text_stands_who_wrote_to_whom_when_and_of_what() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        await mails(desk)
        await desk.expect("From:    Kim <kim@example.org>", "To:      help@desk.test", "Cc:      lee@example.org")
        await desk.expect("Date:    ", "Subject: Where is it?", "It is not here.")


async def test_a_subject_is_said_again_only_when_it_is_another() -> None:
    async with desk_robot() as desk:
        number = await mails(desk)
        for subject in ("RE: Where is it?", "Something else"):
            desk.fake.customer_mails("Kim", f"about {subject}", msgspec.structs.replace(KIM, subject=subject))
        await desk.expect("about Something else", "Subject: Something else")
        assert "Subject: RE: Where" not in desk.text
        assert desk.pane.interaction_id == number


async def test_signature_and_old_history_are_folded_until_a_key_unfolds_them() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        await mails(desk)
        await desk.expect("signature and 2 earlier lines folded")
        assert "Accounts" not in desk.text
        await desk.press("v")
        await desk.expect("Kim, Accounts", "> we sent it")
        await desk.press("v")
        await desk.expect_gone("Accounts")


async def test_in_a_chat_there_is_nothing_to_unfold() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi")
        await desk.press("v")
        await desk.expect("This is no mail")


async def test_hostile_names_and_subjects_reach_no_terminal_and_say_so() -> None:
    async with desk_robot() as desk:
        head = MailHead(subject="a\x1b]0;x\x07b\u202ec", sender="\u202eKim\x1b[2J <kim@example.org>", folded="\x1b[31m")
        await mails(desk, head)
        await desk.expect("hidden above its text: control codes, direction controls")
        await desk.press("v")
        await desk.expect("[31m")
        assert not {"\x1b", "\x07", "\u202e"} & set(desk.text)


async def test_of_many_recipients_the_first_are_named() -> None:
    async with desk_robot() as desk:
        await mails(desk, msgspec.structs.replace(KIM, to=tuple(f"p{n}@example.org" for n in range(60))))
        await desk.expect("p2@example.org and", "57 more")


async def test_what_is_odd_about_a_mail_is_said_in_words() -> None:
    async with desk_robot() as desk:
        await mails(desk, msgspec.structs.replace(KIM, kind="auto_reply", notes=("truncated", "hidden_text")))
        await desk.expect("an automatic reply", "its end is missing", "text that its writer made invisible")


@pytest.mark.parametrize("value", [*Note, *(kind for kind in Kind if kind is not Kind.NORMAL)])
def test_every_note_and_kind_has_words(value: Note | Kind) -> None:
    assert value.value in (mail_words.NOTES if isinstance(value, Note) else mail_words.KINDS)
