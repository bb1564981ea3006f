"""Rows for a person: columns as wide as what is in them, and foreign text that can't act on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows under their heads, aligned."""
    cells = [list(heads), *([plain(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)


def plain(text: str) -> str:
    """The text with everything that isn't printable replaced, so that no escape sequence gets through."""
    return "".join(character if character.isprintable() else "�" for character in text)


def when(ms: int | None) -> str:
    """An instant as a person on the host reads it: local time to the minute, or a dash."""
    if ms is None:
        return "-"
    return datetime.fromtimestamp(ms / 1000, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M")
