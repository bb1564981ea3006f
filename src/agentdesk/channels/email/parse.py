"""One mail's bytes to `ParsedMail` or `Rejection`: never raises, whatever the bytes are. Pure; run it in a worker."""

from __future__ import annotations

from agentdesk.channels.email import bounds, kinds
from agentdesk.channels.email.addresses import address_list, first_address
from agentdesk.channels.email.attachments import listed
from agentdesk.channels.email.body import Body
from agentdesk.channels.email.chosen import Chosen
from agentdesk.channels.email.headers import Headers, date_ms, message_ids
from agentdesk.channels.email.history import fold
from agentdesk.channels.email.history_words import is_forward
from agentdesk.channels.email.parsed import Address, Note, ParsedMail, Reason, Rejection
from agentdesk.channels.email.report import delivery_report
from agentdesk.channels.email.tree import Tree

_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to")
_TELLING = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "received",
    "content-type",
    "mime-version",
    "return-path",
    "sender",
)


def parse(raw: bytes, size: int | None = None) -> ParsedMail | Rejection:
    """Read a mail. `size` is the whole mail's when `raw` is only its beginning, as of one that is too large."""
    try:
        return _parse(raw, len(raw) if size is None else size)
    except MemoryError:
        return _rejection(raw, Reason.TOO_MUCH_MEMORY, "reading it takes more memory than may be used")
    except Exception as problem:  # noqa: BLE001 - whatever goes wrong, the mail is kept and listed, not lost
        return _rejection(raw, Reason.UNREADABLE, f"it could not be read ({type(problem).__name__})")


def _parse(raw: bytes, size: int) -> ParsedMail | Rejection:
    if not raw.strip(b"\r\n\t \0"):
        return Rejection(reason=Reason.EMPTY, words="it is empty")
    if size > bounds.MAIL_BYTES_MAX:
        megabytes = f"{size / (1 << 20):.0f} MB; up to {bounds.MAIL_BYTES_MAX >> 20} MB are read"
        return _rejection(raw, Reason.TOO_LARGE, f"it is too large: {megabytes}")
    tree = Tree(raw)
    headers = tree.root.headers
    if not any(name in headers for name in _TELLING):
        return Rejection(reason=Reason.NOT_A_MAIL, words="it has none of the headers of a mail")
    return _mail(tree, size)


def _mail(tree: Tree, size: int) -> ParsedMail:
    headers = tree.root.headers
    chosen = Chosen(tree.root)
    files = listed(tree.raw, chosen.files)
    body = Body(tree, chosen, {one.content_id: one.name for one in files if one.content_id})
    sender = _sender(headers)
    subject = headers.text("subject")
    report = delivery_report(tree.raw, tree.root, sender)
    kind = kinds.kind_of(headers, subject, is_report=report is not None)
    winmail = {Note.WINMAIL} if any(one.media_type == "application/ms-tnef" for one in files) else set()
    ids = message_ids(headers.raw("message-id"))
    return ParsedMail(
        message_id=ids[0] if ids else "",
        in_reply_to=message_ids(headers.raw("in-reply-to")),
        references=message_ids(headers.raw("references")),
        sender=sender,
        reply_to=address_list(headers.all("reply-to")),
        to=address_list(headers.all("to")),
        cc=address_list(headers.all("cc")),
        delivered_to=address_list([value for name in _ENVELOPE for value in headers.all(name)]),
        subject=subject,
        date_ms=date_ms(headers.raw("date")),
        text=body.text,
        reading=fold(body.text, body.marks, forwarded=is_forward(subject)),
        links=body.links,
        has_html=bool(chosen.html),
        attachments=files,
        attachment_count=len(chosen.files),
        kind=kind,
        may_answer=kinds.may_answer(headers, sender, kind),
        report=report,
        list_headers=kinds.list_headers(headers),
        protection=kinds.protection(tree.raw, tree.root),
        languages=kinds.languages(headers, body.language),
        size=size,
        notes=tuple(sorted(tree.notes | body.notes | winmail)),
    )


def _sender(headers: Headers) -> Address:
    for name in ("from", "sender", "reply-to", "return-path"):
        found = first_address(headers.raw(name))
        if found is not None:
            return found
    return Address("", "")


def _rejection(raw: bytes, reason: Reason, words: str) -> Rejection:
    """With what the first headers say, if they can be read."""
    try:
        headers = Headers(raw, 0, len(raw), bounds.PART_HEADER_BYTES_MAX)
        ids = message_ids(headers.raw("message-id"))
        return Rejection(
            reason=reason,
            words=words,
            message_id=ids[0] if ids else "",
            sender=_sender(headers).address,
            subject=headers.text("subject"),
        )
    except Exception:  # noqa: BLE001 - the headers are the cause, or there is no memory left
        return Rejection(reason=reason, words=words)
