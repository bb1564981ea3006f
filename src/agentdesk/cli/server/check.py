"""`agentdesk server check`: whether the settings and the database can be used, each problem with its remedy."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_config_option, add_json_option, command

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings

MORE = """\
Reads the settings and looks through the whole database without changing anything, also while the server runs. The
exit code is 1 when there is a problem."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk server check --config /etc/agentdesk/config.yaml"
    parser = command(commands, "check", run, summary="check settings and database", more=MORE, example=example)
    add_config_option(parser)
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print every problem, or that there is none."""
    from agentdesk.cli.server.settings import config_path
    from agentdesk.config import inspect_server

    path = config_path(args)
    settings, problems = inspect_server(path)
    bad = [str(problem) for problem in problems]
    good = [] if bad else [f"Settings  {path}: good"]
    if settings is not None:
        wrong = _database_problems(settings.database)
        bad += wrong
        good += [] if wrong else [f"Database  {_database(settings.database)}"]
    notes = _notes(settings) if settings is not None and not bad else []
    if args.json:
        print(json.dumps({"good": not bad, "problems": bad, "notes": notes}, indent=2, ensure_ascii=False))
    else:
        print(*good, *bad, *(f"Note      {note}" for note in notes), sep="\n")
    return 1 if bad else 0


def _notes(settings: ServerSettings) -> list[str]:
    """What the settings name and no account has: right while accounts are still to be made."""
    from agentdesk.server.configuring.missing import missing
    from agentdesk.store.sqlite import open_store
    from agentdesk.store.sqlite.inspect import inspect
    from agentdesk.store.sqlite.migrate import newest

    path = settings.database
    if not path.exists() or inspect(path, newest()).version < newest():
        return []
    store = open_store(path, deciding=False)
    try:
        return list(missing(settings, {user.id: user.skills for user in store.users() if not user.disabled}))
    finally:
        store.close()


def _database_problems(path: Path) -> list[str]:
    from agentdesk.store.sqlite import check

    if not path.exists():
        return []
    return [f"{problem.what} {problem.remedy}" for problem in check(path)]


def _database(path: Path) -> str:
    """What the database is, in words."""
    from agentdesk.store.sqlite.inspect import inspect
    from agentdesk.store.sqlite.migrate import newest

    version = inspect(path, newest()).version if path.exists() else 0
    if version == 0:
        return f"{path}: not made yet; the server makes it when it starts"
    if version < newest():
        return f"{path}: good, of an older version ({version}); the server brings it to {newest()} after a backup"
    size_mib = path.stat().st_size / (1024 * 1024)
    return f"{path}: good (version {version}, {size_mib:.1f} MiB)"
