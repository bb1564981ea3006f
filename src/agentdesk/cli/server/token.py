"""`agentdesk server token …`: what is signed in, and tokens for programs."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import msgspec

from agentdesk.cli.parser import add_config_option, add_json_option, command, commands_of
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.store.base import Token

ID_LENGTH = 12
"""Of a token's hash; enough to name it, too little to use it."""

MORE = """\
A token opens the REST API and the desk as its user. It is shown once and kept only as a hash; a revoked one ends
the connections it opened. Tokens are named by the first characters of their hash."""


def add(commands: Commands) -> None:
    """Describe the commands."""
    example = "agentdesk server token create reports --label nightly --days 365"
    token = command(commands, "token", None, summary="list, create and revoke tokens", more=MORE, example=example)
    inner = commands_of(token)
    make = command(inner, "create", create, summary="make a token for a user", more="", example=example)
    make.add_argument("user", metavar="NAME", help="whose it is; the user's role is what it may do")
    make.add_argument("--label", default="made on the host", help="what it is for")
    make.add_argument("--days", type=int, metavar="N", help="how long it is valid (default: until it is revoked)")
    listing = command(inner, "list", show, summary="list tokens", more="", example="agentdesk server token list ana")
    listing.add_argument("user", metavar="NAME", nargs="?", default="", help="only this user's")
    add_json_option(listing)
    end = command(
        inner, "revoke", revoke, summary="end a token", more="", example="agentdesk server token revoke 3f9a61c0d2b7"
    )
    end.add_argument("id", metavar="ID", help="as `token list` shows it")
    for parser in (make, listing, end):
        add_config_option(parser)


def create(args: argparse.Namespace) -> int:
    """Make a token; print nothing else to standard output."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of

    if args.days is not None and args.days < 1:
        raise DeskError("a token is valid for at least one day", "Give --days 1 or more.", title="No token was made")
    with accounts(settings_of(args)) as desk:
        print(desk.create_token(desk.get(args.user), args.label, args.days))
    return 0


def show(args: argparse.Namespace) -> int:
    """List tokens."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of
    from agentdesk.cli.table import table, when

    with accounts(settings_of(args)) as desk:
        tokens = desk.tokens(args.user)
    if args.json:
        print(json.dumps([_public(token) for token in tokens], indent=2, ensure_ascii=False))
        return 0
    rows = [
        (
            token.hash[:ID_LENGTH],
            token.user,
            token.label,
            *map(when, (token.created_ms, token.expires_ms)),
        )
        for token in tokens
    ]
    print(table(("ID", "USER", "LABEL", "MADE", "VALID TO"), rows))
    return 0


def revoke(args: argparse.Namespace) -> int:
    """End a token."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.cli.server.settings import settings_of

    with accounts(settings_of(args)) as desk:
        matching = [token for token in desk.tokens() if token.hash.startswith(args.id)] if args.id else []
        if len(matching) != 1:
            why = f"{len(matching)} tokens begin with {args.id!r}"
            raise DeskError(why, "See: agentdesk server token list", title="Nothing was changed")
        desk.revoke(matching[0])
    print(f"Revoked {matching[0].hash[:ID_LENGTH]} of {matching[0].user}.")
    return 0


def _public(token: Token) -> dict[str, object]:
    shown: dict[str, object] = msgspec.to_builtins(token)
    shown["id"] = token.hash[:ID_LENGTH]
    del shown["hash"], shown["revoked"], shown["last_used_ms"]
    return shown
