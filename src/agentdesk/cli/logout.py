"""`agentdesk logout`: end the sign-in on the server and forget its token here."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_server_option, command

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands

MORE = """\
Revokes the token on the server and deletes it from where `agentdesk login` kept it. When the server can't be reached
the token is forgotten here all the same, and stays valid there until it expires."""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(commands, "logout", run, summary="sign out of a server", more=MORE, example="agentdesk logout")
    add_server_option(parser)


def run(args: argparse.Namespace) -> int:
    """Sign out."""
    from agentdesk import credentials
    from agentdesk.cli.connection import client_settings, server_url, sign_out
    from agentdesk.errors import DeskError

    url = server_url(args.server, client_settings())
    found = credentials.get(url)
    if found is None:
        print(f"You are not signed in at {url}.")
        return 0
    try:
        sign_out(url, found.token)
    except DeskError as problem:
        print(f"The server was not told ({problem.message}).")
    for place in credentials.delete(url):
        print(f"Forgot the token in {place}.")
    print(f"Signed out of {url}.")
    return 0
