"""`agentdesk server …`: what an admin does on the host, one file per command."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from agentdesk.cli.parser import command, commands_of

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands

COMMANDS = (
    "init",
    "run",
    "check",
    "status",
    "user",
    "token",
    "rules",
    "plan",
    "apply",
    "audit",
    "whatif",
    "why",
    "mail",
    "backup",
    "restore",
)

MORE = """\
Everything here is done on the server's host and reads the server's settings. Users, tokens and backups work while
the server runs and while it doesn't."""

EXAMPLE = """\
agentdesk server init
  agentdesk server user add ana --name "Ana Pratama"
  agentdesk server run"""


def add(commands: Commands) -> None:
    """Describe the commands."""
    parser = command(commands, "server", None, summary="set up, run and keep a server", more=MORE, example=EXAMPLE)
    inner = commands_of(parser)
    for name in COMMANDS:
        import_module(f"agentdesk.cli.server.{name}").add(inner)
