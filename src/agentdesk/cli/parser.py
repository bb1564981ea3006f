"""How every command describes itself: one sentence, details, options with defaults, and an example."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Run = Callable[[argparse.Namespace], int]


def command(
    commands: Commands, name: str, run: Run | None, *, summary: str, more: str, example: str
) -> argparse.ArgumentParser:
    """Add a command; `run` is None for one that only holds others."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.\n\n{more}".rstrip(),
        epilog=f"example:\n  {example}" if "\n" not in example else f"examples:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run or _show_help(parser))
    return parser


def commands_of(parser: argparse.ArgumentParser) -> Commands:
    """Where a parser's commands go."""
    return parser.add_subparsers(title="commands", metavar="COMMAND")


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the server's settings."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the server's settings (default: $AGENTDESK_CONFIG, ./config.yaml, then /etc/agentdesk/config.yaml "
        "for root or your own settings folder)",
    )


def add_server_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the server to connect to."""
    parser.add_argument(
        "--server",
        metavar="URL",
        default="",
        help="the server's address (default: $AGENTDESK_SERVER, `server` in client.yaml, the one last signed in to, "
        "then http://127.0.0.1:8420)",
    )


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """The option that prints for machines."""
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def _show_help(parser: argparse.ArgumentParser) -> Run:
    def show(_: argparse.Namespace) -> int:
        parser.print_help()
        return 2

    return show
