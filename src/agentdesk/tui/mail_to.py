"""To whom a mail goes and about what: replies, forwards, and what an agent typed above a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from agentdesk.client.mirror import Conversation
from agentdesk.core.commands import MailOut
from agentdesk.core.mail import ADDRESSES_MAX
from agentdesk.core.model import Attachment, Message, MessageKind
from agentdesk.tui.moments import moment_ms
from agentdesk.tui.presenter import day_and_time, local_time
from agentdesk.tui.screens.form import Row
from agentdesk.tui.text import clean, typed

SUBJECT_MAX = 900
WRITTEN_MAX = 380
"""Characters of one recipient, name and address."""
TYPED_MAX = 8_000
"""Characters of all recipients in one row."""
FILES_MAX = 10
FORWARDED_MAX = 60_000
"""Characters of a mail that are passed on."""
WHO_HINT = "like kim@example.org, Lee <lee@example.org>"
WHEN_HINT = "like 45m, 14:00, thu 10:00"

_ADDRESS = re.compile(r"[^\s<>@,;\"()\x7f-\U0010ffff]{1,64}@[^\s<>@,;\"()]{1,255}")
_between = re.compile(r"[,;](?=(?:[^\"]*\"[^\"]*\")*[^\"]*\Z)")
_tag = re.compile(r"\+[^@]*@")
_re = re.compile(r"\s*re\s*:", re.IGNORECASE)
_fwd = re.compile(r"\s*fwd?\s*:", re.IGNORECASE)


class Outgoing(msgspec.Struct, frozen=True):
    """The mail that is being written: `kind` is reply, all, forward or edited. `left_out` counts recipients beyond what
    one mail can have; `files` go with it."""

    kind: str
    out: MailOut
    left_out: int = 0
    files: tuple[Attachment, ...] = ()


def answer(conversation: Conversation, *, everyone: bool = False) -> Outgoing:
    """A reply to the last mail that came: to its sender, or to everybody in it but us."""
    last = _last(conversation)
    head = last.mail if last else None
    sender = _once((head.sender,), set()) if head else ()
    sender = sender or _customer(conversation)
    subject = (head.subject if head else "") or conversation.interaction.subject
    subject = subject if _re.match(subject) else f"Re: {subject}"
    without = {bare(conversation.interaction.attributes.get("address", "")), *(bare(one) for one in sender)}
    others = _once((*head.to, *head.cc), without) if everyone and head else ()
    room = ADDRESSES_MAX - len(sender)
    out = MailOut(to=sender, cc=others[:room], subject=_subject(subject))
    return Outgoing("all" if everyone else "reply", out, len(others[room:]))


def passed_on(conversation: Conversation) -> tuple[Outgoing, str]:
    """A forward of the last mail that came, to nobody yet, and the text that it begins with."""
    last = _last(conversation)
    if last is None or last.mail is None:
        return Outgoing("forward", MailOut(subject=_subject(f"Fwd: {conversation.interaction.subject}"))), ""
    head = last.mail
    subject = head.subject if _fwd.match(head.subject) else f"Fwd: {head.subject}"
    lines = [
        "---------- Forwarded message ---------",
        f"From: {head.sender}",
        f"Date: {_date(local_time(last.at_ms))}",
        f"Subject: {head.subject}",
        f"To: {', '.join(head.to[:20])}",
    ]
    text = "\n".join(" ".join(line.split()) for line in lines) + "\n\n" + last.text
    text = "\n\n".join(part for part in (text, head.folded) if part)
    files = last.attachments[:FILES_MAX]
    return Outgoing("forward", MailOut(subject=_subject(subject)), files=files), typed(text)[:FORWARDED_MAX]


def rows(going: Outgoing) -> list[Row]:
    """The fields of the form, cleaned: what they show is what is sent."""
    listed = [clean(", ".join(part), newlines=False, limit=TYPED_MAX) for part in _listed(going.out)]
    when = "" if going.out.send_at_ms is None else local_time(going.out.send_at_ms).strftime("%Y-%m-%d %H:%M")
    return [
        *(Row(label, value, TYPED_MAX, WHO_HINT) for label, value in zip(("to", "cc", "bcc"), listed, strict=True)),
        Row("subject", clean(going.out.subject, newlines=False, limit=SUBJECT_MAX), SUBJECT_MAX),
        Row("send at", when, 40, WHEN_HINT),
    ]


def filled(going: Outgoing, values: tuple[str, ...], now: int) -> Outgoing | str:
    """The mail as the form says; or why not, in words."""
    lists = [recipients(value) for value in values[:3]]
    wrong = next((one for one in lists if isinstance(one, str)), None)
    if wrong is not None:
        return wrong
    to, cc, bcc = (one for one in lists if not isinstance(one, str))
    if not to:
        return "Write into To who gets it, like kim@example.org."
    if len(to) + len(cc) + len(bcc) > ADDRESSES_MAX:
        return f"That is more than the {ADDRESSES_MAX} recipients one mail can have."
    when = moment_ms(values[4], now) if values[4].strip() else None
    if values[4].strip() and when is None:
        return "Write when as 45m, 2h, 14:00, thu 10:00, tomorrow or 2026-12-24 8:30; within a year."
    if not values[3].strip():
        return "A mail needs a subject."
    return Outgoing("edited", MailOut(to, cc, bcc, _subject(values[3]), when), files=going.files)


def recipients(written: str) -> tuple[str, ...] | str:
    """The recipients in a row, each once; or which of them is none."""
    found = [one.strip() for one in _between.split(written) if one.strip()]
    wrong = next((one for one in found if not address_in(one) or len(one) > WRITTEN_MAX), None)
    if wrong is not None:
        return (
            f"{clean(wrong, newlines=False, limit=60)} is no address; write kim@example.org or Kim <kim@example.org>."
        )
    return _once(found, set())


def address_in(written: str) -> str:
    """The address of `Name <address>` or of an address alone; empty where there is none."""
    inner = re.fullmatch(r"[^<>]*<([^<>]+)>", written.strip())
    address = inner[1] if inner else written.strip()
    return address if _ADDRESS.fullmatch(address) else ""


def bare(written: str) -> str:
    """An address as addresses are compared: ours with a token in it is ours."""
    return _tag.sub("@", address_in(written)).casefold()


def summary(going: Outgoing, now: int) -> list[tuple[str, str]]:
    """Labels and values of the line above the text; the values are foreign text."""
    out = going.out
    shown = [(label, _short(part)) for label, part in zip(("To", "Cc", "Bcc"), _listed(out), strict=True) if part]
    if not out.to:
        shown.insert(0, ("To", "nobody yet"))
    if going.left_out:
        shown.append(("left out", str(going.left_out)))
    if going.files:
        shown.append(("files", str(len(going.files))))
    if out.send_at_ms is not None:
        shown.append(("at", day_and_time(out.send_at_ms)))
    return [*shown, ("Subject", out.subject)]


def _listed(out: MailOut) -> tuple[tuple[str, ...], ...]:
    return (out.to, out.cc, out.bcc)


def _short(listed: tuple[str, ...]) -> str:
    first = address_in(listed[0]) or listed[0]
    return first if len(listed) == 1 else f"{first} +{len(listed) - 1}"


def _last(conversation: Conversation) -> Message | None:
    came = (m for m in reversed(conversation.messages) if m.kind is MessageKind.INBOUND and m.mail is not None)
    return next(came, None)


def _customer(conversation: Conversation) -> tuple[str, ...]:
    identities = conversation.customer.identities if conversation.customer else ()
    return next(((one.value,) for one in identities if one.kind == "email"), ())


def _once(listed: Iterable[str], without: set[str]) -> tuple[str, ...]:
    """Each recipient once, by address, as they may be typed."""
    known = {bare(one): _typeable(one) for one in reversed(tuple(listed)) if address_in(one)}
    return tuple(one for key, one in reversed(known.items()) if key not in without)


def _typeable(written: str) -> str:
    """A recipient that reads the same in a row of recipients: a name with a comma in quotes, an odd one left out."""
    address = address_in(written)
    name = " ".join(written.rpartition("<")[0].replace('"', "").split())
    if not name or not name.isprintable() or "@" in name or len(written) > WRITTEN_MAX:
        return address
    return f'"{name}" <{address}>' if re.search("[,;]", name) else f"{name} <{address}>"


def _subject(text: str) -> str:
    return " ".join(typed(text).split())[:SUBJECT_MAX]


def _date(at: datetime) -> str:
    return at.strftime("%a %d %b %Y %H:%M %z")
