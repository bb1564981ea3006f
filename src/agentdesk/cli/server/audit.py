"""`agentdesk server audit`: what admins did."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import msgspec

from agentdesk.cli.parser import add_config_option, add_json_option, command

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands

LIMIT_DEFAULT = 50

MORE = """\
Newest first, from the database: settings that were applied and undone, and what was done to users and tokens. Who did
it is the user of the token that was used, or the system's user where a command on this host did it."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk server audit --limit 10"
    parser = command(commands, "audit", run, summary="say what admins did", more=MORE, example=example)
    parser.add_argument("--limit", type=int, default=LIMIT_DEFAULT, metavar="N", help="how many (default: 50)")
    add_config_option(parser)
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print the log."""
    from agentdesk.cli.server.settings import settings_of
    from agentdesk.cli.table import table, when
    from agentdesk.store.sqlite import open_store

    store = open_store(settings_of(args).database, deciding=False)
    try:
        entries = store.audit(limit=max(1, args.limit))
    finally:
        store.close()
    if args.json:
        print(json.dumps(msgspec.to_builtins(entries), indent=2, ensure_ascii=False))
    elif entries:
        rows = [(when(one.at_ms), one.by, one.action, one.digest or "-", one.about) for one in entries]
        print(table(("WHEN", "WHO", "DID", "SETTINGS", ""), rows))
    else:
        print("Nothing was done yet.")
    return 0
