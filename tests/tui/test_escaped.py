"""Esc and a letter in one packet, as tmux and slow lines deliver them, are Esc and the letter."""

from __future__ import annotations

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.message import Message

from agentdesk.tui.escaped import apart, know_digits
from tests.tui.robot import desk_robot


def parsed(data: str) -> list[Message]:
    """What Textual makes of these bytes once nothing follows them."""
    know_digits()
    parser = XTermParser()
    return [*parser.feed(data), *parser.feed("")]


@pytest.mark.parametrize("letter", ["z", "Q", "2", "é"])
def test_the_bytes_of_both_are_taken_apart(letter: str) -> None:
    (event,) = parsed("\x1b" + letter)
    assert isinstance(event, Key)
    assert [key.key for key in apart(event)] == ["escape", letter]


@pytest.mark.parametrize("data", ["z", "\x1b", "\x1bOP", "\x1b[A"])
def test_other_keys_stay_what_they_are(data: str) -> None:
    assert all(apart(event) == () for event in parsed(data) if isinstance(event, Key))


def test_a_key_that_somebody_bound_stays_what_it_is() -> None:
    assert apart(Key("alt+5", "5"), {"alt+5"}) == ()


async def test_a_command_after_esc_never_becomes_text() -> None:
    async with desk_robot() as desk:
        await desk.chats("Budi", "Lan")
        await desk.press("1", "r")
        await desk.type("halo")
        desk.app.post_message(Key("alt+2", "2"))
        await desk.expect("COMMAND")
        assert desk.desk.talk.current is desk.desk.talk.panes[1]
        assert desk.desk.talk.panes[0].composer.text == "halo"
