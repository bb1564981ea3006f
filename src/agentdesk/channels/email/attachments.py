"""Attachments: name, size, type by content, and what speaks against opening one. Pure."""

from __future__ import annotations

import re

from agentdesk.channels.email import bounds
from agentdesk.channels.email.headers import Headers
from agentdesk.channels.email.parsed import Attachment
from agentdesk.channels.email.tree import Part, content
from agentdesk.channels.sniff import MARKUP, TEXT, UNKNOWN, media_type, safe_name

SNIFFED_BYTES = 64 << 10
"""Of the content, to tell its type."""
_PROGRAMS = re.compile(
    "exe|scr|com|pif|bat|cmd|msi|msp|msc|dll|cpl|jar|jnlp|jse?|vb[se]|ws[fhc]|hta|psm?1|reg|lnk|url|scf|inf|sh|bash|run"
    "|appimage|deb|rpm|apk|dmg|pkg|app|command|desktop|pyw?|pl|rb|action|workflow|gadget|chm|xll|appx|msix"
)
_MACROS = re.compile("do[ct]m|xl[st]m|xlam|xlsb|p[op]tm|pp[as]m|sldm|accde|mde|iqy|slk")
_PAGES = re.compile("[sx]?html?|mht(?:ml)?|svgz?|xml|xsl")
_DISKS = re.compile("iso|img|vhdx?|udf")
_DECEIVING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!", b"L\x00\x00\x00\x01\x14\x02\x00", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_ENDINGS = {
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/html": "html",
    "text/plain": "txt",
    "application/pdf": "pdf",
}


def attachment(raw: bytes, part: Part) -> Attachment:
    """A part as an attachment."""
    data = content(raw, part)
    head = data[:SNIFFED_BYTES]
    claimed_name = part.name
    found = _media_type(head, part.type)
    return Attachment(
        name=_name(claimed_name, part.type, data),
        size=len(data),
        media_type=found,
        claimed_type=part.type[:100],
        danger=danger(claimed_name, found, head, data),
        inline=part.disposition == "inline" or (bool(part.content_id) and part.disposition != "attachment"),
        content_id=part.content_id,
        start=part.start,
        end=part.end,
        encoding=part.encoding[:20],
    )


def danger(name: str, found: str, head: bytes, data: bytes) -> str:
    """What speaks against opening a file, in words; empty if nothing does."""
    ending = name.rstrip(". ").rpartition(".")[2].lower() if "." in name else ""
    if _DECEIVING.search(name):
        return "the name hides how it ends"
    if head.startswith(_PROGRAM_STARTS) or _PROGRAMS.fullmatch(ending):
        return "a program"
    if _MACROS.fullmatch(ending) or (head.startswith(b"PK\x03\x04") and b"vbaProject.bin" in data):
        return "may hold macros"
    if found == MARKUP or _PAGES.fullmatch(ending):
        return "a web page, which may pretend to be another"
    return "an image of a disk" if _DISKS.fullmatch(ending) else ""


def _media_type(head: bytes, claimed: str) -> str:
    """By content; a mail, an invitation and the like, which are text to look at, by what is claimed."""
    found = media_type(_whole_characters(head))
    if claimed in ("message/rfc822", "text/calendar", "text/csv", "text/vcard", "application/json") and found == TEXT:
        return claimed
    if claimed == "application/ms-tnef" or head.startswith(b"\x78\x9f\x3e\x22"):
        return "application/ms-tnef"
    return found if found != UNKNOWN or not claimed.startswith(("audio/", "video/")) else claimed


def _whole_characters(head: bytes) -> bytes:
    """The head without a letter of UTF-8 that the cut split."""
    if len(head) < SNIFFED_BYTES:
        return head
    for back in range(1, 4):
        if head[-back] & 0xC0 == 0xC0:
            return head[:-back]
    return head


def _name(claimed: str, kind: str, data: bytes) -> str:
    """A mail that is attached is called by its subject."""
    if claimed:
        return safe_name(claimed)
    if kind == "message/rfc822":
        subject = Headers(data, 0, len(data), bounds.PART_HEADER_BYTES_MAX).text("subject", bounds.NAME_CHARS_MAX)
        return safe_name(f"{subject.replace('/', ' ')}.eml") if subject else "unnamed.eml"
    return f"unnamed.{_ENDINGS[kind]}" if kind in _ENDINGS else "unnamed"


def listed(raw: bytes, parts: list[Part]) -> tuple[Attachment, ...]:
    """The first so many of a mail's attachments."""
    return tuple(attachment(raw, part) for part in parts[: bounds.ATTACHMENTS_MAX])
