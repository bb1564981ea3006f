"""From a visitor's socket to the agent's client, committed and routed on the way, beside a bare WebSocket echo.

    python bench/e2e.py [--quick] [--agents 500 2000] [--rate 1000] [--seconds 10] [--rounds 3] [--json FILE]

A real server process; agents and visitors are in this one, on sockets that cost next to nothing. Messages are sent on a
schedule (open loop) and timed from when they were due. A conversation is begun, routed and accepted by itself, goes on
for ten messages and is ended by the visitor; then that visitor begins another. Every message is checked to arrive once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uvloop
from desk_process import DeskProcess, desk_process
from report import cpu_s, leave, show, spread
from sockets import WebSocketClient, open_socket

MESSAGES_EACH = 10
VISITORS = 500
WARM_S = 2.0
SETTLE_S = 3.0
_TEXT = re.compile(rb'"text":"#(\d+) ')

ECHO = """
import asyncio, sys, uvicorn
async def app(scope, receive, send):
    await receive(); await send({"type": "websocket.accept"})
    while True:
        event = await receive()
        if event["type"] != "websocket.receive": return
        await send({"type": "websocket.send", "text": event["text"]})
config = uvicorn.Config(app, port=int(sys.argv[1]), ws="websockets-sansio", ws_per_message_deflate=False,
                        lifespan="off", log_level="warning", loop="uvloop")
uvicorn.Server(config).run()
"""


class Timing:
    """When each message was due and when it came."""

    def __init__(self) -> None:
        self.due: dict[int, float] = {}
        self.waits_ms: list[float] = []
        self.twice = 0
        self.acks_ms: list[float] = []

    def came(self, payload: bytes) -> None:
        """A frame arrived at an agent's client; a message in it is counted."""
        now = time.perf_counter()
        for found in _TEXT.finditer(payload):
            due = self.due.pop(int(found[1]), None)
            if due is None:
                self.twice += 1
            else:
                self.waits_ms.append((now - due) * 1000)


class Agent:
    """One agent's client: available, takes what it gets."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self.live: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_text(self, payload: bytes) -> None:
        """One frame; an interaction that was announced with its first message does not announce it again."""
        if payload.startswith(b'{"type":"event"') and (b'"MessageAdded"' in payload or b'"about"' in payload):
            self._timing.came(payload)
        elif payload.startswith(b'{"type":"live"') and not self.live.done():
            self.live.set_result(None)


class Visitor:
    """One visitor's page."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._said = 0
        self.welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.socket: WebSocketClient | None = None
        self._waiting: dict[bytes, float] = {}

    def on_text(self, payload: bytes) -> None:
        """One frame."""
        if payload.startswith(b'{"type":"welcome"') and not self.welcomed.done():
            self.welcomed.set_result(None)
        elif payload.startswith(b'{"type":"ack"'):
            sent = self._waiting.pop(payload.split(b'"cid":"', 1)[1].split(b'"', 1)[0], None)
            if sent is not None:
                self._timing.acks_ms.append((time.perf_counter() - sent) * 1000)
        elif payload.startswith(b'{"type":"error"'):
            print(payload.decode(), file=sys.stderr)

    def say(self, number: int, due: float) -> None:
        """Send one message; the tenth is followed by the end of the conversation."""
        assert self.socket is not None
        self._timing.due[number] = due
        self._waiting[str(number).encode()] = due
        self.socket.send(
            b'{"type":"msg","cid":"%d","text":"#%d where is my parcel? It was due on Monday."}' % (number, number)
        )
        self._said += 1
        if self._said % MESSAGES_EACH == 0:
            self.socket.send(b'{"type":"end"}')


