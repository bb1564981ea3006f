"""The pure rules of the web chat: origins, estimates, what is shown of a message."""

from __future__ import annotations

import pytest

from agentdesk.channels.webchat.estimate import chosen_queue, message_queue, rounded_ms, serving, takes_chats
from agentdesk.channels.webchat.origins import Origins, normal
from agentdesk.channels.webchat.shown import newest, shown, token_hash, visitor_name
from agentdesk.config.server import HolidaySettings, HoursSettings, QueueSettings, RouteSettings, WeekSettings
from agentdesk.core.model import Attachment, Message, MessageKind
from agentdesk.protocol.webchat import ChatMessage, FileInfo

MONDAY_NOON = 1_700_481_600_000  # 2023-11-20 12:00 UTC


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),  # a program, not a page
        ("https://shop.example", True),
        ("HTTPS://SHOP.example:443", True),
        ("https://desk.example", True),  # the public address
        ("http://127.0.0.1:8420", True),  # the page that we serve
        ("https://127.0.0.1:8420", True),  # … behind a proxy
        ("http://shop.example", False),
        ("https://shop.example.evil.example", False),
        ("https://shop.example@evil.example", False),
        ("https://evil.example/https://shop.example", False),
        ("http://127.0.0.1:1", False),
        ("null", False),
        ("", False),
        ("javascript:1", False),
        ("https://[::1", False),
        ("https://shop.example:99999", False),
    ],
)
def test_origins(origin: str | None, allowed: bool) -> None:
    origins = Origins(("https://shop.example",), "https://desk.example/")
    assert origins.allow(origin, "127.0.0.1:8420") is allowed


def test_any_origin_means_any() -> None:
    assert Origins(("*",)).allow("null", None)
    assert not Origins(()).allow("https://shop.example", None)
    assert normal("http://[::1]:80") == "http://[::1]"


@pytest.mark.parametrize(
    ("exact", "said"),
    [(None, None), (0, 15_000), (14_000, 15_000), (16_000, 30_000), (60_000, 60_000), (61_000, 120_000),
     (600_000, 600_000), (601_000, 900_000)],
)  # fmt: skip
def test_estimates_are_said_in_steps_and_upwards(exact: int | None, said: int | None) -> None:
    assert rounded_ms(exact) == said


def test_outside_hours_a_route_may_lead_to_a_queue_that_serves() -> None:
    hours = HoursSettings(timezone="UTC", weekly=WeekSettings(tue=("09:00-17:00",)))
    night, mail = QueueSettings(id="night", name="Night"), QueueSettings(id="mail", name="Mail", channels=("email",))

    def serves(**more: object) -> str:
        day = QueueSettings(id="day", name="Day", **{"hours": hours, **more})  # type: ignore[arg-type]
        return serving((day, night, mail), day, MONDAY_NOON).id

    to_night = RouteSettings(queue="night")
    assert serves(closed=to_night) == "night"
    assert serves(closed=to_night, hours=None) == "day"
    assert serves() == "day"
    assert serves(closed=RouteSettings(queue="mail")) == "day"
    assert serves(closed=RouteSettings(queue="night", channel="message")) == "day"
    holiday = HoursSettings(timezone="UTC", holidays=HolidaySettings(dates=("11-20",)))
    assert serves(hours=holiday, closed=RouteSettings(queue="mail"), holiday=to_night) == "night"
    assert serves(hours=holiday, closed=to_night) == "night", "holidays go as when closed"


def test_a_queue_takes_chats_within_hours_with_somebody_there() -> None:
    always = QueueSettings(id="a", name="A")
    hours = HoursSettings(timezone="UTC", weekly=WeekSettings(mon=("09:00-17:00",)))
    daily = QueueSettings(id="b", name="B", hours=hours)
    assert takes_chats(always, 1, MONDAY_NOON)
    assert not takes_chats(always, 0, MONDAY_NOON)
    assert takes_chats(daily, 1, MONDAY_NOON)
    assert not takes_chats(daily, 1, MONDAY_NOON + 6 * 3_600_000)


def test_which_queue() -> None:
    mail = QueueSettings(id="mail", name="Mail", channels=("email", "message"))
    chat = QueueSettings(id="chat", name="Chat", channels=("chat",))
    both = QueueSettings(id="both", name="Both", channels=("chat", "message"))
    assert chosen_queue((mail, chat, both), "", "") is chat
    assert chosen_queue((mail, chat, both), "", "both") is both
    assert chosen_queue((mail, chat, both), "chat", "both") is chat
    assert chosen_queue((mail, chat, both), "mail", "") is None
    assert chosen_queue((), "", "") is None
    assert message_queue((mail, chat, both), both) is both
    assert message_queue((mail, chat, both), chat) is mail
    assert message_queue((chat,), chat) is None


def _message(number: int, kind: MessageKind, **more: object) -> Message:
    return Message(number, 1, 2, kind, "Ana", "text", 5, **more)  # type: ignore[arg-type]


def test_visitors_see_what_was_said_and_nothing_else() -> None:
    file = Attachment("f", "a.png", "image/png", 3)
    inbound = _message(1, MessageKind.INBOUND, client_id="c", attachments=(file,))
    assert shown(inbound) == ChatMessage(1, "visitor", "text", 5, "", "c", (FileInfo("f", "a.png", "image/png", 3),))
    outbound = _message(2, MessageKind.OUTBOUND, client_id="k", agent="ana")
    assert shown(outbound) == ChatMessage(2, "agent", "text", 5, "Ana")
    assert shown(_message(3, MessageKind.NOTE)) is None
    assert shown(_message(4, MessageKind.SYSTEM)) is None


def test_history_is_what_followed_in_order_and_bounded() -> None:
    messages = [_message(number, MessageKind.OUTBOUND) for number in (5, 3, 4, 9)] + [_message(8, MessageKind.NOTE)]
    ids = [one.id for one in newest(messages, 3, 10)[0]]
    assert ids == [4, 5, 9]
    kept, more = newest(messages, 0, 2)
    assert ([one.id for one in kept], more) == ([5, 9], True)


def test_a_name_is_one_line_of_printable_text() -> None:
    assert visitor_name("  Bu\x1b[31m\n Sari\u202e ") == "Bu [31m Sari"
    assert visitor_name(" \t") == ""


def test_tokens_are_kept_as_digests() -> None:
    assert token_hash("a" * 43) != token_hash("b" * 43)
    assert len(token_hash("a" * 43)) == 64
