"""`agentdesk` without a command: the agent's desk on this terminal."""

from __future__ import annotations

import argparse

from agentdesk.cli.parser import add_server_option


def describe(parser: argparse.ArgumentParser) -> None:
    """The options of plain `agentdesk`."""
    add_server_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Open the desk."""
    raise NotImplementedError
