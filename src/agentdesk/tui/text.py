"""The one border for text that others wrote: cleaned once, then drawn as plain content without markup.

After `clean` a string has no control codes, no direction controls and no invisible characters, and takes the
same number of cells in Textual, tmux, xterm, VTE and kitty. Widgets never get a foreign string that has not
passed here; `agentdesk.tui.filter` is the second line of defence under everything.
"""

from __future__ import annotations

import re
import unicodedata

from rich.text import Text
from textual.content import Content

TEXT_LIMIT = 200_000
"""Characters kept of one text; what follows becomes an ellipsis."""

MARKS_MAX = 3
"""Combining marks kept on one base letter."""

PASSES_MAX = 6
"""Taking one thing out can bring two others together; each pass shortens the text, and this bounds them."""

PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "\u2421"}
"""The visible picture of each control code; C1 codes have none and become U+FFFD."""

_EMOJI = "\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff"
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065"
    "\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSHOWABLE = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010ffff" + "".join(
    chr(plane << 16 | low) for plane in range(1, 15) for low in (0xFFFE, 0xFFFF)
)

_newline = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_control = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_gone = re.compile(f"[{_DIRECTION}{_INVISIBLE}\U0001f3fb-\U0001f3ff]")
_unshowable = re.compile(f"[{_UNSHOWABLE}]")
_joined_emoji = re.compile(f"([{_EMOJI}])(?:\u200d[{_EMOJI}])+")
_keycap = re.compile("([0-9#*])\u20e3")
_joiner = re.compile("[\u200c\u200d]")
_marks = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711-\u07f3\u0816-\u0902"
    "\u093a-\u0963\u0981-\u0eff\u0f18-\u0fc6\u102b-\u109d\u135d-\u1dff\u20d0-\u20f0\u2cef-\u2dff\u302a-\u309a"
    "\ua66f-\uabed\ufb1e\ufe20-\ufe2f\U000101fd-\U0001e94a]"
)
_odd = re.compile(
    f"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200c\u200d\u20e3{_DIRECTION}{_INVISIBLE}{_UNSHOWABLE}\U0001f3fb-\U0001f3ff]"
)
_TYPED_OUT = f"[\x00-\x09\x0b-\x1f\x7f-\x9f{_DIRECTION}\ud800-\udfff]"
"""Compiled at the first paste, not at the start."""
_hidden_control = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]")
_hidden_direction = re.compile("[\u202a-\u202e\u2066-\u2069]")
_hidden_invisible = re.compile("[\u200b\u2060\ufeff\u3164\uffa0\U000e0000-\U000e007f]")


def clean(s: str, *, newlines: bool = True, limit: int = TEXT_LIMIT) -> str:
    """Return `s` as it may be drawn. Without `newlines` the result is one line. Cleaning twice changes nothing."""
    if s.isascii() and s.isprintable() and len(s) <= limit:
        return s
    s = _cut(s, limit)
    if _harmless(s) and (newlines or "\n" not in s):
        return s
    s = _newline.sub("\n", s)
    if not newlines:
        s = s.replace("\n", "⏎").replace("\t", " ")
    s = _control.sub(_picture, s.replace("\t", "    "))
    return _cut(s if s.isascii() else _settle(s), limit)


def typed(s: str) -> str:
    """What an agent pasted, as it may be sent: no control codes and no direction controls; emoji stay whole."""
    s = _newline.sub("\n", s).replace("\t", "    ")
    return re.sub(_TYPED_OUT, "", s)


def hidden(s: str) -> list[str]:
    """What `clean` took out of `s` that can deceive a reader, in words for a badge; empty for honest text."""
    found = []
    for words, pattern in (
        ("control codes", _hidden_control),
        ("direction controls", _hidden_direction),
        ("invisible characters", _hidden_invisible),
    ):
        if pattern.search(s.replace("\r", "").replace("\x0b", "\n").replace("\x0c", "\n")):
            found.append(words)
    return found


def plain(s: str, style: str = "", *, newlines: bool = True) -> Content:
    """Foreign text as Textual content: cleaned, no markup read."""
    return Content.styled(clean(s, newlines=newlines), style) if style else Content(clean(s, newlines=newlines))


def plain_line(s: str, style: str = "") -> Content:
    """Foreign text as one line of Textual content, for names, titles and table cells."""
    return plain(s, style, newlines=False)


def rich_plain(s: str, style: str = "", *, newlines: bool = True) -> Text:
    """Foreign text as a Rich `Text`, for the few places that take only Rich."""
    return Text(clean(s, newlines=newlines), style=style, end="")


def _cut(s: str, limit: int) -> str:
    if len(s) <= limit:
        return s
    return s[:limit].rstrip("\u200c\u200d\r") + "…"


def _picture(match: re.Match[str]) -> str:
    return PICTURES.get(ord(match[0]), "\ufffd")


def _harmless(s: str) -> bool:
    """Whether there is nothing to change; true of nearly all text, and quick."""
    if _odd.search(s):
        return False
    return s.isascii() or (_marks.search(s) is None and unicodedata.is_normalized("NFC", s))


def _settle(s: str) -> str:
    """Reduce until nothing changes."""
    for _ in range(PASSES_MAX):
        before = s
        s = _reduce(s)
        if s == before:
            return s
    return _joiner.sub("", s)


def _reduce(s: str) -> str:
    s = _unshowable.sub("\ufffd", s)
    s = _gone.sub("", s)
    s = _joined_emoji.sub(r"\1", s)
    s = _keycap.sub(r"\1", s)
    s = _joiner.sub(_needed_joiner, s)
    s = unicodedata.normalize("NFC", s)
    return _thin_marks(s) if _marks.search(s) else s


def _needed_joiner(match: re.Match[str]) -> str:
    """Keep a joiner only where letters of a joining script stand on both sides: elsewhere it only hides things."""
    s, at = match.string, match.start()
    script = _joining_script(s[at - 1 : at])
    if not script or script != _joining_script(s[at + 1 : at + 2]):
        return ""
    return match[0] if match[0] == "\u200c" or script == "indic" else ""


def _joining_script(c: str) -> str:
    if "\u0600" <= c <= "\u08ff" or "\ufb50" <= c <= "\ufeff":
        return "arabic"
    return "indic" if "\u0900" <= c <= "\u0dff" else ""


def _thin_marks(s: str) -> str:
    out: list[str] = []
    run = 0
    for c in s:
        if unicodedata.category(c) in ("Mn", "Me"):
            run += 1
            if run > MARKS_MAX or not out or out[-1] == "\n":
                continue
        else:
            run = 0
        out.append(c)
    return "".join(out)
