"""`agentdesk server mail` tries a real mailbox and relay, and accounts for every mail."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentdesk.protocol.mail import Intake, MailSpot
from agentdesk.store.sqlite import open_store
from tests.cli.conftest import Type
from tests.mailing.dovecot import PACKAGES, Dovecot, is_installed, private_dovecot


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    if not is_installed():
        reason = f"needs Dovecot: apt install {PACKAGES}"
        if os.environ.get("AGENTDESK_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with private_dovecot() as dovecot:
        yield dovecot


def set_up(config: Path, imap_port: int, smtp_port: int, password: str = "s3cret") -> None:
    """A mailbox in the settings that `init` wrote."""
    (config.parent / "mail-password").write_text(password)
    text = config.read_text().replace("channels: [chat, message]", "channels: [chat, message, email]")
    config.write_text(
        f"""{text}
email:
  smtp: {{host: 127.0.0.1, port: {smtp_port}, tls: none, user: desk@example.test, password_file: mail-password}}
  mailboxes:
    - id: desk
      address: desk@example.test
      imap:
        {{host: 127.0.0.1, port: {imap_port}, tls: none, user: desk@example.test, password_file: mail-password}}
"""
    )


def test_a_good_mailbox_and_relay(config: Path, type_: Type, dovecot: Dovecot) -> None:
    set_up(config, dovecot.imap_port, dovecot.submission_port)
    typed = type_("server", "mail", "test")
    assert typed.code == 0, typed.out
    assert "desk mailbox: good  folder: INBOX has" in typed.out
    assert "desk relay: good  sign in: as desk@example.test" in typed.out


def test_what_fails_is_explained(config: Path, type_: Type, dovecot: Dovecot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    set_up(config, dovecot.imap_port, free, "wrong")
    typed = type_("server", "mail", "test", "desk")
    assert typed.code == 1
    assert "desk mailbox: FAILED  sign in:" in typed.out and "Check user and password" in typed.out
    assert "desk relay: FAILED  connect:" in typed.out and "Nothing listens on" in typed.out


def mail(number: int) -> bytes:
    return (
        f"From: Kim <kim@example.org>\r\nTo: desk@example.test\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\n\r\nHello\r\n"
    ).encode()


def test_every_mail_has_an_outcome_or_is_named(config: Path, type_: Type, dovecot: Dovecot) -> None:
    set_up(config, dovecot.imap_port, dovecot.submission_port)
    for number in range(1, 4):
        dovecot.deliver(mail(number))
    store = open_store(config.parent / "data" / "agentdesk.db")
    import imaplib

    with imaplib.IMAP4("127.0.0.1", dovecot.imap_port) as client:
        client.login(dovecot.user, dovecot.password)
        client.select()
        validity = int(client.untagged_responses["UIDVALIDITY"][0])
        (uids,) = client.uid("SEARCH", "SUBJECT", "Mail")[1]  # type: ignore[arg-type]
    first, second, _ = (int(uid) for uid in uids.split())
    spot = MailSpot("desk", 1, validity, second)
    store.put_intake(Intake("desk", "d1", 5, 100, "message", validity, first, 7, 7), spot)
    store.put_intake(Intake("desk", "d2", 5, 100, "rejected", validity, second, reason="too_large"), spot)
    store.close()
    typed = type_("server", "mail", "reconcile", "--json")
    assert typed.code == 1, typed.out + typed.err
    (balance,) = json.loads(typed.out)
    assert [one["subject"] for one in balance["unsettled"]] == ["Mail 3"]
    assert balance["outcomes"] == {"message": 1, "rejected": 1}
    words = type_("server", "mail", "reconcile").out
    assert "MISSING" in words and "too_large" in words


def test_without_a_mailbox_there_is_nothing_to_look_at(config: Path, type_: Type) -> None:
    typed = type_("server", "mail", "test")
    assert typed.code == 1
    assert "email.mailboxes" in typed.err
    set_up(config, 1, 1)
    assert "there is no mailbox 'disk'" in type_("server", "mail", "reconcile", "disk").err
