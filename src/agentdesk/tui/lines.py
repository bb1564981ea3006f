"""Lines as data: runs of text with a role each, fitted to a width; what every row of the screen is made of.

A role is a word of `agentdesk.tui.widgets.roles`; the theme says how it looks. Foreign text must have passed
`agentdesk.tui.text.clean` before it gets here; `name` does that for one-line texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from rich.cells import cell_len, set_cell_size

from agentdesk.tui.bidi import BidiMode, visual
from agentdesk.tui.text import clean

Span = tuple[str, str]
"""A run of text and its role."""

NAME_MAX = 200
"""Characters of a name or subject that are ever drawn."""


class Line(msgspec.Struct, frozen=True):
    """One row: what stands at the left, what stands at the right edge, and the ground of the whole row."""

    left: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()
    ground: str = ""
    fill: str = " "

    def fitted(self, width: int) -> list[Span]:
        """The runs of exactly `width` cells: the left part gives way, the right part stays."""
        right = cut(self.right, width)
        room = width - cells(right)
        left = cut(self.left, room)
        gap = room - cells(left)
        filler: list[Span] = [(self.fill * gap, "dim" if self.fill != " " else "text")] if gap else []
        return [*left, *filler, *right]

    @property
    def plain(self) -> str:
        """The texts alone, for tests and for screen readers."""
        left = "".join(text for text, _ in self.left)
        right = "".join(text for text, _ in self.right)
        return f"{left} {right}".rstrip() if right else left


BLANK = Line()


def line(*left: Span | str, right: Iterable[Span | str] = (), ground: str = "", fill: str = " ") -> Line:
    """Make a line; a bare string has the role text."""
    return Line(tuple(map(_span, left)), tuple(map(_span, right)), ground, fill)


def _span(part: Span | str) -> Span:
    return (part, "text") if isinstance(part, str) else part


def cells(spans: Iterable[Span]) -> int:
    """How many cells the runs take."""
    return sum(cell_len(text) for text, _ in spans)


def cut(spans: Sequence[Span], width: int, ellipsis: str = "…") -> list[Span]:
    """As much of the runs as fits; an ellipsis says that something was left out."""
    if cells(spans) <= width:
        return list(spans)
    out: list[Span] = []
    room = width - cell_len(ellipsis)
    for text, role in spans:
        size = cell_len(text)
        if size > room:
            kept = set_cell_size(text, max(0, room)).rstrip(" ")
            out.append((kept + ellipsis if width > 0 else "", role))
            break
        out.append((text, role))
        room -= size
    return out


def name(text: str, bidi: BidiMode = "app", limit: int = NAME_MAX) -> str:
    """A foreign one-line text as it may be drawn: cleaned, short, in the order it is read."""
    return visual(clean(text, newlines=False, limit=limit), bidi)


def pad(text: str, width: int) -> str:
    """`text` in exactly `width` cells, with an ellipsis where it is cut."""
    if cell_len(text) > width:
        text = "".join(part for part, _ in cut([(text, "")], width))
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int) -> list[str]:
    """Plain words of ours (not foreign text) in lines of at most `width` cells."""
    rows: list[str] = []
    row = ""
    for word in text.split():
        if row and cell_len(row) + 1 + cell_len(word) > width:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row] if row else rows
