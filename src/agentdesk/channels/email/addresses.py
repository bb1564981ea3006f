"""Lists of addresses: split in one pass, counted in full, kept up to a bound; nothing nests, nothing recurses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentdesk.channels.email import bounds
from agentdesk.channels.email.charset import one_line
from agentdesk.channels.email.headers import header_text, plain
from agentdesk.channels.email.parsed import Address, AddressList

_QUOTED = re.compile(r'"(?:[^"\\]++|\\.?+)*+(?:"|\Z)', re.DOTALL)
_ENCODED = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*+\?=")
_INNERMOST = re.compile(r"\([^()]*+\)")
_IN_ANGLES = re.compile(r"<[^<>]*+>")
_SEPARATOR = re.compile(r"[,;]|\Z")
_COMMENTS_DEEP = 5
_ANGLE = re.compile(r"<([^<>]{0,1000})>?")
_COMMENT = re.compile(r"\(([^()]{0,500})\)")
_BARE = re.compile(r"[^\s<>()\",;:@]{1,100}@[^\s<>()\",;:@]{1,255}")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def address_list(values: list[bytes], limit: int = bounds.RECIPIENTS_MAX) -> AddressList:
    """The addresses in some fields of one name."""
    shown: list[Address] = []
    count = tried = 0
    for value in values:
        for piece in _pieces(plain(value)):
            tried += 1
            if count < limit and tried <= bounds.LIST_MEMBERS_READ_MAX:
                found = one_address(piece)
                if found is None:
                    continue
                shown.append(found)
            count += 1
    return AddressList(tuple(shown), count)


def first_address(value: bytes) -> Address | None:
    """The first address in a field."""
    found = address_list([value[: bounds.VALUE_BYTES_MAX]], 1).shown
    return found[0] if found else None


def one_address(piece: str) -> Address | None:
    """One member of a list; None if it names nobody."""
    piece = piece[:4_000]
    angles = list(_ANGLE.finditer(piece))
    if angles:
        spec, name = angles[-1][1], piece[: angles[-1].start()]
    else:
        spec, name = _without_angles(piece)
    written, spec = spec, _spec(spec)
    if "@" not in spec and (found := _BARE.search(header_text(piece))):
        spec = found[0]
    elif "@" not in spec and not angles:
        spec, name = "", name or written
    shown = _name(name)
    return Address(shown, spec) if spec or shown else None


def _without_angles(piece: str) -> tuple[str, str]:
    """`a@b (Name)`, `Name a@b`, or only a name."""
    outside, inside = _COMMENT.sub(" ", piece).strip(), " ".join(_COMMENT.findall(piece))
    found = _BARE.search(outside)
    if found and " " in outside:
        return found[0], inside or outside.replace(found[0], "")
    return (outside, inside) if "@" in outside or "=?" in outside else ("", outside or inside)


def _spec(text: str) -> str:
    """An address without its source route, comments and spaces."""
    text = header_text(text, bounds.ADDRESS_CHARS_MAX) if "=?" in text else text
    text = _SPACE.sub("", _COMMENT.sub("", text))
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]
    return text.strip("<>,;'")[: bounds.ADDRESS_CHARS_MAX]


def _name(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    text = _ESCAPED.sub(r"\1", text).replace('"', "")
    return one_line(header_text(text, bounds.NAME_CHARS_MAX)).strip("' ")


def _pieces(text: str) -> Iterator[str]:
    """The members of a list, groups opened."""
    shape = _shape(text)
    start = 0
    for separator in _SEPARATOR.finditer(shape):
        colon = shape.find(":", start, separator.start())
        if colon >= 0 and "@" not in shape[start:colon]:
            start = colon + 1
        piece = text[start : separator.start()]
        if piece.strip():
            yield piece
        start = separator.end()


def _shape(text: str) -> str:
    """A list with quotes, comments, angle brackets and encoded words blotted out; what is never closed stays."""
    shape = _QUOTED.sub(lambda found: _blot(found) if found[0].endswith('"') and len(found[0]) > 1 else found[0], text)
    shape = _IN_ANGLES.sub(_blot, _ENCODED.sub(_blot, shape))
    for _ in range(_COMMENTS_DEEP):
        shape, count = _INNERMOST.subn(_blot, shape)
        if not count:
            break
    return shape


def _blot(found: re.Match[str]) -> str:
    return "_" * len(found[0])
