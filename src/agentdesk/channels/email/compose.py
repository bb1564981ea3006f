"""Mail that an agent writes: to whom an answer goes, its subject and references, and the mail itself. Pure.

What an agent writes is Markdown: it is the plain text as it stands, and HTML beside it. Signing (DKIM) is the relay's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from email.charset import QP, Charset
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from html import escape
from io import BytesIO
from typing import Any

import msgspec
from markdown_it import MarkdownIt

from agentdesk.channels.email.addresses import one_address
from agentdesk.channels.email.charset import one_line, writable
from agentdesk.channels.email.history_words import is_forward, is_reply
from agentdesk.channels.email.parsed import Address, ParsedMail

RECIPIENTS_MAX = 100
MAIL_BYTES_MAX = 25 << 20
"""Of a mail as it is sent; most servers refuse larger ones."""
REFERENCES_SENT_MAX = 20
SUBJECT_CHARS_MAX = 250
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL}){{0,20}}")
_TAG = re.compile(r"\+[^@]*@")
_POLICY = compat32.clone(linesep="\r\n", max_line_length=76)
_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/([\w.+-]{1,100})", re.ASCII)
_FORWARDED = "---------- Forwarded message ---------"


class File(msgspec.Struct, frozen=True):
    """A file to be sent."""

    name: str
    media_type: str
    data: bytes


class Recipients(msgspec.Struct, frozen=True):
    """To whom an answer goes. `left_out` counts those of a mail to so many that not all are kept."""

    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    left_out: int = 0


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as an agent writes it. `quoted` is text of another mail under `above` ("On … Nam wrote:")."""

    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str
    text: str
    signature: str = ""
    above: str = ""
    quoted: str = ""
    files: tuple[File, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


class Composed(msgspec.Struct, frozen=True):
    """A mail as it is handed to the relay, and to whom; blind copies are only there."""

    raw: bytes
    recipients: tuple[str, ...]


# --- answering


def answer_to(mail: ParsedMail, own: Collection[str], *, everyone: bool = False) -> Recipients:
    """To whom an answer goes: where the sender wants it, and to `everyone` else but our `own` addresses."""
    ours = {_bare(address) for address in own}
    to = _others(mail.reply_to.shown or (mail.sender,), ours)
    if not everyone:
        return Recipients(to)
    seen = ours | {_bare(one.address) for one in to}
    others = _others(mail.to.shown, seen)
    seen |= {_bare(one.address) for one in others}
    left_out = sum(max(0, listed.count - len(listed.shown)) for listed in (mail.to, mail.cc))
    return Recipients(to + others, _others(mail.cc.shown, seen), left_out)


def answer_subject(subject: str) -> str:
    """`Re:` before a subject that has no such prefix yet, in whatever language."""
    return subject if is_reply(subject) else f"Re: {subject}".strip()


def forward_subject(subject: str) -> str:
    """`Fwd:` before a subject that has no such prefix yet."""
    return subject if is_forward(subject) else f"Fwd: {subject}".strip()


def answer_references(mail: ParsedMail) -> tuple[str, ...]:
    """The references of an answer: those of the mail, and the mail; of too many the first and the last ones."""
    known = mail.references or mail.in_reply_to[:1]
    found = tuple(dict.fromkeys((*known, mail.message_id) if mail.message_id else known))
    return found if len(found) <= REFERENCES_SENT_MAX else (found[0], *found[1 - REFERENCES_SENT_MAX :])


def forwarded(mail: ParsedMail) -> str:
    """A mail as text under what an agent writes who passes it on."""
    lines = [_FORWARDED, f"From: {_shown(mail.sender)}"]
    if mail.date_ms is not None:
        lines.append(f"Date: {format_datetime(_moment(mail.date_ms))}")
    lines.append(f"Subject: {mail.subject}")
    lines.append(f"To: {', '.join(_shown(one) for one in mail.to.shown[:20])}")
    return "\n".join([*lines, "", mail.text])


def _others(addresses: Iterable[Address], without: Collection[str]) -> tuple[Address, ...]:
    by_address = {_bare(one.address): one for one in reversed(tuple(addresses)) if one.address}
    return tuple(one for bare, one in reversed(by_address.items()) if bare not in without)


def _bare(address: str) -> str:
    """An address without its tag, so that ours with a token is ours."""
    return _TAG.sub("@", address).casefold()


def _shown(one: Address) -> str:
    return f"{one.name} <{one.address}>" if one.name else one.address


# --- sending


def problem(draft: Draft) -> str:
    """Why a draft can't be sent, in words; empty if it can."""
    everyone = (*draft.to, *draft.cc, *draft.bcc)
    if not everyone:
        return "It has no recipient."
    if len(everyone) > RECIPIENTS_MAX:
        return f"It has {len(everyone)} recipients; {RECIPIENTS_MAX} are possible."
    wrong = next((one.address for one in (draft.sender, *everyone) if not is_address(one.address)), None)
    if wrong is not None:
        return f"{one_line(wrong) or 'Nothing'} is not an address."
    size = len(draft.text) + sum(len(file.data) * 4 // 3 for file in draft.files)
    return f"It is larger than {MAIL_BYTES_MAX >> 20} MB." if size > MAIL_BYTES_MAX else ""


def is_address(text: str) -> bool:
    """Whether mail can be sent to an address; a domain may have letters of any script."""
    return _ADDRESS.fullmatch(_in_ascii(text)) is not None


def typed_address(text: str) -> Address | None:
    """What an agent typed as a recipient: an address, or a name with one in angle brackets."""
    found = one_address(text)
    return found if found is not None and is_address(found.address) else None


def composed(draft: Draft, *, message_id: str, reply_to: str, date_ms: int, automatic: bool = False) -> Composed:
    """The mail. `message_id` and `reply_to` carry the tokens; an `automatic` one says so to other machines."""
    assert not problem(draft)
    mail: Message[Any, Any] = _with_files(_body(draft), draft.files)
    mail["From"] = _addressed("From", (draft.sender,))
    for name, listed in (("To", draft.to), ("Cc", draft.cc)):
        if listed:
            mail[name] = _addressed(name, listed)
    mail["Subject"] = Header(_header_line(draft.subject)[:SUBJECT_CHARS_MAX], header_name="Subject")
    mail["Date"] = format_datetime(_moment(date_ms))
    mail["Message-ID"] = f"<{_id(message_id)}>"
    mail["Reply-To"] = _addressed("Reply-To", (Address(draft.sender.name, reply_to),))
    if draft.in_reply_to:
        mail["In-Reply-To"] = f"<{_id(draft.in_reply_to)}>"
    if draft.references:
        mail["References"] = " ".join(f"<{_id(one)}>" for one in draft.references)
    if automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    recipients = dict.fromkeys(_in_ascii(one.address) for one in (*draft.to, *draft.cc, *draft.bcc))
    return Composed(_written(mail), tuple(recipients))


def _body(draft: Draft) -> MIMEMultipart:
    """Plain text, and beside it the same in HTML."""
    text = writable(draft.text).rstrip()
    plain, page = [text], [_html(text)]
    if draft.signature:
        signature = writable(draft.signature).strip()
        plain.append(f"-- \n{signature}")
        page.append(f'<div class="signature">-- <br>{_lines(signature)}</div>')
    if draft.quoted:
        above, quoted = one_line(writable(draft.above)), writable(draft.quoted).rstrip()
        prefixed = "\n".join(_prefixed(line) for line in quoted.split("\n"))
        plain.append(f"{above}\n{prefixed}" if above else prefixed)
        page.append(f'<div>{escape(above)}</div><blockquote type="cite">{_lines(quoted)}</blockquote>')
    body = MIMEMultipart("alternative")
    body.attach(_text("\n\n".join(plain), "plain"))
    body.attach(_text('<div dir="auto">' + "\n".join(page) + "</div>", "html"))
    return body


def _prefixed(line: str) -> str:
    return f">{line}" if line.startswith(">") else f"> {line}".rstrip()


def _html(markdown: str) -> str:
    """Markdown as HTML: what looks like HTML in it is text, links lead to the web or an address, lines stay lines."""
    reader = (
        MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")
    )
    return str(reader.render(markdown))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


def _text(text: str, subtype: str) -> MIMEText:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return MIMEText(text + "\n", subtype, charset, policy=_POLICY)  # type: ignore[arg-type]


def _with_files(body: MIMEMultipart, files: tuple[File, ...]) -> MIMEMultipart:
    if not files:
        return body
    whole = MIMEMultipart("mixed")
    whole.attach(body)
    for file in files:
        whole.attach(_attached(file))
    return whole


def _attached(file: File) -> MIMEBase:
    """A file. A mail goes as bytes of no type: one that says it is a mail may not be encoded."""
    typed = _TYPE.fullmatch(file.media_type)
    part = MIMEBase(typed[1], typed[2]) if typed else MIMEBase("application", "octet-stream")
    part.set_payload(file.data)
    encode_base64(part)
    name = one_line(writable(file.name)) or "file"
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


def _addressed(header: str, listed: Iterable[Address]) -> Header:
    """Addresses with their names encoded one by one: no comma in a name can become one between addresses."""
    text = ", ".join(formataddr((_header_line(one.name), _in_ascii(one.address)), "utf-8") for one in listed)
    return Header(text, "us-ascii", header_name=header, continuation_ws=" ")


def _header_line(text: str) -> str:
    return one_line(writable(text))


def _id(text: str) -> str:
    return re.sub(r"[\s<>\x00-\x20\x7f-\U0010ffff]", "", text)


def _in_ascii(address: str) -> str:
    """An address with its domain as name servers know it; as it is if that can't be."""
    local, at, domain = address.rpartition("@")
    try:
        return local + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        return address


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _written(mail: Message[Any, Any]) -> bytes:
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(mail)
    return out.getvalue()
