"""The SQL of the store, read once from the named blocks in `sql/*.sql`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_BLOCK = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def statements(group: str) -> dict[str, str]:
    """Return the statements of one file by name."""
    text = (files("agentdesk.store") / "sql" / f"{group}.sql").read_text("utf-8")
    parts = _BLOCK.split(text)[1:]
    return {name: _bare(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _bare(body: str) -> str:
    lines = [line for line in body.strip().splitlines() if not line.startswith("--")]
    return "\n".join(lines).rstrip(";")
