"""`agentdesk server why ID`: why an interaction waits or went to somebody, and why nothing comes to an agent."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from agentdesk.cli.parser import add_config_option, add_json_option, command
from agentdesk.cli.server.running import add_running_option
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentdesk.cli.parser import Commands
    from agentdesk.client.why import Row

MORE = """\
ID is an interaction's number or an agent's sign-in name. For an interaction: its place in the line, its ring, for each
agent the first thing that keeps it from them or how they rank, what happens next and when, and the offers there were
with their reasons. For an agent: presence, room, today's figures, and what keeps from them what waits. Asks the running
server."""


def add(commands: Commands) -> None:
    """Describe the command."""
    summary = "say why something waits, or why nothing comes to an agent"
    parser = command(commands, "why", run, summary=summary, more=MORE, example="agentdesk server why 4711")
    parser.add_argument("id", metavar="ID", help="an interaction's number or an agent's name")
    add_running_option(parser)
    add_config_option(parser)
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Ask, and print."""
    from agentdesk.cli.server.running import ask, running_url
    from agentdesk.cli.server.settings import settings_of
    from agentdesk.client.why import WhyAnswer, agent_rows, interaction_rows
    from agentdesk.core.routing.explain import WhyAgent

    here = settings_of(args)
    url = running_url(args.server, here)
    if not url:
        raise DeskError(
            "the server doesn't run, so nothing is decided", "Start it: agentdesk server run", title="Nobody to ask"
        )
    found: WhyAnswer | WhyAgent
    if args.id.removeprefix("#").isdecimal():
        path = f"/interactions/{args.id.removeprefix('#')}/why"
        found = ask(url, here, lambda api: api.get(path, WhyAnswer))
        rows = interaction_rows(found)
    else:
        found = ask(url, here, lambda api: api.get(f"/agents/{quote(args.id, safe='')}/why", WhyAgent))
        rows = agent_rows(found)
    print(json.dumps(msgspec.to_builtins(found), indent=2, ensure_ascii=False) if args.json else printed(rows))
    return 0


def printed(rows: Iterable[Row]) -> str:
    """Two columns; foreign text can't act on the terminal."""
    from agentdesk.cli.table import plain

    return "\n".join(f"{plain(about):<9} {plain(text)}" for about, text in rows)
