"""Which rows of a transcript are in the window: an anchor (entry, row of it) that moves by rows. Pure.

The height of an entry is asked only for entries near the window, so a long transcript costs nothing until it is
scrolled through.
"""

from __future__ import annotations

from collections.abc import Callable

from agentdesk.tui.transcript_log import Log


class View:
    """The window's anchor. While `follow` is true the window ends with the last row."""

    def __init__(self, log: Log, height_of: Callable[[int], int]) -> None:
        self.position = 0
        self.row = 0
        self.follow = True
        self._log = log
        self._height_of = height_of

    def window(self, height: int) -> list[tuple[int, int]]:
        """(position, row) of each row in the window, top to bottom; shorter than `height` when all fits."""
        self._settle(height)
        shown: list[tuple[int, int]] = []
        position, row = self.position, self.row
        while len(shown) < height and position < self._log.end:
            shown.extend((position, at) for at in range(row, self._height_of(position)))
            position, row = position + 1, 0
        return shown[:height]

    def move(self, rows: int, height: int) -> None:
        """Scroll by rows (negative is up); reaching the end follows again."""
        self._settle(height)
        if rows < 0:
            self.follow = False
            self._up(-rows)
        else:
            self._down(rows)
        self._follow_at_end(height)

    def first(self) -> None:
        """To the very top."""
        self.position, self.row, self.follow = self._log.first, 0, False

    def last(self) -> None:
        """To the very end, and follow."""
        self.follow = True

    def show(self, position: int, height: int) -> None:
        """Bring an entry into the window, a third from the top, unless it is in it already."""
        if any(at == position for at, _ in self.window(height)):
            return
        self.position, self.row, self.follow = position, 0, False
        self._up(height // 3)
        self._follow_at_end(height)

    def at_top(self) -> bool:
        """Whether the first row is in the window."""
        return (self.position, self.row) == (self._log.first, 0)

    def _follow_at_end(self, height: int) -> None:
        self.follow = (self.position, self.row) >= self._end_anchor(height)

    def _settle(self, height: int) -> None:
        """Make the anchor true again after entries came, went or were wrapped anew."""
        if self.follow:
            self.position, self.row = self._end_anchor(height)
            return
        if self.position < self._log.first or not len(self._log):
            self.position, self.row = self._log.first, 0
        elif self.position >= self._log.end:
            self.position, self.row = self._log.end - 1, 0
        else:
            self.row = min(self.row, max(0, self._height_of(self.position) - 1))
        self.position, self.row = min((self.position, self.row), self._end_anchor(height))

    def _end_anchor(self, height: int) -> tuple[int, int]:
        position, missing = self._log.end, height
        while position > self._log.first and missing > 0:
            position -= 1
            missing -= self._height_of(position)
        return position, max(0, -missing)

    def _up(self, rows: int) -> None:
        while rows > self.row and self.position > self._log.first:
            rows -= self.row + 1
            self.position -= 1
            self.row = max(0, self._height_of(self.position) - 1)
        self.row = max(0, self.row - rows)

    def _down(self, rows: int) -> None:
        while self.position < self._log.end:
            left = self._height_of(self.position) - 1 - self.row
            if rows <= left or self.position + 1 == self._log.end:
                self.row += min(rows, left)
                return
            rows -= left + 1
            self.position, self.row = self.position + 1, 0
