"""Where a mail belongs: an interaction it continues, a new one, or one whose mail could not be delivered. Pure.

A reference alone proves nothing: it can be forwarded, quoted, guessed. A mail continues an interaction only if its
sender is known there, too: the customer, or somebody who was written to. Else it starts anew, and says which one it
looks like, so that an agent may merge them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from agentdesk.channels.email.history_words import bare_subject
from agentdesk.channels.email.parsed import Kind, ParsedMail, Report
from agentdesk.channels.email.tokens import Keys, Signed, in_address, in_message_id

REFERENCES_TRIED = 20
"""The nearest references that are looked up; each costs a look into the store."""
SUBJECT_CHARS_MIN = 6
"""A shorter subject ("Hi") suggests nothing."""


class Thread(msgspec.Struct, frozen=True):
    """What is known of an interaction. `parties` are addresses: the customer's, and those that were written to."""

    interaction_id: int
    parties: frozenset[str]
    closed_at_ms: int | None = None


class Lookups(Protocol):
    """What the store knows. Blocks; run `match` where the store is read."""

    def thread(self, interaction_id: int) -> Thread | None:
        """An interaction by mail, live or closed."""

    def by_message_id(self, message_id: str) -> int | None:
        """The interaction in which a mail of that id came in or went out."""

    def by_subject(self, subject: str) -> int | None:
        """The newest interaction whose subject, as `bare_subject` has it, is this one."""


class Continue(msgspec.Struct, frozen=True, tag=True):
    """It goes on there. `reopen` if that was closed a short while ago."""

    interaction_id: int
    reopen: bool
    by: str


class New(msgspec.Struct, frozen=True, tag=True):
    """It starts anew. `follows` is an interaction of the same people that was closed too long ago; `resembles` one to
    suggest for merging, `why` says by what."""

    follows: int | None = None
    resembles: int | None = None
    why: str = ""


class Undeliverable(msgspec.Struct, frozen=True, tag=True):
    """It reports on the delivery of our message of that number (0 if unknown) in that interaction."""

    interaction_id: int
    number: int
    report: Report


class Ours(msgspec.Struct, frozen=True, tag=True):
    """It is our own mail that came back, or one that goes in circles: nothing is to be done but to list it."""

    interaction_id: int | None


Belongs = Continue | New | Undeliverable | Ours


def match(
    mail: ParsedMail, keys: Keys, lookups: Lookups, *, now_ms: int, reopen_ms: int, envelope_to: Iterable[str] = ()
) -> Belongs:
    """Decide. `envelope_to` are the recipients that the transport named; an interaction that was closed no longer than
    `reopen_ms` ago is opened again."""
    if own := in_message_id(keys, mail.message_id):
        return Ours(own.interaction_id)
    if mail.kind is Kind.LOOP:
        return Ours(None)
    envelope_to = tuple(envelope_to)
    if mail.report is not None:
        return _reported(mail, mail.report, keys, lookups, envelope_to)
    referred = [
        (thread, by)
        for interaction_id, by in _candidates(mail, keys, lookups, envelope_to)
        if (thread := lookups.thread(interaction_id)) is not None
    ]
    for thread, by in referred:
        if _is_party(mail, thread):
            return _continued(mail, thread, by, now_ms - reopen_ms)
    if referred:
        return New(resembles=referred[0][0].interaction_id, why=referred[0][1])
    return _by_subject(mail, lookups)


def _is_party(mail: ParsedMail, thread: Thread) -> bool:
    sender = mail.sender.key
    return bool(sender) and sender in {party.casefold() for party in thread.parties}


def _continued(mail: ParsedMail, thread: Thread, by: str, open_since_ms: int) -> Continue | New:
    """A machine's answer ("I am on holiday") goes where it belongs, but opens nothing."""
    closed = thread.closed_at_ms
    if closed is not None and closed < open_since_ms:
        return New(follows=thread.interaction_id)
    return Continue(thread.interaction_id, closed is not None and mail.kind is not Kind.AUTO_REPLY, by)


def _candidates(
    mail: ParsedMail, keys: Keys, lookups: Lookups, envelope_to: Iterable[str]
) -> Iterator[tuple[int, str]]:
    """Interactions that the mail refers to, the surest first; each once."""
    seen: set[int] = set()
    for signed in _signed(mail, keys, envelope_to):
        if signed.interaction_id not in seen:
            seen.add(signed.interaction_id)
            yield signed.interaction_id, "token"
    for reference in _nearest(mail):
        found = lookups.by_message_id(reference)
        if found is not None and found not in seen:
            seen.add(found)
            yield found, "reference"
    # Mails may come out of order: an answer that came first knows this one by its id.
    found = lookups.by_message_id(mail.message_id) if mail.message_id else None
    if found is not None and found not in seen:
        yield found, "answered before"


def _signed(mail: ParsedMail, keys: Keys, envelope_to: Iterable[str]) -> Iterator[Signed]:
    lists = (mail.to, mail.cc, mail.delivered_to)
    addresses = [*envelope_to, *(one.address for listed in lists for one in listed.shown)]
    yield from filter(None, (in_address(keys, address) for address in addresses))
    yield from filter(None, (in_message_id(keys, reference) for reference in _nearest(mail)))


def _nearest(mail: ParsedMail) -> list[str]:
    """The ids that the mail refers to, the nearest first."""
    return list(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))[:REFERENCES_TRIED]


def _reported(
    mail: ParsedMail, report: Report, keys: Keys, lookups: Lookups, envelope_to: tuple[str, ...]
) -> Undeliverable | New:
    """By the id of our mail, or by the address it was sent from; a report without either says nothing for certain."""
    signed = in_message_id(keys, report.original_message_id) or next(_signed(mail, keys, envelope_to), None)
    if signed is not None and lookups.thread(signed.interaction_id) is not None:
        return Undeliverable(signed.interaction_id, signed.number, report)
    return New()


def _by_subject(mail: ParsedMail, lookups: Lookups) -> New:
    subject = bare_subject(mail.subject)
    found = lookups.by_subject(subject) if len(subject) >= SUBJECT_CHARS_MIN else None
    return New(resembles=found, why="subject" if found is not None else "")
