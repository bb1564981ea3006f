"""One IMAP mailbox, followed: what is new is delivered once, in order, and the place is kept by the one who is told.

A thread for each mailbox, because the library blocks. The place is the folder's UIDVALIDITY and the last UID; when the
UIDVALIDITY changes everything since `since_ms` is delivered again, and whoever is told recognises what it has. A
connection counts as dead after BYE, an answer that comes empty at once, or any time-out; IDLE is begun anew, with a
look for what it may have missed, at least every `idle_s`.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Protocol

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from agentdesk.errors import DeskError

CONNECT_S = 10.0
READ_S = 20.0
IDLE_S = 9 * 60.0
"""Shorter than the half hour of RFC 2177: middle-boxes forget quiet connections after ten minutes."""
LOOK_S = 1.0
"""How often an idle connection is looked at for a wish to stop."""
RETRY_FIRST_S, RETRY_MOST_S = 0.5, 60.0
CHUNK_MAILS, CHUNK_BYTES = 50, 8 * 1024 * 1024
MAIL_BYTES_MAX = 30 * 1024 * 1024
WORDS_MAX = 500

logger = logging.getLogger("agentdesk.email.imap")


class Sign(Protocol):
    """Signs in to a connection; raises `LoginError` or an error of the network."""

    def __call__(self, client: IMAPClient) -> object: ...


@dataclass(frozen=True)
class ImapPlace:
    """Where a mailbox is. `tls` is tls, starttls or none."""

    host: str
    port: int
    sign: Sign
    tls: str = "tls"
    folder: str = "INBOX"


@dataclass(frozen=True)
class Spot:
    """How far a folder has been read. With `uid` 0 and no `uidvalidity` it is new: only what comes from now on counts,
    which `since_ms` remembers."""

    since_ms: int
    uidvalidity: int = 0
    uid: int = 0


@dataclass(frozen=True)
class Fetched:
    """One mail as it lies in the folder. Of one that is too large only the header was fetched."""

    uidvalidity: int
    uid: int
    raw: bytes
    size: int
    at_ms: int
    whole: bool = True


@dataclass(frozen=True)
class Health:
    """How a mailbox does, for people to look at.

    `state` is new, reading, idle, down, refused or stopped; `connects` counts how often it was reached.
    """

    state: str = "new"
    words: str = ""
    connects: int = 0


Deliver = Callable[[Fetched], None]
"""Takes a mail, and returns when it is kept for good; what it raises ends the connection and is tried again."""
Keep = Callable[[Spot], None]
"""Keeps where a new mailbox begins, for good, before it is read: what comes while nobody looks counts too."""
Tell = Callable[[Health], None]
"""Hears how the mailbox does whenever that changes, in the mailbox's thread."""


