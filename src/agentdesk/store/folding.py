"""Text as it is searched: letters that people type in several ways become one, unspaced scripts fall into letters.

Every letter folds to one letter, and the only thing added is `GAP` around letters of scripts written without spaces,
so a place in the folded text is a place in the text. The index itself folds case and the accents of Latin letters.

Limits: a word is found by itself or its beginning, not by its middle; Thai and Lao vowel signs above and below a
letter are not looked at; Persian words written with a half-space and without are different words.
"""

from __future__ import annotations

import re
import unicodedata

GAP = "\u200b"
"""Parts letters; no word of any text holds it."""

_UNSPACED = (
    "\u0e01-\u0e2e\u0e30\u0e32\u0e33\u0e40-\u0e46"  # Thai
    "\u0e81-\u0eae\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6"  # Lao
    "\u1000-\u102a\u103f\u1050-\u1055"  # Myanmar
    "\u1780-\u17b3"  # Khmer
    "\u3041-\u3096\u309d\u309e\u30a1-\u30fa\u30fc-\u30fe\uff66-\uff9d"  # kana
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
_PART = re.compile(f"([{_UNSPACED}])")

_SAME = {
    "đĐłŁøØıħĦŧŦ": "dDlLoOihHtT",  # Latin letters whose stroke is no accent
    "يىئكأإآؤ": "یییکاااو",  # Arabic letters as a Persian keyboard writes them, and the reverse
    "٠١٢٣٤٥٦٧٨٩": "0123456789",
    "۰۱۲۳۴۵۶۷۸۹": "0123456789",
    GAP: " ",
}
_TABLE = {ord(typed): one for many, ones in _SAME.items() for typed, one in zip(many, ones, strict=True)}
_TABLE.update({code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFF5F)})
_FOLDS = re.compile("[" + _UNSPACED + re.escape("".join(map(chr, _TABLE))) + "]")


def fold(text: str) -> str:
    """Return the text as it is indexed and asked for."""
    if text.isascii() or _FOLDS.search(text) is None:
        return text
    return _PART.sub(GAP + r"\1" + GAP, text.translate(_TABLE))


def folded(text: str) -> str | None:
    """Return the folded text if it differs from the text, else None."""
    other = fold(text)
    return None if other is text else other
