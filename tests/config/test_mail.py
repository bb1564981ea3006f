"""What must hold between the settings of mail, each problem with its line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk.config import inspect_server

QUEUE = "queues: [{id: support, name: Support, channels: [email]}]\nwebchat: {enabled: no}\n"
RELAY = "  smtp: {host: mail.example.com}\n"


def problems(tmp_path: Path, email: str, queue: str = QUEUE) -> list[str]:
    (tmp_path / "secret").write_text("s3cret\n")
    path = tmp_path / "config.yaml"
    path.write_text(f"{queue}email:\n{email}")
    return [f"{problem.key}: {problem.message}" for problem in inspect_server(path)[1]]


def test_a_mailbox_with_a_relay_is_good_and_its_secrets_are_found_beside_the_settings(tmp_path: Path) -> None:
    email = (
        RELAY + "  mailboxes: [{id: desk, address: desk@example.com, queue: support,"
        " imap: {host: mail.example.com, user: desk, password_file: secret}}]\n"
    )
    assert problems(tmp_path, email) == []
    settings, _ = inspect_server(tmp_path / "config.yaml")
    assert settings is not None
    imap = settings.email.mailboxes[0].imap
    assert imap is not None and imap.password_file == str(tmp_path / "secret")


@pytest.mark.parametrize(
    ("email", "problem"),
    [
        (RELAY + "  mailboxes: [{id: desk, address: desk}]\n", "email.mailboxes[1].address: 'desk' is not an address."),
        (
            RELAY + "  mailboxes: [{id: a, address: d@example.com}, {id: a, address: D@example.com}]\n",
            "email.mailboxes[2].id: 'a' is there twice.",
        ),
        (
            RELAY + "  mailboxes: [{id: a, address: d@example.com, queue: sales}]\n",
            "email.mailboxes[1].queue: no queue 'sales' takes mail.",
        ),
        ("  mailboxes: [{id: a, address: d@example.com}]\n", "email: nothing takes what is written in a."),
        (
            RELAY + "  mailboxes: [{id: a, address: d@example.com, imap: {host: h, password_file: secret}}]\n",
            "email.mailboxes[1].imap.user: a mailbox is signed in to by a name.",
        ),
        (
            RELAY + "  mailboxes: [{id: a, address: d@example.com, imap: {host: h, user: u}}]\n",
            "email.mailboxes[1].imap.password_file: there is nothing to sign in with.",
        ),
        (
            "  smtp: {host: h, user: u, password_file: gone}\n",
            "email.smtp.password_file: there is no file {folder}/gone.",
        ),
        ("  smtp: {host: h, password_file: secret}\n", "email.smtp.user: there is a secret and nobody to sign in as."),
        (
            "  listen: {host: 0.0.0.0}\n",
            "email.listen.host: 0.0.0.0 is reached from other machines, and whoever reaches it can hand mail over.",
        ),
    ],
)
def test_each_problem_is_named(tmp_path: Path, email: str, problem: str) -> None:
    assert problem.replace("{folder}", str(tmp_path)) in problems(tmp_path, email)


def test_a_mailbox_needs_a_queue_that_takes_mail(tmp_path: Path) -> None:
    email = RELAY + "  mailboxes: [{id: a, address: d@example.com}]\n"
    found = problems(tmp_path, email, "queues: [{id: support, name: Support}]\n")
    assert "queues: there is a mailbox and no queue takes mail." in found
