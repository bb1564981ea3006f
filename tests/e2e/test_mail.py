"""Mail while everything dies: Dovecot restarts, the server is killed, connections are cut; then the balance is zero.

A real server process, a real mailbox. Every mail is exactly one message; what refers to another is in its interaction.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentdesk.config.email import EmailSettings, ImapSettings, MailboxSettings, SmtpSettings
from agentdesk.config.server import QueueSettings, WebchatSettings, WrapupSettings
from agentdesk.store.sqlite import open_store
from tests.mailing.dovecot import PACKAGES, Dovecot, free_port, is_installed, private_dovecot
from tests.mailing.wire import Wire, wire_to
from tests.serving import ServerProcess, settings, start_server_process

MAILS = 300
"""1,000 with AGENTDESK_MAILS=1000; so many keep the run of all tests short."""
PEOPLE = 60
QUIET_S = 120.0


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    if not is_installed():
        reason = f"needs Dovecot: apt install {PACKAGES}"
        if os.environ.get("AGENTDESK_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with private_dovecot() as dovecot:
        yield dovecot


def mail(number: int, answers: int | None) -> bytes:
    """Number of so many; who writes follows from where its thread began."""
    root = number if answers is None else answers
    head = f"From: P{root} <p{root}@example.org>\r\nTo: desk@example.test\r\nSubject: Thread {root}\r\n"
    if answers is not None:
        head += f"References: <m{answers}@example.org>\r\n"
    return f"{head}Message-ID: <m{number}@example.org>\r\n\r\nMail {number}.\r\n".encode()


class Everything:
    """What may die."""

    def __init__(self, folder: Path, dovecot: Dovecot, wire: Wire) -> None:
        (folder / "data").mkdir()
        (folder / "password").write_text(dovecot.password)
        imap = ImapSettings(
            host="127.0.0.1", port=wire.port, tls="none", user=dovecot.user, password_file=str(folder / "password")
        )
        box = MailboxSettings(id="desk", address="desk@example.test", imap=imap)
        email = EmailSettings(mailboxes=(box,), smtp=SmtpSettings(host="127.0.0.1", port=free_port(), tls="none"))
        queue = QueueSettings(id="mail", name="Mail", channels=("email",), wrapup=WrapupSettings(mode="none"))
        self.config = settings(folder / "data", webchat=WebchatSettings(enabled=False), queues=(queue,), email=email)
        self.folder = folder
        self.dovecot = dovecot
        self.wire = wire
        self.server: ServerProcess = start_server_process(folder / "data", self.config)

    def stop_server(self) -> None:
        """SIGKILL."""
        self.server.kill()
        assert self.server.process.stdout is not None
        self.server.process.stdout.close()

    def happens(self, roll: float) -> None:
        """Something goes wrong."""
        if roll < 0.4:
            self.stop_server()
            self.server = start_server_process(self.folder / "data", self.config)
        elif roll < 0.7:
            self.wire.cut()
        elif roll < 0.9:
            self.dovecot.stop()
            self.dovecot.start()
        else:
            self.dovecot.stop()
            self.dovecot.forget_uidvalidity()
            self.dovecot.start()


@pytest.mark.timeout(400)
def test_each_mail_is_one_message_whatever_dies(tmp_path: Path, dovecot: Dovecot) -> None:
    seed = int(os.environ.get("CRASH_SEED") or random.randrange(1 << 32))
    print(f"CRASH_SEED={seed}")
    choose = random.Random(seed)
    count = int(os.environ.get("AGENTDESK_MAILS", MAILS))
    with wire_to(dovecot.imap_port) as wire:
        all_ = Everything(tmp_path, dovecot, wire)
        try:
            wait_for(tmp_path, 0)
            threads: dict[int, int] = {}
            for number in range(1, count + 1):
                answers = choose.choice(sorted(threads)) if len(threads) >= PEOPLE and choose.random() < 0.8 else None
                threads[number] = threads[answers] if answers is not None else number
                dovecot.deliver(mail(number, threads[answers] if answers is not None else None))
                if choose.random() < 0.05:
                    all_.happens(choose.random())
            found = wait_for(tmp_path, count)
        finally:
            all_.stop_server()
    assert Counter(found.values()) == Counter(range(1, count + 1)), "each mail is one message"
    by_thread: dict[int, set[int]] = {}
    for (interaction, _), number in found.items():
        by_thread.setdefault(threads[number], set()).add(interaction)
    assert {len(interactions) for interactions in by_thread.values()} == {1}, "each thread is one interaction"
    assert balance(tmp_path) == count


def messages(folder: Path) -> dict[tuple[int, int], int]:
    """Every message by interaction and id, with the number of its mail."""
    store = open_store(folder / "data" / "agentdesk.db", deciding=False)
    try:
        found: dict[tuple[int, int], int] = {}
        for interaction in store.interactions(limit=1_000):
            for one in store.messages(interaction.id, limit=1_000):
                found[interaction.id, one.id] = int(one.text.removeprefix("Mail ").removesuffix("."))
        return found
    finally:
        store.close()


def balance(folder: Path) -> int:
    """Mails that are accounted for as messages."""
    store = open_store(folder / "data" / "agentdesk.db", deciding=False)
    try:
        return store.intake_counts("desk").get("message", 0)
    finally:
        store.close()


def wait_for(folder: Path, count: int) -> dict[tuple[int, int], int]:
    """Wait until so many have arrived; another process writes them, so there is nothing to wait on but the database."""
    until = time.monotonic() + QUIET_S
    while True:
        found = messages(folder)
        if len(found) >= count and (count or spot_is_set(folder)):
            return found
        assert time.monotonic() < until, f"{len(found)} of {count} mails have arrived"
        time.sleep(0.2)


def spot_is_set(folder: Path) -> bool:
    """Whether the mailbox has been looked at for the first time: what comes from then on counts."""
    store = open_store(folder / "data" / "agentdesk.db", deciding=False)
    try:
        spot = store.mail_spot("desk")
        return spot is not None and spot.uidvalidity > 0
    finally:
        store.close()
