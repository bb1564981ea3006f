"""What a file is by its content, whatever it is called, and whether it may come in. Pure.

Text that a browser might take for HTML, SVG or XML is recognised as such, so that it is refused even where plain
text is allowed; what a file claims to be is never looked at.
"""

from __future__ import annotations

import re
import unicodedata

import puremagic

INLINE_TYPES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
"""What a widget may show as an image: formats that hold no script."""
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
MARKUP = "text/html"
NAME_MAX = 120

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!|\?|[a-z])", re.IGNORECASE)
_TEXTUAL = re.compile(r"^text/|html|xml|svg|script")
"""What would have been found to be text if it were what the library guesses."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def media_type(data: bytes) -> str:
    """The type of the content; `UNKNOWN` when it is nothing we know, `MARKUP` for text that begins with a tag."""
    for signature, found in _SIGNATURES:
        if data.startswith(signature):
            return found
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if _is_text(data):
        return MARKUP if _MARKUP.match(data) else TEXT
    return _by_magic(data)


def safe_name(name: str) -> str:
    """A file name that is only a name: no folders, no control or direction characters, bounded, never empty."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in last)
    shown = " ".join(shown.split()).strip(". ")
    if len(shown) > NAME_MAX:
        stem, dot, ending = shown.rpartition(".")
        shown = f"{stem[: NAME_MAX - 11]}.{ending}" if dot and len(ending) <= 10 else shown[:NAME_MAX]
    return shown or "file"


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text) and _CONTROL.search(text) is None


def _by_magic(data: bytes) -> str:
    """The library's best guess at the rest; it knows hundreds of formats that an admin may allow."""
    try:
        matches = puremagic.magic_string(data)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    kind = next((str(match.mime_type) for match in matches if match.mime_type), UNKNOWN)
    return UNKNOWN if _TEXTUAL.search(kind) else kind
