"""A mailbox of a real Dovecot is followed through restarts, cut and dead connections, and renumbering."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator

import pytest

from agentdesk.channels.email.imap import Fetched, Follower, Health, ImapPlace, Spot
from tests.mailing.dovecot import PACKAGES, Dovecot, is_installed, private_dovecot
from tests.mailing.wire import Wire, wire_to

WAIT_S = 40.0


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if not is_installed():
        reason = f"needs Dovecot: apt install {PACKAGES}"
        if os.environ.get("AGENTDESK_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with private_dovecot() as dovecot:
        yield dovecot


@pytest.fixture
def wire(server: Dovecot) -> Iterator[Wire]:
    with wire_to(server.imap_port) as wire:
        yield wire


def mail(name: str, size: int = 0) -> bytes:
    head = (
        f"From: kim@example.org\r\nTo: desk@example.test\r\nSubject: {name}\r\nMessage-ID: <{name}@example.org>\r\n\r\n"
    )
    return head.encode() + b"Hello\r\n" + (b"x" * 76 + b"\r\n") * (size // 78)


def name(fetched: Fetched) -> str:
    return fetched.raw.split(b"Message-ID: <", 1)[1].split(b"@", 1)[0].decode()


class Inbox:
    """What was delivered, as to a store that commits before it answers, and how the mailbox did."""

    def __init__(self) -> None:
        self.arrived: queue.Queue[Fetched] = queue.Queue()
        self.told: queue.Queue[Health] = queue.Queue()
        self.fail = False

    def take(self, fetched: Fetched) -> None:
        if self.fail:
            raise RuntimeError("the store is away")
        self.arrived.put(fetched)

    def next(self) -> Fetched:
        return self.arrived.get(timeout=WAIT_S)

    def names(self, count: int) -> list[str]:
        return [name(self.next()) for _ in range(count)]

    def until(self, state: str) -> Health:
        """Wait until the mailbox is in this state from now on."""
        while (health := self.told.get(timeout=WAIT_S)).state != state:
            pass
        return health


Follow = Callable[..., Follower]


@pytest.fixture
def follow(server: Dovecot, wire: Wire) -> Iterator[Follow]:
    followers: list[Follower] = []

    def follow(inbox: Inbox, spot: Spot = Spot(0), **options: float) -> Follower:  # noqa: B008 - a value
        place = ImapPlace("127.0.0.1", wire.port, lambda c: c.login(server.user, server.password), tls="none")
        options = {"idle_s": 3.0, "read_s": 2.0, **options}
        follower = Follower(place, spot, inbox.take, inbox.told.put, **options)  # type: ignore[arg-type]
        followers.append(follower)
        follower.start()
        inbox.until("idle")
        return follower

    yield follow
    assert all(follower.stop() for follower in followers)


def test_what_was_there_before_stays_and_what_comes_is_pushed(server: Dovecot, follow: Follow) -> None:
    server.deliver(mail("old"))
    inbox = Inbox()
    follow(inbox)
    server.deliver(mail("new"))
    assert name(inbox.next()) == "new"
    assert inbox.arrived.empty()


def test_nothing_is_missed_or_doubled_through_restarts_and_cuts(server: Dovecot, wire: Wire, follow: Follow) -> None:
    inbox = Inbox()
    follower = follow(inbox)
    expected = []
    for round_ in range(6):
        for number in range(10):
            expected.append(f"r{round_}n{number}")
            server.deliver(mail(expected[-1]))
        if round_ % 2:
            wire.cut()
        else:
            server.stop()
            server.start()
    assert inbox.names(60) == expected
    assert inbox.arrived.empty()
    assert follower.health.connects > 1


def test_a_dead_connection_is_noticed_and_what_it_hid_is_fetched(server: Dovecot, wire: Wire, follow: Follow) -> None:
    inbox = Inbox()
    follow(inbox)
    wire.hole.set()
    server.deliver(mail("hidden"))
    inbox.until("down")
    wire.hole.clear()
    assert name(inbox.next()) == "hidden"


def test_renumbered_mail_is_delivered_again_for_whoever_knows_it(server: Dovecot, follow: Follow) -> None:
    inbox = Inbox()
    follow(inbox)
    server.deliver(mail("before"))
    first = inbox.next()
    server.stop()
    server.forget_uidvalidity()
    server.start()
    server.deliver(mail("after"))
    seen: set[str] = set()
    while not {"before", "after"} <= seen:
        again = inbox.next()
        seen.add(name(again))
        assert again.uidvalidity != first.uidvalidity


def test_a_mail_that_was_not_taken_is_offered_again(server: Dovecot, follow: Follow) -> None:
    inbox = Inbox()
    follow(inbox)
    inbox.fail = True
    server.deliver(mail("refused-1"))
    server.deliver(mail("refused-2"))
    assert "the store is away" in inbox.until("down").words
    inbox.fail = False
    assert inbox.names(2) == ["refused-1", "refused-2"]


def test_of_a_mail_that_is_too_large_only_the_header_comes(server: Dovecot, follow: Follow) -> None:
    inbox = Inbox()
    follow(inbox, bytes_max=100_000)
    server.deliver(mail("large", 300_000))
    server.deliver(mail("small"))
    large, small = inbox.next(), inbox.next()
    assert (name(large), large.whole, large.size > 290_000) == ("large", False, True)
    assert b"xxxx" not in large.raw
    assert (name(small), small.whole) == ("small", True)


def test_it_goes_on_where_it_was(server: Dovecot, follow: Follow) -> None:
    inbox = Inbox()
    first = follow(inbox)
    server.deliver(mail("one"))
    inbox.next()
    assert first.stop()
    server.deliver(mail("two"))
    follow(inbox, first.spot)
    assert name(inbox.next()) == "two"
    assert inbox.arrived.empty()


def test_a_wrong_password_is_said(server: Dovecot) -> None:
    inbox = Inbox()
    place = ImapPlace("127.0.0.1", server.imap_port, lambda c: c.login(server.user, "wrong"), tls="none")
    follower = Follower(place, Spot(0), inbox.take, inbox.told.put, read_s=10.0)
    follower.start()
    assert "uthentication" in inbox.until("refused").words
    assert follower.stop()


def test_where_a_mailbox_begins_is_kept_before_anything_is_read(server: Dovecot, follow: Follow) -> None:
    inbox = Inbox()
    kept: list[Spot] = []
    place = ImapPlace("127.0.0.1", server.imap_port, lambda c: c.login(server.user, server.password), tls="none")
    follower = Follower(place, Spot(7), inbox.take, inbox.told.put, kept.append)
    follower.start()
    inbox.until("idle")
    assert follower.stop()
    (begins,) = kept
    assert begins.since_ms == 7 and begins.uidvalidity > 0
    server.deliver(mail("while-nobody-looked"))
    follow(inbox, Spot(0, begins.uidvalidity, begins.uid))
    assert name(inbox.next()) == "while-nobody-looked"
