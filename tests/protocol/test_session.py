"""The server's side of a session as a transcript: what came in, and exactly what has to be done."""

from __future__ import annotations

from agentdesk.core.commands import Hold
from agentdesk.protocol.codec import encode
from agentdesk.protocol.messages import (
    FRAME_MAX,
    PROTOCOL_VERSION,
    ClientFrame,
    Do,
    ErrorFrame,
    Hello,
    Ping,
    Pong,
    Typing,
)
from agentdesk.protocol.session import (
    BAD_FRAMES_MAX,
    CLOSE_BROKEN,
    CLOSE_REFUSED,
    HELLO_TIMEOUT_S,
    Action,
    End,
    Execute,
    Relay,
    Send,
    ServerSession,
    SignIn,
    Wait,
)

HELLO = Hello("T", "c-1")


def a_session(rate: float = 10.0) -> ServerSession:
    return ServerSession(100.0, rate)


def an_open_session(rate: float = 10.0) -> ServerSession:
    session = a_session(rate)
    assert feed(session, HELLO) == [SignIn(HELLO)]
    session.opened()
    return session


def feed(session: ServerSession, frame: ClientFrame | bytes, now_s: float = 100.0) -> list[Action]:
    return session.receive(frame if isinstance(frame, bytes) else encode(frame), now_s)


def error_of(actions: list[Action]) -> tuple[str, int]:
    assert len(actions) == 1
    end = actions[0]
    assert isinstance(end, End)
    assert isinstance(end.frame, ErrorFrame)
    return end.frame.code, end.code


def test_hello_then_commands() -> None:
    session = an_open_session()
    assert feed(session, Do("k", Hold(1))) == [Execute("k", Hold(1), False)]
    assert feed(session, Do("k", Hold(1), again=True)) == [Execute("k", Hold(1), True)]
    assert feed(session, Typing(1)) == [Relay(Typing(1))]


def test_a_ping_is_answered_at_any_time() -> None:
    session = a_session()
    assert feed(session, Ping(4)) == [Send(Pong(4))]
    feed(session, HELLO)
    assert feed(session, Ping(5)) == [Send(Pong(5))]


def test_nothing_but_hello_opens_a_session() -> None:
    assert error_of(feed(a_session(), Do("k", Hold(1)))) == ("bad_frame", CLOSE_BROKEN)
    assert error_of(feed(a_session(), b"garbage")) == ("bad_frame", CLOSE_BROKEN)


def test_commands_wait_until_hello_was_accepted() -> None:
    session = a_session()
    feed(session, HELLO)
    (sent,) = feed(session, Do("k", Hold(1)))
    assert isinstance(sent, Send)
    assert isinstance(sent.frame, ErrorFrame)
    assert sent.frame.code == "bad_frame"


def test_a_second_hello_is_an_error_and_the_session_goes_on() -> None:
    session = an_open_session()
    (sent,) = feed(session, HELLO)
    assert isinstance(sent, Send)
    assert feed(session, Do("k", Hold(1))) == [Execute("k", Hold(1), False)]


def test_another_version_is_told_apart() -> None:
    hello = Hello("T", "c-1", version=PROTOCOL_VERSION + 1)
    assert error_of(feed(a_session(), hello)) == ("bad_version", CLOSE_REFUSED)


def test_a_bad_frame_is_answered_under_its_key() -> None:
    (sent,) = feed(an_open_session(), b'{"type":"do","key":"k9","command":{"type":"Hold"}}')
    assert isinstance(sent, Send)
    assert isinstance(sent.frame, ErrorFrame)
    assert (sent.frame.code, sent.frame.key) == ("bad_frame", "k9")


def test_a_client_that_sends_nothing_but_rubbish_is_ended() -> None:
    session = an_open_session(1000)
    for _ in range(BAD_FRAMES_MAX):
        assert isinstance(feed(session, b"x")[0], Send)
    assert error_of(feed(session, b"x")) == ("bad_frame", CLOSE_BROKEN)
    assert session.is_over
    assert feed(session, Do("k", Hold(1))) == []


def test_a_frame_that_is_too_big_is_refused_in_words() -> None:
    (sent,) = feed(an_open_session(), b" " * (FRAME_MAX + 1))
    assert isinstance(sent, Send)
    assert isinstance(sent.frame, ErrorFrame)
    assert sent.frame.code == "too_big"


def test_who_asks_too_fast_is_held_back_and_not_refused() -> None:
    session = an_open_session(rate=10)
    for _ in range(19):
        assert feed(session, Ping()) == [Send(Pong())]
    assert feed(session, Ping()) == [Send(Pong()), Wait(0.1)]
    assert feed(session, Ping(), 100.2) == [Send(Pong())]


def test_who_goes_on_all_the_same_is_ended() -> None:
    session = an_open_session(rate=10)
    for _ in range(39):
        feed(session, Ping())
    assert error_of(feed(session, Ping())) == ("too_fast", CLOSE_BROKEN)


def test_who_says_nothing_is_ended_in_time() -> None:
    session = a_session()
    assert session.late(100.0 + HELLO_TIMEOUT_S - 1) == []
    assert error_of(session.late(100.0 + HELLO_TIMEOUT_S)) == ("bad_frame", CLOSE_BROKEN)


def test_who_said_hello_is_not_late() -> None:
    session = an_open_session()
    assert session.late(1_000.0) == []
