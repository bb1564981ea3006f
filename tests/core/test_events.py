from __future__ import annotations

import typing

import msgspec

from agentdesk.core.apply import WRITERS
from agentdesk.core.commands import AnyCommand
from agentdesk.core.decide import DECISIONS
from agentdesk.core.decide.permissions import RULES
from agentdesk.core.events import (
    AnyEvent,
    CustomerLeft,
    MessageAdded,
    Offered,
    PresenceChanged,
    Recorded,
    interaction_of,
)
from agentdesk.core.model import Message, MessageKind, Offer, Presence
from tests.core.conftest import Make


def test_every_event_has_one_writer() -> None:
    assert set(WRITERS) == set(typing.get_args(AnyEvent))


def test_every_command_has_a_decision_and_a_rule() -> None:
    assert set(DECISIONS) == set(RULES) == set(typing.get_args(AnyCommand))


def test_which_interaction_an_event_is_about() -> None:
    assert interaction_of(MessageAdded(Message(1, 7, 1, MessageKind.INBOUND, "Kim", "Hi", 5))) == 7
    assert interaction_of(Offered(Offer(1, 8, "ann", 5, 6), 1)) == 8
    assert interaction_of(CustomerLeft(9)) == 9
    assert interaction_of(PresenceChanged("ann", Presence.AWAY)) is None


def test_what_is_logged_survives_json(play: Make) -> None:
    desk = play()
    desk.agent("ann")
    chat = desk.active("ann")
    desk.replies(chat, "ann", "سلام\u202e\x00")
    log = msgspec.json.encode(desk.log)
    assert msgspec.json.decode(log, type=list[Recorded]) == desk.log
