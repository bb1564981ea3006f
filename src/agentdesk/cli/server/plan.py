"""`agentdesk server plan FILE`: what other settings would do to the desk as it is now."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agentdesk.cli.parser import add_config_option, add_json_option, command
from agentdesk.cli.server.running import add_running_option
from agentdesk.errors import SettingsError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings
    from agentdesk.server.configuring.plan import Plan

MORE = """\
Reads FILE as if it were in the place of the server's settings and changes nothing: what would be different, who could
take what, what waits and could be taken by nobody any more, which rules never match what came in during the last week,
and what needs a restart. Asks the running server; when none runs, looks into the database. The exit code is 1 when
something that waits could be taken by nobody any more."""

LAST_DEFAULT = "7d"


def add(commands: Commands) -> None:
    """Describe the command."""
    summary = "say what other settings would do, without doing it"
    parser = command(commands, "plan", run, summary=summary, more=MORE, example="agentdesk server plan new.yaml")
    parser.add_argument("file", type=Path, metavar="FILE", help="the other settings")
    parser.add_argument("--last", default=LAST_DEFAULT, metavar="TIME", help="history for the rules (default: 7d)")
    add_running_option(parser)
    add_config_option(parser)
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Look, and print."""
    from agentdesk.cli.server.plan_table import lines
    from agentdesk.cli.server.rules import history, history_lines, stretch
    from agentdesk.cli.server.settings import config_path, settings_of

    here, last_ms = settings_of(args), stretch(args.last)
    text, settings = read_as(args.file, config_path(args))
    found, where = plan_of(args.server, here, text, settings)
    past = history(here, settings, last_ms) if here.database.exists() and settings.rules else None
    never = [hits.rule for hits in past.rules if not hits.matched] if past is not None and past.looked_at else []
    if args.json:
        print(json.dumps({**msgspec.to_builtins(found), "never_matched": never}, indent=2, ensure_ascii=False))
    else:
        print(*lines(found, where), sep="\n")
        if past is not None:
            print("", *history_lines(past), sep="\n")
    return 1 if found.stranded_count else 0


def read_as(file: Path, config: Path) -> tuple[str, ServerSettings]:
    """The text of a file and the settings it would be in the place of the server's own."""
    from agentdesk.config import inspect_server
    from agentdesk.config.problems import as_error

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is not UTF-8"
        raise SettingsError(f"{file} can't be read ({why})", "Name another file.") from None
    settings, problems = inspect_server(file, text, config.absolute().parent)
    if settings is None:
        raise as_error(problems)
    return text, settings


def plan_of(named: str, here: ServerSettings, text: str, settings: ServerSettings) -> tuple[Plan, str]:
    """What the settings would do, and to what: the server that runs, or the database."""
    from agentdesk.cli.server.running import ask, running_url
    from agentdesk.server.configuring.plan import Plan

    url = running_url(named, here)
    if url:
        return ask(url, here, lambda api: api.post("/configuration/plan", {"text": text}, Plan)), f"the server at {url}"
    return _offline(here, text, settings), f"the database {here.database} (the server doesn't run)"


def _offline(here: ServerSettings, text: str, settings: ServerSettings) -> Plan:
    from agentdesk.cli.server.accounts import who_on_host
    from agentdesk.server.clock import SystemClock
    from agentdesk.server.configuring import kept
    from agentdesk.server.configuring.plan import Live, plan
    from agentdesk.store.sqlite import open_store

    if not here.database.exists():
        return plan(here, settings, Live((), (), 0))
    store = open_store(here.database, deciding=False)
    try:
        loaded, now_ms = store.load(), SystemClock().now_ms()
        found = plan(here, settings, Live(loaded.agents, loaded.interactions, now_ms))
        kept.note_plan(store, text, found, who_on_host(), now_ms)
    finally:
        store.close()
    return found
