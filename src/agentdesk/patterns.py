"""What an admin looks for in customers' text: words, patterns (RE2), globs. Linear in the text, whatever both are.

Nothing here runs Python's `re` with an admin's pattern: a customer could then write a text that takes it forever.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re2

SEARCHED_MAX = 20_000
"""How many characters of a text are looked at."""
PROGRAM_MAX = 1_000
"""Steps that a pattern may compile to: at worst each character of a text costs every step."""
MEMORY_MAX = 1 << 20
"""Bytes that one compiled pattern may take."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SAME = str.maketrans("đłøıħŧيىك٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "dloihtییک01234567890123456789")
"""Letters that no decomposition makes one: strokes, and Arabic letters and digits as a Persian keyboard writes them."""


class PatternError(ValueError):
    """What is wrong with a pattern, in words for a person."""


class Pattern:
    """One compiled pattern, whatever its case; `(?-i)` in it makes case count."""

    __slots__ = ("_compiled",)

    def __init__(self, pattern: str) -> None:
        import re2  # a desk without patterns doesn't pay for it

        try:
            self._compiled: re2._Regexp[bytes] = re2.compile(pattern.encode(), _options())
        except (re2.error, UnicodeEncodeError) as problem:
            raise PatternError(_reason(problem)) from None
        if self._compiled.programsize > PROGRAM_MAX:
            raise PatternError(f"it is too large ({self._compiled.programsize} steps, at most {PROGRAM_MAX})")

    def found(self, text: bytes) -> bool:
        """Whether it is anywhere in a text in UTF-8."""
        return self._compiled.search(text) is not None


def glob(text: str) -> Pattern:
    """A glob as a pattern of the whole value: `*` is anything, `?` one character, the rest itself."""
    import re2

    parts = {"*": ".*", "?": "."}
    return Pattern(r"(?s)\A" + "".join(parts.get(one) or re2.escape(one) for one in text) + r"\z")


def words(text: str) -> str:
    """The words of a text, folded, with a space before, between and after, so that a phrase is found by `in`.

    Case, accents and invisible characters (a Persian half-space) make no difference. Scripts without spaces fall
    into letters. Empty if there is no word.
    """
    found = _WORD.findall(_fold(text[:SEARCHED_MAX]))
    return f" {' '.join(found)} " if found else ""


def encoded(text: str) -> bytes:
    """A text as patterns look at it."""
    return text[:SEARCHED_MAX].encode("utf-8", "replace")


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Decomposing can bring capitals to light, and folding their case something to decompose.
    parted = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = [one for one in parted if not unicodedata.combining(one) and unicodedata.category(one) != "Cf"]
    return "".join(plain).translate(_SAME)


def _options() -> re2.Options:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.UTF8
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MEMORY_MAX
    return options


def _reason(problem: Exception) -> str:
    said = problem.args[0] if problem.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
