"""Compares a mailbox with the account of what came in: every mail has an outcome, or is named. Blocks."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from msgspec import Struct

from agentdesk.channels.email.imap import CONNECT_S, SKEW_MS, ImapPlace
from agentdesk.protocol.mail import Intake, MailStore

PAGE = 200
HEADS = 200
"""Mails of which the header is fetched at once."""


class Unsettled(Struct, frozen=True):
    """A mail in the folder that has no outcome."""

    uid: int
    at_ms: int
    sender: str
    subject: str


class Balance(Struct, frozen=True):
    """What is in the folder, what is accounted for, and both differences."""

    mailbox: str
    in_folder: int
    outcomes: dict[str, int]
    unsettled: tuple[Unsettled, ...]
    gone: int
    rejected: tuple[Intake, ...]


def reconcile(store: MailStore, mailbox: str, place: ImapPlace) -> Balance:
    """Look at the whole folder since the mailbox was set up. Costs a search, and a header for each that is missing."""
    spot = store.mail_spot(mailbox)
    intakes = list(_intakes(store, mailbox))
    client = IMAPClient(place.host, place.port, ssl=place.tls == "tls", timeout=CONNECT_S)
    try:
        if place.tls == "starttls":
            client.starttls()
        place.sign(client)
        validity = int(client.select_folder(place.folder, readonly=True)[b"UIDVALIDITY"])
        since_ms = 0 if spot is None else spot.since_ms
        uids = set(client.search(["SINCE", datetime.fromtimestamp(max(0, since_ms - SKEW_MS) / 1000, UTC).date()]))
        first = min((one.uid for one in intakes if one.uidvalidity == validity and one.uid), default=1)
        known = {one.uid for one in intakes if one.uidvalidity == validity and one.uid}
        missing = sorted(uid for uid in uids - known if uid >= first)
        unsettled = tuple(_heads(client, missing))
    finally:
        with suppress(IMAPClientError, OSError):
            client.shutdown()
    rejected = tuple(one for one in intakes if one.outcome == "rejected")
    return Balance(mailbox, len(uids), store.intake_counts(mailbox), unsettled, len(known - uids), rejected[:PAGE])


def _intakes(store: MailStore, mailbox: str) -> list[Intake]:
    found: list[Intake] = []
    before: int | None = None
    while page := store.intakes(mailbox, before=before, limit=PAGE):
        found += page
        before = page[-1].id
    return found


def _heads(client: IMAPClient, uids: list[int]) -> list[Unsettled]:
    found = []
    for start in range(0, len(uids), HEADS):
        answers = client.fetch(uids[start : start + HEADS], ["ENVELOPE", "INTERNALDATE"])
        for uid, answer in answers.items():
            envelope = answer.get(b"ENVELOPE")
            sender = str(envelope.from_[0]) if envelope is not None and envelope.from_ else ""
            subject = (envelope.subject or b"").decode("utf-8", "replace") if envelope is not None else ""
            date = answer.get(b"INTERNALDATE")
            at_ms = int(date.astimezone(UTC).timestamp() * 1000) if date is not None else 0
            found.append(Unsettled(uid, at_ms, sender[:200], subject[:200]))
    return sorted(found, key=lambda one: one.uid)
