"""`agentdesk` without a command: the agent's desk on this terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from types import SimpleNamespace


def describe(parser: argparse.ArgumentParser) -> None:
    """The options of plain `agentdesk`."""
    from agentdesk.cli.parser import add_server_option

    add_server_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace | SimpleNamespace) -> int:
    """Open the desk."""
    from agentdesk.cli.screen import open_screen

    return open_screen(args.server, "desk")
