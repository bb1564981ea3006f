"""`agentdesk server status`: whether it runs, and how much it has to do."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.cli.parser import add_config_option, add_json_option, command

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings

WAIT_S = 5.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}

MORE = """\
Asks the server on this host at the address of the settings, and counts what is in its database. The exit code is 0
when it answers and takes commands, else 1."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk server status --json"
    summary = "say whether the server runs and what it has to do"
    parser = command(commands, "status", run, summary=summary, more=MORE, example=example)
    add_config_option(parser)
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print how it is."""
    from agentdesk.cli.server.settings import settings_of

    settings = settings_of(args)
    process = _process(settings.database)
    url = (written_address(settings) if process else "") or local_url(settings)
    health = health_of(url)
    figures = _figures(settings.database)
    running = bool(health) and health.get("status") == "ready"
    if args.json:
        report = {"running": running, "url": url, "process": process, **health, **figures}
        print(json.dumps(report, indent=2))
    else:
        print(_in_words(url, health, process, figures, settings.database))
    return 0 if running else 1


def local_url(settings: ServerSettings) -> str:
    """Where the server is reached from this host."""
    listen = settings.server
    host = EVERYWHERE.get(listen.host, listen.host)
    scheme = "https" if listen.tls.cert else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{listen.port}"


def written_address(settings: ServerSettings) -> str:
    """The address that the running server wrote down: settings may have changed, and port 0 is any port."""
    from agentdesk.cli.server.run import address_file

    try:
        url = address_file(settings).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    return url if url.startswith(("http://", "https://")) else ""


def health_of(url: str) -> dict[str, Any]:
    """What the server says of itself; nothing when it doesn't answer."""
    import httpx

    try:
        # The certificate is for the public name and not for this host's address; nothing secret is sent.
        answer = httpx.get(f"{url}/api/v1/health/ready", timeout=WAIT_S, verify=False, trust_env=False)
        health = answer.json()
    except (httpx.HTTPError, ValueError):
        return {}
    return health if isinstance(health, dict) else {}


def _process(database: Path) -> int | None:
    """The process that holds the database, if one does."""
    import fcntl

    from agentdesk.store.sqlite.lock import LOCK_SUFFIX

    try:
        with database.with_name(database.name + LOCK_SUFFIX).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return int(file.read(20).strip() or 0)
    except (OSError, ValueError):
        return None
    return None


def _figures(database: Path) -> dict[str, int]:
    """What is in the database: nothing when there is none yet. `StoreUnusable` when it can't be read."""
    from agentdesk.core.model import Presence, State
    from agentdesk.store.sqlite import open_store

    if not database.exists():
        return {}
    store = open_store(database, deciding=False)
    try:
        loaded = store.load()
    finally:
        store.close()
    states = [interaction.state for interaction in loaded.interactions]
    presences = [agent.presence for agent in loaded.agents]
    return {
        "waiting": states.count(State.QUEUED) + states.count(State.OFFERED),
        "with_agents": len(states) - states.count(State.QUEUED) - states.count(State.OFFERED),
        "agents_here": len(presences) - presences.count(Presence.OFFLINE),
        "agents_available": presences.count(Presence.AVAILABLE),
        "events": loaded.counters.seq,
        "database_bytes": database.stat().st_size,
    }


def _in_words(url: str, health: dict[str, Any], process: int | None, figures: dict[str, int], database: Path) -> str:
    named = f" (process {process})" if process else ""
    if health.get("status") == "ready":
        lines = [f"Server    running{named} at {url}, version {health.get('version', '?')}"]
    elif health:
        lines = [f"Server    answers at {url}{named} but takes no commands: {health.get('message', 'it is stopping')}"]
    elif process:
        lines = [f"Server    {named.strip()[1:-1]} holds the database but does not answer at {url}"]
    else:
        lines = ["Server    not running; start it with: agentdesk server run"]
    if not figures:
        return "\n".join([*lines, f"Database  {database}: not made yet"])
    size_mib = figures["database_bytes"] / (1024 * 1024)
    return "\n".join(
        [
            *lines,
            f"Waiting   {figures['waiting']}",
            f"In hand   {figures['with_agents']}",
            f"Agents    {figures['agents_here']} here, {figures['agents_available']} available",
            f"Database  {database}: {size_mib:.1f} MiB, {figures['events']} events",
        ]
    )
