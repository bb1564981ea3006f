"""The real server with a handle inside, as a process that measurements drive through its standard input.

    python bench/inside.py CONFIG      then lines:  broadcast N | start N | memory

It answers each line with one line of JSON. `broadcast` sends figures to every session N times, through the code that
does so four times a second; `start` lets N customers begin a chat; `memory` collects garbage and answers kilobytes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import uvloop
from report import memory_kb

from agentdesk.config import read_server
from agentdesk.core.commands import Actor, CustomerRef, Identity, StartInteraction
from agentdesk.server.app import App, build, serve
from agentdesk.server.publish import Figures
from agentdesk.store.sqlite import open_store

CHANNEL = Actor("customer", "bench")
AT_ONCE = 500


async def broadcast(app: App, times: int) -> dict[str, float]:
    """CPU seconds per delivery, and the wall time of the whole."""
    publisher, state = app.parts.publisher, app.parts.loop.desk.state
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(times):
        publisher._figures = Figures()
        state.dirty_queues = set(state.queues)
        await publisher.send_figures()
        await asyncio.sleep(0)
    deliveries = times * len(publisher)
    return {
        "sessions": len(publisher),
        "cpu_us": (time.process_time() - cpu) / deliveries * 1e6,
        "wall_ms": (time.perf_counter() - wall) / times * 1000,
    }


async def start(app: App, count: int) -> dict[str, float]:
    """Let customers begin."""
    for first in range(0, count, AT_ONCE):
        commands = [_command(number) for number in range(first, min(count, first + AT_ONCE))]
        await asyncio.gather(*(app.parts.loop.submit(command, CHANNEL) for command in commands))
    return {"started": count}


def _command(number: int) -> StartInteraction:
    customer = CustomerRef(identities=(Identity("visitor", f"v{number}"),), name=f"Customer {number}")
    return StartInteraction("chat", "support", customer, text="Where is my parcel? It was due on Monday.")


async def memory(app: App, _: int) -> dict[str, float]:
    """Kilobytes of this process alone."""
    gc.collect()
    return {"kb": memory_kb(os.getpid())}


COMMANDS = {"broadcast": broadcast, "start": start, "memory": memory}


async def run(config: Path) -> None:
    """Serve, and obey."""
    settings = read_server(config)
    store = open_store(settings.database)
    app = build(settings, store)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def obey(stop: Callable[[], None]) -> None:
        while line := (await reader.readline()).split():
            print(json.dumps(await COMMANDS[line[0].decode()](app, int(line[1]) if len(line) > 1 else 0)), flush=True)
        stop()

    def ready(url: str, stop: Callable[[], None]) -> None:
        print(f"agentdesk is ready at {url}", flush=True)
        app.parts.loop.spawn(obey(stop), "obey")

    try:
        await serve(app, ready)
    finally:
        store.close()


if __name__ == "__main__":
    uvloop.run(run(Path(sys.argv[1])))
