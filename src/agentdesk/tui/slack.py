"""The slack bar: how much of the time for an answer is left, as a bar, a word and a mark, never colour alone."""

from __future__ import annotations

import msgspec

from agentdesk.tui.glyphs import UNICODE, Glyphs

CELLS = 5
LOW_SHARE = 0.4
"""Below this share of the time left the bar says 'low'."""


class Slack(msgspec.Struct, frozen=True):
    """What is left of a target: `level` is ok, low, late or none, and names the theme variable `$slack-<level>`."""

    bar: str
    mark: str
    level: str
    left_ms: int


def slack(due_ms: int | None, since_ms: int, now: int, glyphs: Glyphs = UNICODE, cells: int = CELLS) -> Slack:
    """The bar for something due at `due_ms` that began at `since_ms`; no due time gives an empty bar, level none."""
    if due_ms is None:
        return Slack(" " * cells, " ", "none", 0)
    left = due_ms - now
    share = max(0.0, min(1.0, left / max(1, due_ms - since_ms)))
    full = min(cells, -int(-share * cells // 1)) if left > 0 else 0
    level = "late" if left <= 0 else "low" if share < LOW_SHARE else "ok"
    bar = glyphs.full * full + glyphs.empty * (cells - full)
    return Slack(bar, " " if level == "ok" else glyphs.urgent, level, left)
