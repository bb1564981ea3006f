"""From a row to the segments of a strip: styles, the right edge, highlights, the scroll bar. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from agentdesk.tui.transcript_rows import Row

STYLES = (
    "inbound",
    "outbound",
    "theirs",
    "mine",
    "time",
    "note",
    "note-bar",
    "note-who",
    "system",
    "day",
    "unread",
    "detail",
    "failed",
    "warning",
    "mark-pending",
    "mark-sent",
    "mark-delivered",
    "mark-read",
    "mark-failed",
    "match",
    "match-current",
    "track",
    "thumb",
    "status",
    "status-new",
)
"""Names of styles; the widget has a component class `transcript--<name>` for each."""


class Highlight(NamedTuple):
    """What a search marks in an entry's logical text."""

    spans: Sequence[tuple[int, int]]
    current: bool


def paint(row: Row, width: int, styles: Mapping[str, Style], highlight: Highlight | None) -> list[Segment]:
    """The segments of one row, exactly `width` cells wide."""
    ground = styles["note"] if row.note else styles["inbound"]
    prefix = Segment(row.prefix, _on(styles.get(row.prefix_style, ground), ground, row))
    text = _text(row, _on(styles[row.style], ground, row), styles, highlight)
    suffix = Segment(row.suffix, styles.get(row.suffix_style, ground))
    room = max(0, width - cell_len(row.prefix) - cell_len(row.text) - cell_len(row.suffix))
    gap = Segment(row.fill * room if row.fill else " " * room, styles[row.style] if row.fill else ground)
    if not row.rtl:
        segments = [prefix, *text, gap, suffix]
    elif row.note:
        segments = [prefix, gap, *text]
    else:
        segments = [gap, *([] if row.line else [prefix]), *text, suffix]
        segments = segments if row.line is None else [prefix, *segments]
    return list(Strip([s for s in segments if s.text]).adjust_cell_length(width, ground))


def bar(height: int, first: float, last: float) -> tuple[int, int]:
    """(top, bottom) rows of the thumb for a window showing the share `first`..`last` of everything."""
    size = max(1, min(height, round((last - first) * height)))
    top = min(height - size, max(0, round(first * height)))
    if last >= 1:
        top = height - size
    return top, top + size


def _on(style: Style, ground: Style, row: Row) -> Style:
    """A note's ground lies under everything in it."""
    return style + Style(bgcolor=ground.bgcolor) if row.note else style


def _text(row: Row, style: Style, styles: Mapping[str, Style], highlight: Highlight | None) -> list[Segment]:
    if highlight is None or row.line is None or not highlight.spans:
        return [Segment(row.text, style)]
    offsets = row.line.order or range(row.line.start, row.line.start + len(row.text))
    marked = [any(start <= at < end for start, end in highlight.spans) for at in offsets]
    if not any(marked):
        return [Segment(row.text, style)]
    match = style + styles["match-current" if highlight.current else "match"]
    segments = []
    start = 0
    for at in range(1, len(marked) + 1):
        if at == len(marked) or marked[at] != marked[start]:
            segments.append(Segment(row.text[start:at], match if marked[start] else style))
            start = at
    return segments
