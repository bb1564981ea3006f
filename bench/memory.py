"""Memory of the server: at rest, per connected agent, per waiting interaction.

    python bench/memory.py [--quick] [--agents 2000] [--waiting 10000] [--json FILE]

A real server process; its own pages only (unique set size), after a garbage collection.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import uvloop
from desk_process import desk_process
from fanout import Frames
from report import leave, show
from sockets import open_socket

SETTLE_S = 1.0


async def measure(agents: int, waiting: int) -> dict[str, Any]:
    """One server through three states."""
    with desk_process(agents, inside=True) as desk:
        rest = desk.ask("memory")["kb"]
        clients = []
        for token in desk.tokens:
            frames = Frames()
            client = await open_socket(desk.port, "/api/v1/desk", frames.on_text)
            client.send(b'{"type":"hello","token":"%s","client":"bench"}' % token.encode())
            await asyncio.wait_for(frames.live, 30)
            clients.append(client)
        await asyncio.sleep(SETTLE_S)
        connected = desk.ask("memory")["kb"]
        await asyncio.to_thread(desk.ask, f"start {waiting}")
        await asyncio.sleep(SETTLE_S)
        loaded = desk.ask("memory")["kb"]
        for client in clients:
            client.transport.close()
    return {
        "at rest MB": rest / 1024,
        "agents": agents,
        "KB per agent": (connected - rest) / agents,
        "waiting": waiting,
        "KB per waiting": (loaded - connected) / waiting,
    }


def main() -> int:
    """Measure, print, leave."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--agents", type=int, default=2000)
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    agents, waiting = (200, 1000) if options.quick else (options.agents, options.waiting)
    row = uvloop.run(measure(agents, waiting))
    show("memory of the server process", [row])
    leave(options.json, row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
