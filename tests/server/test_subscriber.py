"""One session's outbox: live or catching up, cut when slow, silent when gone."""

from __future__ import annotations

from agentdesk.protocol.codec import decode_server
from agentdesk.protocol.messages import Bye, Live, ServerFrame
from agentdesk.server.hub import text_frame
from agentdesk.server.subscriber import BACKLOG_MAX, Subscriber


class Wire:
    """An outlet that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.is_slow = False
        self.waiting = 0
        self.closed: int | None = None
        self.broken = False

    def raw(self, frame: bytes) -> None:
        if self.broken:
            raise RuntimeError("the handler is closed")
        self.sent.append(frame)

    def write(self, frame: bytes) -> None:
        if not self.broken:
            self.sent.append(frame)

    def unsent(self) -> int:
        return self.waiting

    def finish(self, code: int, reason: str = "") -> None:
        self.closed = code

    async def drained(self) -> None:
        """Nothing waits here."""

    @property
    def frames(self) -> list[ServerFrame]:
        return [decode_server(one[one.index(b"{") :]) for one in self.sent if b"{" in one]


def a_subscriber(wire: Wire) -> Subscriber:
    return Subscriber(wire, agent="ana", client="c", queues=None, sees_agents=False, outbox_bytes=100)


def frame(number: int) -> bytes:
    return text_frame(b"event %d" % number)


def test_events_wait_until_it_has_caught_up_and_none_comes_twice() -> None:
    wire = Wire()
    subscriber = a_subscriber(wire)
    for number in (5, 6, 7):
        assert not subscriber.event(number, frame(number))
    assert wire.sent == []
    assert subscriber.caught_up(5)
    assert wire.sent[:2] == [frame(6), frame(7)]
    assert wire.frames == [Live(7)]
    assert not subscriber.event(8, frame(8))
    assert wire.sent[-1] == frame(8)
    assert subscriber.seq == 8


def test_what_only_the_store_can_tell_makes_it_catch_up_once() -> None:
    wire = Wire()
    subscriber = a_subscriber(wire)
    subscriber.caught_up(4)
    wire.sent.clear()
    assert subscriber.event(5, None)
    assert not subscriber.event(6, frame(6))
    assert not subscriber.event(7, None)
    assert not subscriber.event(8, frame(8))
    assert wire.sent == []
    assert not subscriber.caught_up(6)
    assert subscriber.caught_up(7)
    assert wire.sent[0] == frame(8)


def test_a_backlog_that_grows_too_long_is_read_from_the_store_instead() -> None:
    subscriber = a_subscriber(Wire())
    for number in range(1, BACKLOG_MAX + 2):
        subscriber.event(number, frame(number))
    assert not subscriber.caught_up(BACKLOG_MAX)
    assert subscriber.caught_up(BACKLOG_MAX + 1)


def test_it_is_cut_when_too_much_waits_and_says_so() -> None:
    wire = Wire()
    subscriber = a_subscriber(wire)
    subscriber.caught_up(0)
    wire.is_slow, wire.waiting = True, 100
    subscriber.event(1, frame(1))
    assert wire.closed is None
    wire.waiting = 101
    subscriber.event(2, frame(2))
    assert wire.closed == 4008
    assert isinstance(wire.frames[-1], Bye)
    before = len(wire.sent)
    subscriber.event(3, frame(3))
    subscriber.write(frame(4))
    assert len(wire.sent) == before


def test_a_connection_that_is_closed_already_breaks_nothing() -> None:
    wire = Wire()
    subscriber = a_subscriber(wire)
    subscriber.caught_up(0)
    wire.broken = True
    assert not subscriber.event(1, frame(1))
    assert subscriber.gone
    assert not subscriber.event(2, None)
    assert not subscriber.live


def test_frames_of_every_length_are_framed_as_the_protocol_says() -> None:
    assert text_frame(b"x" * 125)[:2] == bytes((0x81, 125))
    assert text_frame(b"x" * 126)[:4] == bytes((0x81, 126, 0, 126))
    assert text_frame(b"x" * 65_535)[:4] == bytes((0x81, 126, 255, 255))
    assert text_frame(b"x" * 65_536)[:10] == bytes((0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0))
