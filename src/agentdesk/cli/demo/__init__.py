"""`agentdesk demo`: a server, customers and a desk of its own, gone without a trace when it is left."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agentdesk.cli.parser import command

if TYPE_CHECKING:
    from types import FrameType

    from agentdesk.cli.demo.account import Summary
    from agentdesk.cli.parser import Commands

SECONDS_MAX = 86_400

MORE = """\
Starts a server on a free loopback port with a temporary database, lets simulated customers in through the same web
chat a browser uses, and opens your desk signed in. Leaving the desk stops everything and leaves nothing behind.

With --headless scripted agents work in place of the screen, and every message is accounted for at the end; the exit
code is 1 when one was lost or came twice."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk demo\n  agentdesk demo --headless --seconds 20 --json"
    summary = "a desk with simulated customers, to try it out"
    parser = command(commands, "demo", run, summary=summary, more=MORE, example=example)
    parser.add_argument("--headless", action="store_true", help="no screen: scripted agents, and a summary at the end")
    parser.add_argument("--seconds", type=float, metavar="N", help="how long a headless demo runs (default: 20)")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.add_argument("--seed", type=int, metavar="N", help="the same customers in the same order")


def run(args: argparse.Namespace) -> int:
    """Run the demo."""
    from random import Random

    from agentdesk.errors import DeskError

    random = Random(args.seed)
    with _orderly_end():
        if args.headless:
            from agentdesk.cli.demo.headless import run_headless

            seconds = 20.0 if args.seconds is None else args.seconds
            if not 0 < seconds <= SECONDS_MAX:
                raise DeskError(f"--seconds {seconds:g} is not between 0 and {SECONDS_MAX}", "Give another number.")
            return _tell(run_headless(seconds, random), args.json)
        if args.json or args.seconds is not None:
            raise DeskError("--json and --seconds are for --headless", "Add --headless, or leave them out.")
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise DeskError("the desk needs a terminal", "Run it in one, or with --headless.", title="No terminal here")
        from agentdesk.cli.demo.screen import run_screen

        return run_screen(random)


@contextmanager
def _orderly_end() -> Iterator[None]:
    """SIGTERM and SIGHUP end the demo as leaving it does: the server stops, the folder goes."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell(summary: Summary, as_json: bool) -> int:
    import msgspec

    if as_json:
        print(msgspec.json.format(msgspec.json.encode(summary), indent=2).decode())
    else:
        for name, value in msgspec.to_builtins(summary).items():
            shown = ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else value
            print(f"{name.replace('_', ' '):<14} {shown}")
    return 1 if summary.lost or summary.duplicated else 0
