"""A folder as bytes, to see that nothing was touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def schema(path: Path) -> str:
    """The schema as text, one statement after another by name."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return "".join(f"{sql};\n\n" for (sql,) in rows)
