"""The client's session as transcripts: what it says, what comes back, what the mirror holds then."""

from __future__ import annotations

import msgspec
import pytest

from agentdesk.client.mirror import Mirror
from agentdesk.client.outbox import ASKED_MAX, BUSY_PAUSE_MS
from agentdesk.client.port import LinkState
from agentdesk.client.session import WELCOME_WAIT_MS, Notice, Session
from agentdesk.core import events as e
from agentdesk.core.commands import AcceptOffer, ClientCommand, Done, MarkRead, Refused, SaveDraft, SendMessage
from agentdesk.core.model import Presence
from agentdesk.protocol import messages as wire

decode = msgspec.json.Decoder(wire.ClientFrame).decode
HELLO = wire.Welcome(1, "ana", "Ana", "agent", 5, "e1", "snapshot", 1_000_000, 10)


class Talk:
    """One session and the server's part in it, written by the test."""

    def __init__(self) -> None:
        self.now = 50
        self.session = Session("secret", "c1", Mirror())

    def takes(self) -> list[wire.ClientFrame]:
        return [decode(data) for data in self.session.take()]

    def says(self, *frames: wire.ServerFrame) -> list[Notice]:
        notices: list[Notice] = []
        for frame in frames:
            notices += self.session.receive(msgspec.json.encode(frame), self.now)
        return notices

    def connects(self, *following: wire.ServerFrame) -> list[Notice]:
        self.session.opened(self.now)
        self.takes()
        notices = self.says(HELLO, *following, wire.Live(5))
        self.commands_and_pings = self.takes()
        return notices

    def submits(self, command: ClientCommand) -> str:
        return self.session.submit(command, self.now)[0]

    def asks(self) -> list[wire.Do]:
        return [frame for frame in self.takes() if isinstance(frame, wire.Do)]


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def live(talk: Talk) -> Talk:
    talk.connects(wire.Snapshot(5, None, (), ()))
    return talk


def presence_event(seq: int) -> wire.EventFrame:
    return wire.EventFrame(seq, 0, e.PresenceChanged("ana", Presence.AVAILABLE))


def test_it_says_hello_first_and_nothing_before_it_is_live(talk: Talk) -> None:
    talk.submits(AcceptOffer(1))
    assert talk.takes() == []
    talk.session.opened(talk.now)
    assert talk.takes() == [wire.Hello("secret", "c1")]
    talk.says(HELLO, wire.Snapshot(5, None, (), ()))
    assert talk.takes() == []
    talk.says(wire.Live(5))
    assert [type(frame) for frame in talk.takes()] == [wire.Ping, wire.Do]


def test_it_resumes_from_the_last_number_and_counts_what_it_missed(live: Talk) -> None:
    live.says(presence_event(9))
    live.session.lost(live.now, "cable", 1.0)
    assert live.session.link == LinkState("offline", "cable", retry_in_s=1.0)
    live.session.opened(live.now)
    assert live.takes() == [wire.Hello("secret", "c1", last_seq=9, epoch="e1")]
    notices = live.says(HELLO, presence_event(11), presence_event(12), wire.Live(12))
    assert notices[-1] == ("link", LinkState("live", missed=2))


def test_an_unanswered_command_goes_out_again_under_its_key(live: Talk) -> None:
    key = live.submits(SendMessage(7, "halo"))
    (first,) = live.asks()
    assert (first.key, first.again) == (key, False)
    live.session.lost(live.now)
    live.session.opened(live.now)
    live.takes()
    live.says(HELLO, wire.Live(5))
    (second,) = live.asks()
    assert second == wire.Do(key, first.command, again=True)


def test_an_answer_counts_once(live: Talk) -> None:
    key = live.submits(AcceptOffer(1))
    assert live.says(wire.Reply(key, Done(9))) == [("answer", (key, AcceptOffer(1), Done(9)))]
    assert live.says(wire.Reply(key, Done(9))) == []
    live.session.lost(live.now)
    live.session.opened(live.now)
    live.says(HELLO, wire.Live(5))
    assert live.asks() == []


def test_messages_of_one_interaction_wait_for_each_others_answers(live: Talk) -> None:
    first, second = live.submits(SendMessage(7, "satu")), live.submits(SendMessage(7, "dua"))
    other = live.submits(SendMessage(8, "tiga"))
    assert [ask.key for ask in live.asks()] == [first, other]
    live.says(wire.Reply(first, Done(9, 1)))
    assert [ask.key for ask in live.asks()] == [second]


