"""What `agentdesk server whatif` prints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from agentdesk.planning.figures import QueueFigures
    from agentdesk.planning.theory import Prediction
    from agentdesk.planning.whatif import Row

COLUMNS = ("queue", "", "came", "in time", "ASA", "p95", "left", "busy")


def as_json(
    rows: list[Row], recorded: Mapping[str, QueueFigures], from_ms: int, to_ms: int, seed: int
) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "from_ms": from_ms,
        "to_ms": to_ms,
        "seed": seed,
        "queues": [{**msgspec.to_builtins(row), "recorded": _built(recorded.get(row.queue))} for row in rows],
    }


def _built(figures: QueueFigures | None) -> Any:
    return None if figures is None else msgspec.to_builtins(figures)


def show(rows: list[Row], recorded: Mapping[str, QueueFigures], from_ms: int, to_ms: int, seed: int) -> None:
    """A table, one block a queue."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in ("queue", "") else "right")
    for row in rows:
        for label, cells in _lines(row, recorded.get(row.queue)):
            table.add_row(*(Text(cell) for cell in ("" if label != "recorded" else row.queue, label, *cells)))
        table.add_section()
    console = Console()
    begin, end = (datetime.fromtimestamp(at / 1000).astimezone().strftime("%d %b %Y %H:%M") for at in (from_ms, to_ms))
    console.print(Text(f"{begin} to {end}, seed {seed}"))
    console.print(table)
    console.print(Text(NOTES, style="dim"))


NOTES = (
    "came: new interactions · in time: answered within the queue's service level, of those answered or gone · "
    "ASA: mean wait of the answered · p95: 95 of 100 waited no longer · left: gone before an answer · "
    "busy: share of the time its agents were available in which they held something. "
    "Erlang takes the whole period as one steady state."
)


def _lines(row: Row, recorded: QueueFigures | None) -> list[tuple[str, tuple[str, ...]]]:
    lines = [("recorded", _figures(recorded)), ("before", _figures(row.before)), ("after", _figures(row.after))]
    if row.theory is not None:
        servers = f"Erlang C, {row.theory.servers} slots"
        lines.append((servers, _predicted(row.theory.erlang_c)))
        if row.theory.erlang_a is not None:
            lines.append(("Erlang A", _predicted(row.theory.erlang_a)))
    return lines


def _figures(of: QueueFigures | None) -> tuple[str, ...]:
    if of is None:
        return ("", "no such queue", "", "", "", "")
    times = (_time(of.asa_s), _time(of.wait_p95_s))
    return (str(of.arrived), _percent(of.service_level), *times, _percent(of.abandonment), _percent(of.occupancy))


def _predicted(of: Prediction) -> tuple[str, ...]:
    return ("", _percent(of.service_level), _time(of.mean_wait_s), "", _percent(of.abandoned), _percent(of.occupancy))


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if not isfinite(seconds):
        return "no bound"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
