"""Search within one transcript: newest first, case and accents ignored, in slices so that no key waits for it. Pure."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable

from agentdesk.tui.transcript_log import Log
from agentdesk.tui.transcript_rows import shown_text

SLICE_S = 0.005
"""How long one slice may take."""

SLICE_ENTRIES = 64
"""How many entries are looked at between two looks at the clock."""


class _Folds(dict[int, str]):
    """Each character's plain form, one for one so that offsets stay; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        c = chr(code)
        base = unicodedata.normalize("NFD", c)[0].lower()
        self[code] = folded = _SPECIAL.get(base, base if len(base) == 1 else c)
        return folded


_SPECIAL = {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ي": "ی", "ك": "ک", "ى": "ی", "ς": "σ"}
_folds = _Folds()


def fold(text: str) -> str:
    """Text as searches compare it: same length, lower case, no accents, one form of look-alike letters."""
    return text.lower() if text.isascii() else text.translate(_folds)


class Search:
    """One query over one log. `advance` until `done`; matches are usable from the first slice on."""

    def __init__(self, log: Log, query: str, folded: dict[int, str]) -> None:
        self.query = fold(query)
        self.current: int | None = None
        self._log = log
        self._folded = folded
        self._next = log.end - 1
        self._newest_first: list[int] = []
        self._came: list[int] = []

    @property
    def done(self) -> bool:
        """Whether every entry was looked at."""
        return not self.query or self._next < self._log.first

    @property
    def count(self) -> int:
        """How many entries match, as far as looked."""
        return len(self._newest_first) + len(self._came)

    def advance(self, clock: Callable[[], float], slice_s: float = SLICE_S) -> bool:
        """Look at some more entries, newest first; return `done`."""
        until = clock() + slice_s
        while not self.done:
            stop = max(self._log.first, self._next - SLICE_ENTRIES + 1)
            for position in range(self._next, stop - 1, -1):
                if self.query in (self._folded.get(position) or self._fold(position)):
                    self._newest_first.append(position)
            self._next = stop - 1
            if clock() >= until:
                break
        return self.done

    def entry_came(self, position: int) -> None:
        """Look at an entry that was just appended or changed."""
        self._folded.pop(position, None)
        if self.query and self._matches(position) and position not in self._came and position not in self._newest_first:
            self._came.append(position)

    def older(self) -> int | None:
        """Make the match before the current one current; the newest one when there is none yet."""
        matches = self._ordered()
        at = bisect_left(matches, self.current) if self.current is not None else len(matches)
        return self._make_current(matches, at - 1)

    def newer(self) -> int | None:
        """Make the match after the current one current."""
        matches = self._ordered()
        if self.current is None:
            return self._make_current(matches, len(matches) - 1)
        return self._make_current(matches, bisect_left(matches, self.current + 1))

    def place(self) -> tuple[int, int]:
        """(number of the current match counted from the oldest, number of matches)."""
        matches = self._ordered()
        if self.current is None or not matches:
            return 0, len(matches)
        return bisect_left(matches, self.current) + 1, len(matches)

    def spans(self, position: int) -> list[tuple[int, int]]:
        """(start, end) of each match in an entry's logical text."""
        if not self.query:
            return []
        text, found = self._fold(position), []
        at = text.find(self.query)
        while at >= 0:
            found.append((at, at + len(self.query)))
            at = text.find(self.query, at + len(self.query))
        return found

    def _make_current(self, matches: list[int], at: int) -> int | None:
        if not 0 <= at < len(matches):
            return None
        self.current = matches[at]
        return self.current

    def _ordered(self) -> list[int]:
        first = self._log.first
        return sorted(at for at in (*self._newest_first, *self._came) if at >= first)

    def _matches(self, position: int) -> bool:
        return self.query in self._fold(position)

    def _fold(self, position: int) -> str:
        text = self._folded.get(position)
        if text is None:
            text = self._folded[position] = fold(shown_text(self._log.at(position)))
        return text
