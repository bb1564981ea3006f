"""What must hold between the settings of mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from agentdesk.config.convert import Key
from agentdesk.config.email import MailboxSettings, SmtpSettings
from agentdesk.config.findings import Finding, twice
from agentdesk.config.problems import nearest
from agentdesk.config.server import ServerSettings

_ADDRESS = re.compile(r"[^\s@<>+]+@[^\s@<>]+\Z")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def check_email(settings: ServerSettings) -> Iterator[Finding]:
    """Every rule that is broken."""
    email = settings.email
    yield from twice((("email", "mailboxes", place, "id"), box.id) for place, box in enumerate(email.mailboxes))
    addresses = [(("email", "mailboxes", place, "address"), box.address) for place, box in enumerate(email.mailboxes)]
    yield from twice((key, address.casefold()) for key, address in addresses)
    taking = [queue.id for queue in settings.queues if "email" in queue.channels]
    if email.mailboxes and not taking:
        yield Finding(("queues",), "there is a mailbox and no queue takes mail.", "Add email to a queue's channels.")
    for place, box in enumerate(email.mailboxes):
        yield from _mailbox(box, taking, ("email", "mailboxes", place))
    if email.smtp is not None:
        yield from _relay(email.smtp, ("email", "smtp"))
    unsent = [box.id for box in email.mailboxes if box.smtp is None and email.smtp is None]
    if unsent:
        yield Finding(("email",), f"nothing takes what is written in {unsent[0]}.", "Give a relay under email.smtp.")
    if email.listen is not None and email.listen.host not in LOOPBACK:
        why = f"{email.listen.host} is reached from other machines, and whoever reaches it can hand mail over."
        yield Finding(("email", "listen", "host"), why, "Listen on 127.0.0.1 for this host's own mail server.")


def _mailbox(box: MailboxSettings, taking: list[str], key: Key) -> Iterator[Finding]:
    if not _ADDRESS.match(box.address):
        yield Finding((*key, "address"), f"{box.address!r} is not an address.", "Write it like desk@example.com.")
    if box.queue and box.queue not in taking:
        yield Finding((*key, "queue"), f"no queue {box.queue!r} takes mail.", nearest(box.queue, taking))
    if box.imap is not None:
        if not box.imap.user:
            yield Finding((*key, "imap", "user"), "a mailbox is signed in to by a name.", "Give its user.")
        yield from _secret(box.imap.password_file, box.imap.oauth is not None, (*key, "imap"))
    if box.smtp is not None:
        yield from _relay(box.smtp, (*key, "smtp"))


def _relay(relay: SmtpSettings, key: Key) -> Iterator[Finding]:
    if relay.user:
        yield from _secret(relay.password_file, relay.oauth is not None, key)
    elif relay.password_file or relay.oauth is not None:
        yield Finding((*key, "user"), "there is a secret and nobody to sign in as.", "Give the user.")


def _secret(password_file: str, oauth: bool, key: Key) -> Iterator[Finding]:
    if not password_file and not oauth:
        yield Finding((*key, "password_file"), "there is nothing to sign in with.", "Give password_file or oauth.")
    elif password_file and not Path(password_file).is_file():
        yield Finding((*key, "password_file"), f"there is no file {password_file}.", "Write the password into it.")
