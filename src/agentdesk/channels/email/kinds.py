"""What sort of mail it is, by its headers: a person's, a machine's answer, a list's, one that goes in circles. Pure."""

from __future__ import annotations

import re

from agentdesk.channels.email import bounds
from agentdesk.channels.email.headers import Headers
from agentdesk.channels.email.history_words import folded
from agentdesk.channels.email.parsed import Address, Kind, ListHeaders, Protection
from agentdesk.channels.email.tree import Part

_MACHINES = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|auto(?:mated|reply)?|notifications?)(?:[+=._-].*)?@?.*",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"(?:automatic reply|auto(?:matic)?[ -]?(?:reply|response)|(?:out of|away from) (?:the )?office|on vacation"
    r"|balasan otomatis|jawaban otomatis|sedang cuti|di luar kantor|trả lời tự động|tự động trả lời|thư trả lời tự động"
    r"|vắng mặt|پاسخ خودکار|خارج از دفتر|در مرخصی|automatische antwort|abwesenheit|réponse automatique"
    r"|absence du bureau|respuesta automática|fuera de la oficina"
    r"|resposta automática|risposta automatica|automatisch antwoord|autosvar"
    r"|автоответ|自动回复|自動返信)\b.{0,200}",
    re.IGNORECASE,
)
_INLINE_PGP = (b"-----BEGIN PGP MESSAGE-----", b"-----BEGIN PGP SIGNED MESSAGE-----")


def kind_of(headers: Headers, subject: str, *, is_report: bool) -> Kind:
    """The kind; a report is one whatever else its headers say."""
    if is_report:
        return Kind.DELIVERY_REPORT
    if is_loop(headers):
        return Kind.LOOP
    if _is_automatic(headers, subject):
        return Kind.AUTO_REPLY
    return Kind.MAILING_LIST if _is_list(headers) else Kind.NORMAL


def may_answer(headers: Headers, sender: Address, kind: Kind) -> bool:
    """Whether an automatic answer may be sent (RFC 3834): not to machines, lists, loops or an empty return path."""
    if kind is not Kind.NORMAL or not sender.address or _MACHINES.fullmatch(sender.address):
        return False
    if headers.text("return-path", 100) == "<>" or headers.word("precedence") in ("bulk", "junk", "list"):
        return False
    suppressed = headers.text("x-auto-response-suppress", 200).lower()
    return not any(word in suppressed for word in ("all", "oof", "autoreply"))


def is_loop(headers: Headers) -> bool:
    """Whether it has passed too many servers, or came to one mailbox twice."""
    mailboxes = [value.strip().lower() for value in headers.all("delivered-to")]
    return len(headers.all("received")) >= bounds.HOPS_MAX or len(mailboxes) != len(set(mailboxes))


def list_headers(headers: Headers) -> ListHeaders:
    """What a mailing list says of itself."""
    list_id = headers.text("list-id", bounds.NAME_CHARS_MAX)
    return ListHeaders(list_id, headers.text("list-post", 500), headers.text("list-unsubscribe", 500))


def languages(headers: Headers, in_html: str) -> tuple[str, ...]:
    """The languages that a mail names, the nearest to its text first."""
    named = [
        in_html,
        *headers.text("content-language", 100).split(","),
        *headers.text("accept-language", 200).split(","),
    ]
    clean = (name.partition(";")[0].strip().lower() for name in named)
    return tuple(dict.fromkeys(name for name in clean if re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", name)))[:10]


def protection(raw: bytes, root: Part) -> Protection:
    """Whether and how a mail is signed or encrypted."""
    for part in root.all():
        protocol = part.parameter("protocol").lower() if part.type.startswith("multipart/") else ""
        if part.type == "multipart/encrypted":
            return Protection.PGP_ENCRYPTED
        if part.type == "multipart/signed":
            return Protection.PGP_SIGNED if "pgp" in protocol else Protection.SMIME_SIGNED
        if part.type in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            signed = part.parameter("smime-type").lower() == "signed-data"
            return Protection.SMIME_SIGNED if signed else Protection.SMIME_ENCRYPTED
        if part.type == "text/plain":
            head = raw[part.start : min(part.end, part.start + 2_000)]
            if _INLINE_PGP[0] in head:
                return Protection.PGP_ENCRYPTED
            if _INLINE_PGP[1] in head:
                return Protection.PGP_SIGNED
    return Protection.NONE


def _is_automatic(headers: Headers, subject: str) -> bool:
    if headers.word("auto-submitted") not in ("", "no"):
        return True
    if any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply")):
        return True
    if headers.word("precedence") in ("auto_reply", "auto-reply"):
        return True
    if headers.word("content-type").startswith("multipart/report"):
        return True
    return _AUTO_SUBJECT.fullmatch(folded(subject)[:300]) is not None


def _is_list(headers: Headers) -> bool:
    named = any(name in headers for name in ("list-id", "list-post", "list-unsubscribe", "x-mailing-list"))
    return named or headers.word("precedence") in ("list", "bulk")
