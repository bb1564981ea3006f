"""The tree of commands, and the border where every error becomes words for a person."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING

from agentdesk import __version__
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    import argparse

COMMANDS = ("login", "logout", "monitor", "demo", "server")

DESCRIPTION = """\
A contact centre worked from the terminal.

Without a command it opens the agent's desk, signed in as the last `agentdesk login` said."""

EXAMPLES = """\
examples:
  agentdesk demo                      a desk with simulated customers, to try it out
  agentdesk server init               set up a server here; then: agentdesk server run
  agentdesk login URL NAME            sign in, once
  agentdesk                           work"""


def build(arguments: list[str] | None = None) -> argparse.ArgumentParser:
    """The whole tree; with arguments that name a command only its branch."""
    import argparse

    from agentdesk.cli import desk
    from agentdesk.cli.parser import commands_of

    parser = argparse.ArgumentParser(
        prog="agentdesk",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"agentdesk {__version__}")
    desk.describe(parser)
    commands = commands_of(parser)
    for name in arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS:
        import_module(f"agentdesk.cli.{name}").add(commands)
    return parser


def run(arguments: list[str], undo_splash: Callable[[], None] = lambda: None) -> int:
    """Run one command line; return the exit code. `undo_splash` takes a first frame off the terminal before words."""
    try:
        args: argparse.Namespace | SimpleNamespace
        args = build(arguments).parse_args(arguments) if arguments else _desk_alone()
        args.undo_splash = undo_splash
        code: int = args.run(args)
        return code
    except DeskError as error:
        undo_splash()
        return tell(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read our output went away
        return 1
    except KeyboardInterrupt:
        undo_splash()
        return 130
    except BaseException:
        undo_splash()  # a bug's trace must be readable
        raise


def _desk_alone() -> SimpleNamespace:
    """What `agentdesk` without arguments means, without building the tree of commands."""
    from agentdesk.cli import desk

    return SimpleNamespace(run=desk.run, server="")


def tell(error: DeskError) -> int:
    """Print an error for a person; return the exit code. Files and servers have a say in it, so it is made harmless."""
    from agentdesk.cli.table import plain

    print(f"agentdesk: {plain(error.title)}", file=sys.stderr)
    for line in error.message.splitlines():
        print(f"  {plain(line)}", file=sys.stderr)
    if error.remedy:
        print(plain(error.remedy), file=sys.stderr)
    return 1
