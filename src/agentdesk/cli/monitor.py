"""`agentdesk monitor`: queues and agents live, for supervisors."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_server_option, command

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands

MORE = "Needs a supervisor's or an admin's sign-in."


def add(commands: Commands) -> None:
    """Describe the command."""
    summary = "watch queues and agents live"
    parser = command(commands, "monitor", run, summary=summary, more=MORE, example="agentdesk monitor")
    add_server_option(parser)


def run(args: argparse.Namespace) -> int:
    """Open the monitor."""
    from agentdesk.cli.screen import open_screen

    return open_screen(args.server, "monitor")