async def connect(desk: DeskProcess, timing: Timing, visitors: int) -> tuple[list[WebSocketClient], list[Visitor]]:
    """All agents available, all visitors welcomed."""
    sockets = []
    for token in desk.tokens:
        agent = Agent(timing)
        client = await open_socket(desk.port, "/api/v1/desk", agent.on_text)
        client.send(b'{"type":"hello","token":"%s","client":"bench"}' % token.encode())
        await agent.live
        client.send(b'{"type":"do","key":"1","command":{"type":"SetPresence","presence":"available"}}')
        sockets.append(client)
    pages = []
    for _ in range(visitors):
        visitor = Visitor(timing)
        visitor.socket = await open_socket(desk.port, "/chat/ws", visitor.on_text)
        visitor.socket.send(b'{"type":"hello"}')
        await visitor.welcomed
        pages.append(visitor)
    return sockets, pages


async def send_all(visitors: list[Visitor], timing: Timing, rate: float, seconds: float, first: int) -> int:
    """Send on schedule; the number of the next message."""
    turns = itertools.cycle(visitors)
    begin = time.perf_counter()
    count = int(rate * seconds)
    for index in range(count):
        due = begin + index / rate
        ahead = due - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        next(turns).say(first + index, due)
        if index % 20 == 0:
            await asyncio.sleep(0)
    return first + count


async def settle(timing: Timing) -> None:
    """Wait until nothing is under way."""
    for _ in range(int(SETTLE_S / 0.02)):
        if not timing.due:
            return
        await asyncio.sleep(0.02)


async def measure(agents: int, rate: float, seconds: float) -> dict[str, Any]:
    """One run of the desk."""
    with desk_process(agents) as desk:
        timing = Timing()
        sockets, visitors = await connect(desk, timing, VISITORS)
        number = await send_all(visitors, timing, rate / 2, WARM_S, 1)
        await settle(timing)
        timing.waits_ms.clear()
        timing.acks_ms.clear()
        used = cpu_s(desk.pid)
        number = await send_all(visitors, timing, rate, seconds, number)
        used = cpu_s(desk.pid) - used
        await settle(timing)
        for one in (*sockets, *(visitor.socket for visitor in visitors)):
            assert one is not None
            one.transport.close()
        return {
            "agents": agents,
            "msg/s": int(rate),
            **{f"{name} ms": value for name, value in spread(timing.waits_ms).items()},
            "ack p99 ms": spread(timing.acks_ms)["p99"],
            "lost": len(timing.due),
            "twice": timing.twice,
            "CPU us/msg": used / (rate * seconds) * 1e6,
        }


def echo_of(rate: float, seconds: float) -> dict[str, Any]:
    """The same schedule against a server that only sends back, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", ECHO, str(port)])
    try:
        return uvloop.run(_measure_echo(port, rate, seconds))
    finally:
        process.terminate()
        process.wait(10)


async def _measure_echo(port: int, rate: float, seconds: float) -> dict[str, Any]:
    timing = Timing()
    pages = []
    for _ in range(VISITORS):
        page = Visitor(timing)
        page.socket = await _eventually(port, timing)
        pages.append(page)
    number = await send_all(pages, timing, rate, WARM_S, 1)
    await settle(timing)
    timing.waits_ms.clear()
    await send_all(pages, timing, rate, seconds, number)
    await settle(timing)
    return {"msg/s": int(rate), **{f"{name} ms": value for name, value in spread(timing.waits_ms).items()}}


async def _eventually(port: int, timing: Timing) -> WebSocketClient:
    deadline = time.monotonic() + 10
    while True:
        try:
            return await open_socket(port, "/", timing.came)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)


def main() -> int:
    """Measure, print, leave."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--agents", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    seconds, rounds = (3.0, 1) if options.quick else (options.seconds, options.rounds)
    desk: list[dict[str, Any]] = []
    echo: list[dict[str, Any]] = []
    for number in range(rounds):
        echo.append({"round": number + 1, **echo_of(options.rate, seconds)})
        desk += [{"round": number + 1, **uvloop.run(measure(n, options.rate, seconds))} for n in options.agents]
    show("visitor's socket -> committed -> routed -> agent's client", desk)
    show("bare loopback WebSocket echo, the same schedule", echo)
    leave(options.json, {"desk": desk, "echo": echo})
    return 1 if any(row["lost"] or row["twice"] for row in desk) else 0


if __name__ == "__main__":
    sys.exit(main())
