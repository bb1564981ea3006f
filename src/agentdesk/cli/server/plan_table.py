"""What a change of the settings would do, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentdesk.cli.table import plain, table

if TYPE_CHECKING:
    from agentdesk.server.configuring.plan import Plan, QueuePlan

NAMES_SHOWN = 6
STRANDED_SHOWN = 10


def lines(plan: Plan, where: str) -> list[str]:
    """The whole plan, line by line."""
    if not plan.changes:
        return [f"Nothing would change in {where}."]
    return [f"What would change in {where}:", "", *_changes(plan), "", *_queues(plan), *_trouble(plan)]


def _changes(plan: Plan) -> Iterator[str]:
    rows = [(change.key, change.before or "-", change.after or "-") for change in plan.changes]
    yield table(("SETTING", "NOW", "THEN"), rows)


def _queues(plan: Plan) -> Iterator[str]:
    heads = ("QUEUE", "", "WAITING", "ABLE", "SIGNED IN", "GAINS", "LOSES")
    rows = [
        (
            one.queue,
            "" if one.change == "same" else one.change,
            str(one.waiting),
            _arrow(one.able_before, one.able_after),
            _arrow(one.here_before, one.here_after),
            _names(one.gains),
            _names(one.loses),
        )
        for one in plan.queues
    ]
    yield table(heads, rows)
    for one in plan.queues:
        yield from _notes(one)


def _notes(one: QueuePlan) -> Iterator[str]:
    if one.change == "removed" and one.live:
        yield plain(
            f"{one.queue} goes only when its {one.live} live interactions are done; {one.waiting} of them wait."
        )
    if one.overflows:
        yield plain(f"{one.overflows} that wait in {one.queue} would overflow at once.")
    if one.change != "removed" and not one.able_after:
        yield plain(f"Nobody could take anything of {one.queue}.")


def _trouble(plan: Plan) -> Iterator[str]:
    if plan.stranded_count:
        yield ""
        yield f"{plan.stranded_count} that wait could be taken by nobody any more:"
        for one in plan.stranded[:STRANDED_SHOWN]:
            skills = ", ".join(f"{name} {level}" for name, level in sorted(one.skills.items())) or "no skill"
            yield plain(f"  #{one.interaction_id} in {one.queue} ({skills})")
    if plan.unknown:
        yield ""
        yield from map(plain, plan.unknown)
    if plan.restart:
        yield ""
        yield plain(f"Only after a restart: {', '.join(plan.restart)}.")


def _arrow(before: int, after: int) -> str:
    return str(before) if before == after else f"{before} → {after}"


def _names(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
