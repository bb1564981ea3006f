"""`agentdesk login`: sign in once; the token is kept where only you can read it."""

from __future__ import annotations

import argparse
import getpass
import platform
from typing import TYPE_CHECKING

from agentdesk.cli.parser import command
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands

MORE = """\
Asks for the password and keeps a token in the system's keyring, or where there is none in a file that only you can
read (it says which). The password itself is not kept. AGENTDESK_TOKEN or AGENTDESK_TOKEN_FILE make signing in
unnecessary."""

EXAMPLE = """\
agentdesk login https://desk.example.com ana"""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(commands, "login", run, summary="sign in to a server, once", more=MORE, example=EXAMPLE)
    parser.add_argument(
        "url", metavar="URL", nargs="?", default="", help="the server's address (default: as for plain `agentdesk`)"
    )
    parser.add_argument("user", metavar="NAME", nargs="?", default="", help="your sign-in name (default: asked for)")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(args: argparse.Namespace) -> int:
    """Sign in and keep the token."""
    from agentdesk.cli.connection import client_settings, server_url, sign_in_and_keep
    from agentdesk.cli.secret import ask, read_stdin

    named, user = (args.url, args.user) if "://" in args.url or args.user else ("", args.url)
    url = server_url(named, client_settings())
    user = user or _ask_name(url)
    password = read_stdin() if args.password_stdin else ask("Password: ")
    place = sign_in_and_keep(url, user, password, platform.node())
    print(f"Signed in at {url} as {user}. The token is in {place}.")
    return 0


def _ask_name(url: str) -> str:
    default = getpass.getuser()
    try:
        return input(f"Name at {url} [{default}]: ").strip() or default
    except EOFError as gone:
        raise DeskError(
            "there is no terminal here to ask for the name", "Write it: agentdesk login URL NAME", title="Who signs in?"
        ) from gone
