"""Delivery reports: which recipient, which of our mails, and the server's words. Standard ones, Exim's, qmail's."""

from __future__ import annotations

import re

from agentdesk.channels.email import bounds
from agentdesk.channels.email.addresses import one_address
from agentdesk.channels.email.charset import body_text, decoded, one_line
from agentdesk.channels.email.headers import Headers, header_text, message_ids, plain
from agentdesk.channels.email.parsed import Address, Report, Undelivered
from agentdesk.channels.email.tree import Part, content

LOOKED_AT_BYTES = 64 << 10
"""Of the text in which a server that knows no standard says what failed."""
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster)@?.*", re.IGNORECASE)
_ID_LINE = re.compile(r"^[>\s]{0,20}message-id:\s{0,20}<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_FAILED_LINE = re.compile(r"^[ \t]{0,8}<?([\w.+=%-]{1,100}@[\w.-]{1,200})>?:?[ \t]*$", re.MULTILINE)
_ORIGINALS = ("message/rfc822", "message/global", "/rfc822-headers", "/global-headers")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_WORDS = re.compile(r"^.{0,400}\b[45]\d\d[ -].{0,600}$", re.MULTILINE)


def delivery_report(raw: bytes, root: Part, sender: Address) -> Report | None:
    """The report that a mail is; None if it is none. A report of success is one too: look at its actions."""
    status = next((part for part in root.all() if part.type == "message/delivery-status"), None)
    if status is not None:
        return Report(_standard(content(raw, status)[: bounds.REPORT_BYTES_MAX]), *_original(raw, root))
    headers = root.headers
    failed = headers.text("x-failed-recipients", 2_000)
    returned = headers.text("return-path", 100) == "<>"
    if not failed and not (_DAEMON.fullmatch(sender.address) and (returned or "auto-submitted" in headers)):
        return None
    return _by_words(raw, root, failed)


def _standard(data: bytes) -> tuple[Undelivered, ...]:
    """The recipients in a body of message/delivery-status (RFC 3464): blocks of fields, the first one of the mail."""
    found: list[Undelivered] = []
    at = 0
    while at < len(data) and len(found) < bounds.REPORTED_MAX:
        block = Headers(data, at, len(data), bounds.PART_HEADER_BYTES_MAX)
        if recipient := _typed(block, "original-recipient") or _typed(block, "final-recipient"):
            diagnostic = _typed(block, "diagnostic-code", bounds.DIAGNOSTIC_CHARS_MAX)
            status = _STATUS.search(block.text("status", 50))
            found.append(Undelivered(recipient, block.word("action")[:20], status[1] if status else "", diagnostic))
        at = max(block.end, at + 1)
    return tuple(found)


def _typed(block: Headers, name: str, limit: int = bounds.ADDRESS_CHARS_MAX) -> str:
    """A field's value without its type: `rfc822; nam@example.org`."""
    kind, semicolon, value = block.text(name, limit).partition(";")
    return (value if semicolon and " " not in kind.strip() else kind).strip().strip("<>")


def _original(raw: bytes, root: Part) -> tuple[str, str]:
    """The Message-ID and the subject of the mail that is reported on."""
    for part in root.all():
        if part is not root and part.type.endswith(_ORIGINALS):
            data = content(raw, part)[: bounds.HEADER_BYTES_MAX]
            headers = Headers(data, 0, len(data), bounds.HEADER_BYTES_MAX)
            ids = message_ids(headers.raw("message-id"))
            if ids:
                return ids[0], headers.text("subject")
    found = _ID_LINE.search(_words_of(raw, root))
    return (found[1] if found else ""), ""


def _by_words(raw: bytes, root: Part, failed: str) -> Report:
    """What a report says that is only text."""
    text = _words_of(raw, root)
    status = _STATUS.search(text)
    said = _WORDS.search(text)
    addresses = [one for piece in failed.split(",") if (one := one_address(piece)) is not None]
    names = [one.address for one in addresses if one.address] or _FAILED_LINE.findall(text)[:10]
    words = one_line(said[0])[: bounds.DIAGNOSTIC_CHARS_MAX] if said else ""
    code = status[1] if status else ""
    recipients = tuple(Undelivered(name, "failed", code, words) for name in dict.fromkeys(names[: bounds.REPORTED_MAX]))
    message_id, subject = _original(raw, root)
    return Report(recipients, message_id, subject or header_text(plain(root.headers.raw("x-original-subject"))))


def _words_of(raw: bytes, root: Part) -> str:
    texts = (content(raw, part)[:LOOKED_AT_BYTES] for part in root.leaves() if part.type.startswith("text/"))
    return body_text(decoded(b"\n".join(texts)[:LOOKED_AT_BYTES], "")[0])
