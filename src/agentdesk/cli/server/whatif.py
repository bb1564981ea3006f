"""`agentdesk server whatif FILE`: recorded days under other settings or with other staff."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.cli.parser import add_config_option, add_json_option, command
from agentdesk.cli.period import FORMS, UNITS_MS, moment_ms
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.planning.history import History
    from agentdesk.planning.scenario import Scenario, Setting
    from agentdesk.store.sqlite import SqliteStore

LOOK_BACK_MS = UNITS_MS["d"]
"""How far before the period the log is read to know who was there."""
WARM_UP_MS = 2 * UNITS_MS["h"]
"""What came so long before the period is played too, and not counted."""
PAGE = 5_000

MORE = f"""\
Plays the arrivals, handling times and presence that were recorded through the same routing again, once as the desk is
set up now and once by FILE, and prints both side by side, with what was recorded and what queueing theory says
(Erlang C: everybody waits; Erlang A: some leave), where a queue's agents serve no other queue. What the log can't say,
such as how long those would have waited who were answered, is drawn by --seed: the same seed gives the same figures.

The database is only read, also while the server runs. Times are {FORMS}.
FILE may be left out to look at other staff under the settings there are."""

EXAMPLES = """\
agentdesk server whatif new.yaml --from 7d
  agentdesk server whatif --from 2026-11-19 --to 2026-11-20 --like ana:2 --without budi
  agentdesk server whatif --skill ana:billing=3 --json"""


def add(commands: Commands) -> None:
    """Describe the command."""
    summary = "play recorded days under other settings, skills or staff"
    parser = command(commands, "whatif", run, summary=summary, more=MORE, example=EXAMPLES)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the other settings")
    parser.add_argument("--from", dest="begin", metavar="TIME", default="", help="default: a day before the end")
    parser.add_argument("--to", dest="end", metavar="TIME", default="", help="default: the last thing recorded")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what is drawn by chance (default: 1)")
    staff = parser.add_argument_group("staff")
    staff.add_argument("--without", action="append", default=[], metavar="AGENT", help="as if they were not there")
    staff.add_argument("--like", action="append", default=[], metavar="AGENT:N", help="N more, with the same shifts")
    staff.add_argument("--skill", action="append", default=[], metavar="AGENT:SKILL=LEVEL", help="0 takes it away")
    add_config_option(parser)
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Read, play twice, print."""
    from agentdesk.cli.server.settings import settings_of
    from agentdesk.cli.server.staff import with_staff
    from agentdesk.cli.server.whatif_table import as_json, show
    from agentdesk.planning.figures import recorded_figures
    from agentdesk.planning.whatif import compare
    from agentdesk.store.sqlite import open_store

    store = open_store(settings_of(args).database, deciding=False)
    try:
        before = _as_it_is(store)
        other = _by(args.file, before)
        from_ms, to_ms = _period(args, store)
        with _progress() as told:
            history = _history(store, from_ms, to_ms, told)
            scenario = history.scenario(from_ms - WARM_UP_MS, to_ms, args.seed)
            _refuse_nothing(scenario, from_ms)
            after, staffed = with_staff(other, scenario, args)
            rows = compare(scenario, before, after, from_ms, args.seed, told, staffed)
    finally:
        store.close()
    recorded = recorded_figures(history.stays.values(), before.queues, from_ms, to_ms)
    if args.json:
        print(json.dumps(as_json(rows, recorded, from_ms, to_ms, args.seed), indent=2))
    else:
        show(rows, recorded, from_ms, to_ms, args.seed)
    return 0


def _as_it_is(store: SqliteStore) -> Setting:
    from agentdesk.planning.scenario import Setting

    loaded = store.load()
    return Setting(loaded.desk, tuple(loaded.queues), tuple(agent.config for agent in loaded.agents))


def _by(file: Path | None, before: Setting) -> Setting:
    """The desk by another file; its agents are those there are."""
    from agentdesk.config import read_server
    from agentdesk.planning.scenario import Setting
    from agentdesk.server.clock import SystemClock
    from agentdesk.server.desk_settings import desk_config, queue_configs

    if file is None:
        return before
    settings = read_server(file)
    return Setting(desk_config(settings, SystemClock().now_ms()), queue_configs(settings), before.agents)


def _period(args: argparse.Namespace, store: SqliteStore) -> tuple[int, int]:
    from agentdesk.server.clock import SystemClock

    last = store.events(max(0, store.load().counters.seq - 1), 1)
    if not last:
        raise _refused("nothing has been recorded yet", "Try it after a day of work, or with `agentdesk demo`.")
    try:
        now_ms = SystemClock().now_ms()
        to_ms = moment_ms(args.end, now_ms) if args.end else last[0].at_ms + 1
        from_ms = moment_ms(args.begin, now_ms) if args.begin else to_ms - UNITS_MS["d"]
    except argparse.ArgumentTypeError as problem:
        raise _refused(str(problem), "") from None
    if from_ms >= to_ms:
        raise _refused("the period ends before it begins", "Give --from a time before --to.")
    return from_ms, to_ms


def _history(store: SqliteStore, from_ms: int, to_ms: int, told: Any) -> History:
    from agentdesk.planning.history import History

    history = History()
    after = _seq_before(store, from_ms - LOOK_BACK_MS)
    first, last = after, store.load().counters.seq
    while page := store.events(after, PAGE):
        for recorded in page:
            if recorded.at_ms >= to_ms + LOOK_BACK_MS:
                return history
            history.add(recorded)
        after = page[-1].seq
        told("reading", after - first, last - first)
    return history


def _seq_before(store: SqliteStore, at_ms: int) -> int:
    """The number of the last event before that time: numbers and times rise together."""
    low, high = 0, store.load().counters.seq
    while low < high:
        middle = (low + high) // 2
        found = store.events(middle, 1)
        if found and found[0].at_ms < at_ms:
            low = middle + 1
        else:
            high = middle
    return low


def _refuse_nothing(scenario: Scenario, from_ms: int) -> None:
    if not any(arrival.at_ms >= from_ms for arrival in scenario.arrivals):
        raise _refused("nobody came in this period", "Name another with --from and --to.")


@contextmanager
def _progress() -> Iterator[Any]:
    """Bars on a terminal; silence elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        tasks: dict[str, Any] = {}

        def told(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=total)
            progress.update(tasks[name], completed=done, total=total)

        yield told


def _refused(message: str, remedy: str) -> DeskError:
    return DeskError(message, remedy, title="Nothing was played")
