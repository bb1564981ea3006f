"""Many rows in few steps.

`sqlite3` gives up the interpreter's lock around every step of a statement, and getting it back from a busy event
loop can take milliseconds. A statement with many VALUES tuples writes as many rows in one step.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain

CHUNKS = (64, 16, 4, 1)
"""Rows a step. Few sizes, so that each stays prepared in the connection's cache of statements."""

STATEMENTS_MAX = 256
"""What that cache has to hold: each statement in each size."""

_VALUES = re.compile(r"VALUES\s*(\([?, ]+\))")

Row = tuple[object, ...]


class Insert:
    """A statement with one VALUES tuple, ready to be repeated."""

    def __init__(self, sql: str) -> None:
        match = _VALUES.search(sql)
        assert match is not None, f"no VALUES in {sql}"
        before, values, after = sql[: match.start(1)], match.group(1), sql[match.end(1) :]
        self._sql = {size: before + ", ".join([values] * size) + after for size in CHUNKS}

    def __call__(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Write all rows, in order."""
        for chunk in chunks(rows):
            connection.execute(self._sql[len(chunk)], tuple(chain.from_iterable(chunk)))


def chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Cut rows into pieces of the sizes that have a statement."""
    at = 0
    for size in CHUNKS:
        while len(rows) - at >= size:
            yield rows[at : at + size]
            at += size
