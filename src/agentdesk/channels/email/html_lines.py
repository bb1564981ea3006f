"""Lines of text as HTML lays them out: paragraphs, quotes, lists and tables, for a terminal. Pure."""

from __future__ import annotations

import re
import unicodedata

ROW_WIDTH_MAX = 100
"""Cells: a row that is wider has its cells below one another."""
COLUMNS_MAX = 20
_GAP = "  "
_NARROW = re.compile("[\0-\u02ff\u1e00-\u1eff]*+")
"""Letters of Latin scripts: a cell each."""


class Lines:
    """Lines that are being written: in a quote so deep, in lists so deep, with blank lines where they belong."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.quotes = 0
        self.lists: list[int] = []
        self._bullet = ""
        self._pieces: list[str] = []
        self._gap = False
        self._quotes_before = 0

    def write(self, text: str) -> None:
        """Add to the line, one space for any run of white space."""
        if not self._pieces or self._pieces[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self._pieces.append(text)

    def write_as_it_is(self, text: str) -> None:
        """Add to the line, its spaces kept."""
        if text:
            self._pieces.append(text)

    def end_line(self, *, gap: bool = False) -> None:
        """End the line if something is in it; with `gap`, a blank line follows before whatever comes."""
        text = "".join(self._pieces).rstrip(" ")
        self._pieces.clear()
        if text.strip("\xa0 "):
            self.add(text)
        elif text:
            self._gap = True
        self._gap = self._gap or gap

    def break_line(self) -> None:
        """What `<br>` does: a second one leaves a blank line."""
        self.end_line(gap=not self._pieces)

    def add(self, text: str) -> None:
        """Add a whole line."""
        if self._gap and self.lines and self.lines[-1].strip("> "):
            self.lines.append(">" * min(self.quotes, self._quotes_before))
        self._gap, self._quotes_before = False, self.quotes
        quote = ">" * self.quotes + " " * (self.quotes > 0)
        depth = len(self.lists)
        if self._bullet:
            indent = "  " * (depth - 1) + self._bullet
            self._bullet = ""
        else:
            indent = "  " * depth
        self.lines.append(quote + indent + text)

    def add_all(self, lines: list[str]) -> None:
        """Add what a table was laid out as."""
        for line in lines:
            if line.startswith("\0"):
                self.mark(line)
            elif line:
                self.add(line)
            else:
                self.end_line(gap=True)

    def mark(self, mark: str) -> None:
        """A mark in a line of its own."""
        self.end_line()
        self.lines.append(mark)

    def item(self) -> None:
        """Begin an item of the innermost list."""
        self.end_line()
        if not self.lists:
            self.write("• ")
            return
        number = self.lists[-1]
        self._bullet = f"{number}. " if number else "• "
        if number:
            self.lists[-1] = number + 1

    def end_item(self) -> None:
        """End an item; one without text leaves nothing."""
        self.end_line()
        self._bullet = ""


def laid_out(rows: list[list[list[str]]]) -> list[str]:
    """A table's lines: rows of cells of lines. In columns if every cell is short, else the cells below one another."""
    rows = [row for row in rows if any(row)]
    flat = [[cell[0] if cell else "" for cell in row] for row in rows]
    if len(rows) > 1 and all(_is_short(row) for row in rows) and 1 < max(map(len, rows)) <= COLUMNS_MAX:
        return _in_columns(flat) or [_joined(row) for row in flat]
    found: list[str] = []
    apart = False
    for row, cells in zip(rows, flat, strict=True):
        if _is_short(row) and sum(map(cells_wide, cells)) <= ROW_WIDTH_MAX:
            found.append(_joined(cells))
        else:
            for cell in row:
                if found and cell and (apart or len(cell) > 1):
                    found.append("")
                apart = len(cell) > 1
                found.extend(cell)
    return found


def cells_wide(text: str) -> int:
    """Cells that a text takes on a terminal."""
    if _NARROW.fullmatch(text):
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _is_short(row: list[list[str]]) -> bool:
    return all(len(cell) <= 1 and not (cell and cell[0].startswith("\0")) for cell in row)


def _joined(cells: list[str]) -> str:
    return _GAP.join(cell for cell in cells if cell)


def _in_columns(rows: list[list[str]]) -> list[str]:
    """Empty if that is too wide."""
    count = max(map(len, rows))
    used = [at for at in range(count) if any(at < len(row) and row[at] for row in rows)]
    widths = [max(cells_wide(row[at]) for row in rows if at < len(row)) for at in used]
    if sum(widths) + len(_GAP) * len(widths) > ROW_WIDTH_MAX:
        return []
    lines = []
    for row in rows:
        cells = [row[at] if at < len(row) else "" for at in used]
        padded = (cell + " " * (width - cells_wide(cell)) for cell, width in zip(cells, widths, strict=True))
        lines.append(_GAP.join(padded).rstrip())
    return lines
