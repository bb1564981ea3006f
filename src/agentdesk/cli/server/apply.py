"""`agentdesk server apply FILE` and `rollback`: other settings without a restart, and back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_config_option, command
from agentdesk.cli.server.running import add_running_option
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings
    from agentdesk.store.base import Configuration

APPLY_MORE = """\
Prints the plan, asks on a terminal, then puts FILE in the place of the server's settings: queues, rules, hours,
dispositions, canned responses and away reasons hold at once, and conversations go on. What was there is kept, so that
`agentdesk server rollback` goes back, and beside the settings under their name with ~. When no server runs, the next
start takes them. Who applied what is in `agentdesk server audit`."""

ROLLBACK_MORE = """\
Goes back to the settings that were in effect before the last `apply`, and says what was undone. Again goes back one
more; the last 20 are kept. A separate file of canned responses (canned_file) is read as it is now."""


def add(commands: Commands) -> None:
    """Describe the commands."""
    example = "agentdesk server apply new.yaml --yes"
    parser = command(
        commands, "apply", apply, summary="change the settings without a restart", more=APPLY_MORE, example=example
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the new settings")
    parser.add_argument("--yes", action="store_true", help="don't ask")
    add_running_option(parser)
    add_config_option(parser)
    example = "agentdesk server rollback"
    parser = command(
        commands, "rollback", rollback, summary="go back to the settings before", more=ROLLBACK_MORE, example=example
    )
    add_running_option(parser)
    add_config_option(parser)


def apply(args: argparse.Namespace) -> int:
    """Change the settings."""
    from agentdesk.cli.server.plan import plan_of, read_as
    from agentdesk.cli.server.plan_table import lines
    from agentdesk.cli.server.running import ask, running_url
    from agentdesk.cli.server.settings import config_path, settings_of
    from agentdesk.store.base import Configuration

    here = settings_of(args)
    text, settings = read_as(args.file, config_path(args))
    found, where = plan_of(args.server, here, text, settings)
    print(*lines(found, where), sep="\n")
    if not args.yes and sys.stdin.isatty() and not _agreed():
        raise DeskError("you didn't agree", "Run it again when you do.", title="Nothing was changed")
    url = running_url(args.server, here)
    if url:
        now = ask(url, here, lambda api: api.post("/configuration", {"text": text}, Configuration))
        print(f"\nIn effect: settings {now.digest}.")
    else:
        now = _keep(here, config_path(args), text)
        print(f"\nKept: settings {now.digest} take effect when the server starts.")
    return 0


def rollback(args: argparse.Namespace) -> int:
    """Go back."""
    from agentdesk.cli.server.running import ask, running_url
    from agentdesk.cli.server.settings import config_path, settings_of
    from agentdesk.cli.table import when
    from agentdesk.server.http.configuration import RolledBack
    from agentdesk.store.base import Configuration

    here = settings_of(args)
    url = running_url(args.server, here)
    if url:
        known = ask(url, here, lambda api: api.get("/configuration", Configuration))
        body = {"digest": known.digest}
        done = ask(url, here, lambda api: api.post("/configuration/rollback", body, RolledBack))
    else:
        done = RolledBack(*_undo(here, config_path(args)))
    print(f"Undone: settings {done.undone.digest}, set by {done.undone.by} at {when(done.undone.at_ms)}.")
    held = "In effect again" if url else "The next start takes"
    print(f"{held}: settings {done.now.digest}, set by {done.now.by} at {when(done.now.at_ms)}.")
    return 0


def _agreed() -> bool:
    try:
        return input("\nApply this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _keep(here: ServerSettings, file: Path, text: str) -> Configuration:
    """Put new settings in their place while no server runs."""
    from agentdesk.cli.server.accounts import who_on_host
    from agentdesk.server.clock import SystemClock
    from agentdesk.server.configuring import kept
    from agentdesk.store.sqlite import open_store

    store = open_store(here.database, deciding=True)
    try:
        now_ms, by = SystemClock().now_ms(), who_on_host()
        kept.begin(store, file, by, now_ms)
        return kept.apply(store, file, text, by, now_ms)
    finally:
        store.close()


def _undo(here: ServerSettings, file: Path) -> tuple[Configuration, Configuration]:
    from agentdesk.cli.server.accounts import who_on_host
    from agentdesk.server.clock import SystemClock
    from agentdesk.server.configuring import kept
    from agentdesk.store.sqlite import open_store

    store = open_store(here.database, deciding=True)
    try:
        now_ms, by = SystemClock().now_ms(), who_on_host()
        kept.begin(store, file, by, now_ms)
        undone, now = kept.current_and_before(store)
        kept.undo(store, file, undone, now, by, now_ms)
        return undone, now
    finally:
        store.close()
