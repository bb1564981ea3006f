"""Bytes to text, whatever charset they claim: never raises, and the text can always be written down again as UTF-8."""

from __future__ import annotations

import binascii
import codecs
import re

_ALIASES = {
    "": "utf-8",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "cp-850": "cp850",
}
"""What senders write for what they mean; ASCII and Latin-1 are read as what they are a part of."""
DAMAGE_SHARE = 4
"""A text is damaged, not of another charset, if at least so many letters beyond ASCII are right for one that is not."""
_NOT_ALPHABET = re.compile(rb"[^A-Za-z0-9+/]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACE = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")


def decoded(data: bytes, charset: str) -> tuple[str, bool]:
    """The text, and whether the charset was right for it. Else UTF-8 is tried; then the charset and UTF-8 again for a
    text that is only damaged here and there; then Windows-1252."""
    wanted = _meant(charset)
    text = _by_codec(data, wanted)
    if text is not None:
        return writable(text.removeprefix("\ufeff")), True
    text = _by_codec(data, "utf-8")
    for name in (wanted, "utf-8"):
        text = _nearly(data, name) if text is None else text
    if text is None:
        text = _by_codec(data, "cp1252")
    return (data.decode("utf-8", "replace") if text is None else writable(text)), False


def known(charset: str) -> bool:
    """Whether there is such a charset for text."""
    return _codec(_meant(charset)) is not None


def writable(text: str) -> str:
    """The text without lone surrogates, which no encoding can write."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def body_text(text: str) -> str:
    """A text with lines ended by newlines and no other control characters than tabs."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """A text in one line, without control characters."""
    return _SPACE.sub(" ", text).strip()


def base64_bytes(data: bytes) -> bytes:
    """What base64 stands for, as far as it goes: stray characters and a missing end do no harm."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = _NOT_ALPHABET.sub(b"", data)
        if len(kept) % 4 == 1:
            kept = kept[:-1]
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _meant(charset: str) -> str:
    wanted = charset.strip("\"' \t").lower()
    return _ALIASES.get(wanted, wanted)


def _nearly(data: bytes, name: str) -> str | None:
    """The text if most letters beyond ASCII come out right; what does not is U+FFFD."""
    text = _by_codec(data, name, "replace")
    if text is None:
        return None
    damaged = text.count("\ufffd")
    return text if damaged * DAMAGE_SHARE <= sum(one > "\x7f" for one in text) - damaged else None


def _by_codec(data: bytes, name: str, errors: str = "strict") -> str | None:
    codec = _codec(name)
    if codec is None:
        return None
    try:
        text, _ = codec.decode(data, errors)
    except (UnicodeError, ValueError):
        return None
    return text if isinstance(text, str) else None


def _codec(name: str) -> codecs.CodecInfo | None:
    """A codec between bytes and text that neither executes escapes nor needs another system."""
    if not name.isascii() or "\0" in name or len(name) > 60 or name in ("undefined", "idna", "punycode", "mbcs", "oem"):
        return None
    if name.replace("-", "_") in ("unicode_escape", "raw_unicode_escape"):
        return None
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return codec if getattr(codec, "_is_text_encoding", True) else None
