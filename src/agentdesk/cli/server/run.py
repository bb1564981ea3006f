"""`agentdesk server run`: the server, in the foreground, until it is told to stop."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_config_option, command

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings

ADDRESS_NAME = "address"
"""A file in the data folder that says where the server listens, while it does."""

MORE = """\
Logs to standard error. SIGTERM or Ctrl-C stop it: clients are told, and what was acknowledged is on the disk. After a
crash it goes on where it was. To run it as a service see docs/admin.md."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk server run --config /etc/agentdesk/config.yaml --log-format json"
    summary = "run the server in the foreground"
    parser = command(commands, "run", run, summary=summary, more=MORE, example=example)
    add_config_option(parser)
    parser.add_argument(
        "--port", type=int, metavar="N", help="listen on this port instead of server.port; 0 takes a free one"
    )
    parser.add_argument("--log-format", choices=("text", "json"), help="instead of server.log.format")


def run(args: argparse.Namespace) -> int:
    """Serve."""
    from agentdesk.cli.server.settings import config_path, make_private, settings_of
    from agentdesk.server.app import run as serve

    settings = _with_options(settings_of(args), args)
    make_private(settings.database.parent)
    address = _Address(address_file(settings))
    try:
        serve(settings, address.write, config_path(args).absolute())
    finally:
        address.remove()
    return 0


def address_file(settings: ServerSettings) -> Path:
    """Where a running server says at which address it is."""
    return settings.database.with_name(ADDRESS_NAME)


class _Address:
    """The file with the address, there from `write` to `remove`; one that another server wrote is left alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = False

    def write(self, url: str) -> None:
        """The server takes requests: say so."""
        self._path.write_text(url, encoding="utf-8")
        self._written = True
        print(f"agentdesk is ready at {url}", flush=True)

    def remove(self) -> None:
        """The server has stopped."""
        if self._written:
            self._path.unlink(missing_ok=True)


def _with_options(settings: ServerSettings, args: argparse.Namespace) -> ServerSettings:
    import msgspec

    listen = settings.server
    if args.port is not None:
        listen = msgspec.structs.replace(listen, port=args.port)
    if args.log_format:
        listen = msgspec.structs.replace(listen, log=msgspec.structs.replace(listen.log, format=args.log_format))
    return msgspec.structs.replace(settings, server=listen)
