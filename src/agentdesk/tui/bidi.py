"""Right-to-left text on a terminal: the order in which characters are shown (UAX #9), shaping, and wrapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BidiMode = Literal["app", "terminal", "off"]
"""Who orders right-to-left text: we do, the terminal does, or nobody."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is drawn. `rtl` asks for the right edge; `start` is its offset in the logical text.

    `order` gives for each drawn character its offset in the logical text; None where that is start, start+1, …
    """

    text: str
    rtl: bool
    start: int
    order: tuple[int, ...] | None = None


def visual_lines(text: str, width: int, mode: BidiMode = "app") -> list[Line]:
    """Clean text -> lines of at most `width` cells: the logical text is wrapped, then each line ordered and shaped."""
    raise NotImplementedError


def visual(text: str, mode: BidiMode = "app") -> str:
    """One short clean line (a name, a subject) as it is drawn, unwrapped."""
    raise NotImplementedError