def test_busy_is_asked_again_in_its_place(live: Talk) -> None:
    first, second = live.submits(SendMessage(7, "satu")), live.submits(SendMessage(7, "dua"))
    live.takes()
    assert live.says(wire.Reply(first, Refused("busy", "later"))) == []
    assert live.asks() == []
    due = live.session.due()
    assert due == live.now + BUSY_PAUSE_MS
    live.now = due
    live.session.tick(live.now)
    assert [ask.key for ask in live.asks()] == [first]
    live.says(wire.Reply(first, Done(9, 1)))
    assert [ask.key for ask in live.asks()] == [second]


def test_of_drafts_only_the_newest_goes_out_and_each_gets_an_answer(talk: Talk) -> None:
    old, new = talk.submits(SaveDraft(7, "ha")), talk.submits(SaveDraft(7, "halo"))
    talk.submits(SaveDraft(8, "x"))
    talk.session.opened(talk.now)
    talk.says(HELLO, wire.Live(5))
    asks = talk.asks()
    assert [(ask.command.interaction_id, ask.command.text) for ask in asks] == [(7, "halo"), (8, "x")]  # type: ignore[union-attr]
    answers = talk.says(wire.Reply(new, Done(9)))
    assert [detail[0] for _, detail in answers] == [old, new]  # type: ignore[index]


def test_a_read_mark_is_not_a_draft(talk: Talk) -> None:
    for command in (SaveDraft(7, "ha"), MarkRead(7, 1)):
        talk.submits(command)
    assert len(talk.session.mirror.asked) == 2


def test_what_waits_is_bounded(talk: Talk) -> None:
    for number in range(ASKED_MAX):
        talk.submits(SendMessage(number, "x"))
    _, notices = talk.session.submit(SendMessage(1, "one too many"), talk.now)
    ((topic, detail),) = notices
    assert topic == "answer"
    assert detail[2].code == "busy"  # type: ignore[index]


def test_a_silent_server_is_given_up(live: Talk) -> None:
    live.now += 25_000
    live.session.tick(live.now)
    assert live.session.closing == "the server is silent"


def test_a_server_that_never_welcomes_is_given_up(talk: Talk) -> None:
    talk.session.opened(talk.now)
    assert talk.session.due() == talk.now + WELCOME_WAIT_MS
    talk.session.tick(talk.now + WELCOME_WAIT_MS)
    assert talk.session.closing


def test_pings_measure_the_round_trip(live: Talk) -> None:
    live.now += 40
    live.says(wire.Pong(1))
    assert live.session.link.round_trip_ms == 40
    live.says(wire.Pong(7))
    assert live.session.link.round_trip_ms == 40


def test_the_servers_clock_is_known(live: Talk) -> None:
    assert live.session.server_now(live.now + 5) == HELLO.now_ms + 5


@pytest.mark.parametrize("last_word", [wire.ErrorFrame("bad_token", "no"), wire.Bye("too_many", "no")])
def test_some_refusals_are_for_good(talk: Talk, last_word: wire.ServerFrame) -> None:
    talk.session.opened(talk.now)
    talk.says(last_word)
    talk.session.lost(talk.now, "closed", 3.0)
    link = talk.session.link
    assert (link.state, link.detail, link.retry_in_s) == ("refused", "no", None)
    assert link.needs_sign_in == (link.code in ("bad_token", "signed_out"))


def test_a_restart_is_not_for_good(live: Talk) -> None:
    live.says(wire.Bye("restart", "back soon"))
    assert live.session.closing == "back soon"
    assert not live.session.refused


def test_an_error_that_names_a_command_is_its_answer(live: Talk) -> None:
    key = live.submits(AcceptOffer(1))
    (notice,) = live.says(wire.ErrorFrame("not_permitted", "no", key))
    assert notice == ("answer", (key, AcceptOffer(1), Refused("not_permitted", "no")))
    assert not live.session.refused


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"type":"event"}', b"[" * 5000])
def test_what_is_no_frame_closes_the_connection(live: Talk, data: bytes) -> None:
    assert live.session.receive(data, live.now) == []
    assert live.session.closing


def test_typing_is_lost_when_offline(talk: Talk) -> None:
    talk.session.typing(7, True)
    talk.connects()
    talk.session.typing(7, True)
    assert talk.takes() == [wire.Typing(7, True)]