class Follower:
    """Follows one mailbox until `stop`. `start` and `stop` belong to its owner; everything else to its thread."""

    def __init__(
        self,
        place: ImapPlace,
        spot: Spot,
        deliver: Deliver,
        tell: Tell = lambda health: None,
        keep: Keep = lambda spot: None,
        *,
        idle_s: float = IDLE_S,
        read_s: float = READ_S,
        bytes_max: int = MAIL_BYTES_MAX,
    ) -> None:
        self.health = Health()
        self.spot = spot
        self._place = place
        self._deliver = deliver
        self._tell = tell
        self._keep = keep
        self._idle_s = idle_s
        self._read_s = read_s
        self._bytes_max = bytes_max
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"imap {place.host}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wish_stop(self) -> None:
        """Let it end when it next can; `stop` waits for that."""
        self._stopping.set()

    def stop(self, timeout_s: float = 2 * READ_S) -> bool:
        """End, and tell whether it did in time."""
        self._stopping.set()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # --- living -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        wait_s = RETRY_FIRST_S
        while not self._stopping.is_set():
            connects = self.health.connects
            try:
                self._session()
            except (IMAPClientError, DeskError, OSError, ValueError, KeyError, RuntimeError) as problem:
                self._is_down(problem)
            if self.health.connects > connects:
                wait_s = RETRY_FIRST_S
            if self._stopping.wait(wait_s * random.uniform(0.7, 1.3)):
                break
            wait_s = min(2 * wait_s, RETRY_MOST_S)
        self._is("stopped")

    def _is_down(self, problem: Exception) -> None:
        refused = isinstance(problem, LoginError | DeskError)
        self._is("refused" if refused else "down", f"{type(problem).__name__}: {problem}")
        logger.warning("The mailbox at %s is %s: %s", self._place.host, self.health.state, self.health.words)

    def _is(self, state: str, words: str = "", connects: int = 0) -> None:
        health = Health(state, words[:WORDS_MAX], self.health.connects + connects)
        if health != self.health:
            self.health = health
            self._tell(health)

    def _session(self) -> None:
        place = self._place
        timeout = SocketTimeout(connect=CONNECT_S, read=self._read_s)
        client = IMAPClient(place.host, place.port, ssl=place.tls == "tls", timeout=timeout)
        try:
            if place.tls == "starttls":
                client.starttls()
            place.sign(client)
            self._select(client)
            self._is("reading", connects=1)
            self._catch_up(client)
            self._follow(client)
        finally:
            # No goodbye: on a broken connection it would hide what broke it.
            with suppress(IMAPClientError, OSError):
                client.shutdown()

    def _follow(self, client: IMAPClient) -> None:
        while not self._stopping.is_set():
            self._is("idle")
            if self._idle(client):
                self._catch_up(client)

    def _select(self, client: IMAPClient) -> None:
        found = client.select_folder(self._place.folder, readonly=True)
        validity, following = int(found[b"UIDVALIDITY"]), int(found.get(b"UIDNEXT", 1))
        spot = self.spot
        if not spot.uidvalidity and not spot.uid:
            begins = Spot(spot.since_ms, validity, following - 1)
            self._keep(begins)
            self.spot = begins
        elif spot.uidvalidity != validity:
            self.spot = Spot(spot.since_ms, validity, 0)

    def _idle(self, client: IMAPClient) -> bool:
        """Wait until something may have come; False when it is time to stop."""
        client.idle()
        ends = monotonic() + self._idle_s
        news = False
        while not news and monotonic() < ends and not self._stopping.is_set():
            began = monotonic()
            answers = client.idle_check(timeout=min(LOOK_S, max(0.01, ends - began)))
            if not answers and monotonic() - began < LOOK_S / 4 and ends - monotonic() > LOOK_S:
                raise ConnectionError("the server closed the connection")
            news = _tells_of_mail(answers)
        client.idle_done()
        return not self._stopping.is_set()

    # --- fetching -----------------------------------------------------------------------------------------------

    def _catch_up(self, client: IMAPClient) -> None:
        for uids in _chunks(self._heads(client, self._new(client)), self._bytes_max):
            whole = [uid for uid, head in uids if head.size <= self._bytes_max]
            bodies = client.fetch(whole, ["BODY.PEEK[]"]) if whole else {}
            for uid, head in uids:
                raw = bodies.get(uid, {}).get(b"BODY[]")
                if raw is None and head.size <= self._bytes_max:
                    continue  # deleted by somebody else between the two questions
                self._hand_over(client, uid, head, raw)
                if self._stopping.is_set():
                    return

    def _new(self, client: IMAPClient) -> list[int]:
        # `n:*` always names the last message, however small its number is.
        last = self.spot.uid
        return sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)

    def _heads(self, client: IMAPClient, uids: Sequence[int]) -> Iterator[tuple[int, _Head]]:
        for start in range(0, len(uids), CHUNK_MAILS):
            chunk = list(uids[start : start + CHUNK_MAILS])
            found = client.fetch(chunk, ["RFC822.SIZE", "INTERNALDATE"])
            for uid in chunk:
                if uid in found:
                    head = _Head(int(found[uid][b"RFC822.SIZE"]), _ms(found[uid].get(b"INTERNALDATE")))
                    if head.at_ms >= self.spot.since_ms - SKEW_MS:
                        yield uid, head

    def _hand_over(self, client: IMAPClient, uid: int, head: _Head, raw: bytes | None) -> None:
        if raw is None:
            found = client.fetch([uid], ["BODY.PEEK[HEADER]"])
            header = found.get(uid, {}).get(b"BODY[HEADER]", b"")
            mail = Fetched(self.spot.uidvalidity, uid, header, head.size, head.at_ms, whole=False)
        else:
            mail = Fetched(self.spot.uidvalidity, uid, raw, head.size, head.at_ms)
        self._deliver(mail)
        self.spot = Spot(self.spot.since_ms, self.spot.uidvalidity, uid)


SKEW_MS = 86_400_000
"""How much older than the beginning a mail may be by the server's own clock."""


@dataclass(frozen=True)
class _Head:
    size: int
    at_ms: int


def _chunks(heads: Iterator[tuple[int, _Head]], bytes_max: int) -> Iterator[list[tuple[int, _Head]]]:
    """Bounded in number and in what has to be in memory at once."""
    chunk: list[tuple[int, _Head]] = []
    total = 0
    for uid, head in heads:
        size = min(head.size, bytes_max)
        if chunk and (len(chunk) == CHUNK_MAILS or total + size > CHUNK_BYTES):
            yield chunk
            chunk, total = [], 0
        chunk.append((uid, head))
        total += size
    if chunk:
        yield chunk


def _tells_of_mail(answers: Sequence[Any]) -> bool:
    if any(answer[0] == b"BYE" for answer in answers):
        raise ConnectionError("the server said goodbye")
    return any(len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT") for answer in answers)


def _ms(date: datetime | None) -> int:
    if date is None:
        return 1 << 62
    # The library gives the local time of this machine, without a zone.
    aware = date.astimezone(UTC) if date.tzinfo is None else date
    return int((aware - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
