"""`agentdesk server restore FILE`: put a backup in the place of the database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_config_option, command
from agentdesk.cli.server.backup import show_progress

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands

MORE = """\
The server has to be stopped. The backup is checked before anything is touched, and the database that was there is
kept beside the new one. Clients see that the history is another one and load it anew."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk server restore /var/backups/agentdesk.db"
    summary = "put a backup in the place of the database"
    parser = command(commands, "restore", run, summary=summary, more=MORE, example=example)
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `agentdesk server backup` wrote")
    add_config_option(parser)


def run(args: argparse.Namespace) -> int:
    """Restore."""
    from agentdesk.cli.server.settings import make_private, settings_of
    from agentdesk.store.sqlite import restore

    database = settings_of(args).database
    make_private(database.parent)
    kept = restore(args.file.absolute(), database, show_progress if sys.stderr.isatty() else None)
    print(f"Restored {database} from {args.file}.")
    if kept is not None:
        print(f"The database that was there is {kept}; delete it when you don't need it any more.")
    return 0
