"""CPU per delivery of figures to 2,000 subscribers, beside a bare asyncio protocol that writes the same bytes.

    python bench/fanout.py [--quick] [--clients 2000] [--times 100] [--rounds 5] [--json FILE]

Both servers are processes of their own on uvloop; this one reads. CPU is the server's, the kernel's share included.
In between one more client connects and never reads: it has to be cut, and the others' deliveries must cost what they
cost before.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop
from desk_process import DeskProcess, desk_process
from report import leave, show
from sockets import MASKED, open_socket

OUTBOX = 65_536
DEAF_ROUNDS = 30
"""Further rounds until the kernel's buffers for the deaf client are full and ours pass the bound."""
WAITING = 20
"""Chats that wait, so that the figures carry the head of a line as they do at work."""

BARE = """
import asyncio, json, sys, time, uvloop
clients = []
class Bare(asyncio.Protocol):
    def connection_made(self, transport): clients.append(transport)
async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Bare, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).split():
        times, data = int(line[0]), b"x" * int(line[1])
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(times):
            for transport in clients: transport.write(data)
            await asyncio.sleep(0)
        n = times * len(clients)
        print(json.dumps({"sessions": len(clients), "cpu_us": (time.process_time() - cpu) / n * 1e6,
                          "wall_ms": (time.perf_counter() - wall) / times * 1000}), flush=True)
uvloop.run(main())
"""


class Sink(asyncio.Protocol):
    """Reads and forgets."""

    received = 0

    def data_received(self, data: bytes) -> None:
        """Count."""
        Sink.received += len(data)


@contextlib.contextmanager
def bare_process() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The bare protocol's server, and its port."""
    process = subprocess.Popen([sys.executable, "-c", BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait(10)


class Frames:
    """What came to a desk's client; the size of its last figures."""

    size = 0
    count = 0

    def __init__(self) -> None:
        self.live: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_text(self, payload: bytes) -> None:
        """One frame."""
        if payload.startswith(b'{"type":"queue"'):
            Frames.size = len(payload) + (2 if len(payload) < 126 else 4)
            Frames.count += 1
        elif payload.startswith(b'{"type":"live"') and not self.live.done():
            self.live.set_result(None)


async def _join(desk: DeskProcess, token: str) -> None:
    frames = Frames()
    client = await open_socket(desk.port, "/api/v1/desk", frames.on_text)
    client.send(b'{"type":"hello","token":"%s","client":"bench"}' % token.encode())
    await asyncio.wait_for(frames.live, 30)


def deaf_client(desk: DeskProcess) -> socket.socket:
    """A client that says hello and never reads."""
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect(("127.0.0.1", desk.port))
    deaf.sendall(
        b"GET /api/v1/desk HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    deaf.recv(4096)
    hello = json.dumps({"type": "hello", "token": desk.tokens[-1], "client": "deaf"}).encode()
    head = bytes((0x81, MASKED | 126)) + len(hello).to_bytes(2, "big")
    deaf.sendall(head + b"\0\0\0\0" + hello)
    return deaf


async def measure(clients: int, times: int, rounds: int) -> dict[str, Any]:
    """Alternate the two servers, so that a noisy moment meets both."""
    with desk_process(clients + 1, inside=True, outbox=OUTBOX) as desk, bare_process() as (bare, port):
        loop = asyncio.get_running_loop()
        for token in desk.tokens[:clients]:
            await _join(desk, token)
            await loop.create_connection(Sink, "127.0.0.1", port)
        await asyncio.to_thread(desk.ask, f"start {WAITING}")
        rows: list[dict[str, Any]] = []
        deaf = None
        for number in range(rounds * 2):
            if number == rounds:
                deaf = deaf_client(desk)
            ours = await asyncio.to_thread(desk.ask, f"broadcast {times}")
            assert bare.stdin is not None
            assert bare.stdout is not None
            bare.stdin.write(f"{times} {Frames.size}\n".encode())
            bare.stdin.flush()
            theirs = json.loads(await asyncio.to_thread(bare.stdout.readline))
            rows.append(
                {
                    "deaf client": "no" if deaf is None else "yes",
                    "sessions after": ours["sessions"],
                    "desk us": ours["cpu_us"],
                    "bare us": theirs["cpu_us"],
                    "ratio": ours["cpu_us"] / theirs["cpu_us"],
                    "desk ms each": ours["wall_ms"],
                    "bare ms each": theirs["wall_ms"],
                }
            )
        left = rows[-1]["sessions after"]
        for _ in range(DEAF_ROUNDS):
            if left == clients:
                break
            left = (await asyncio.to_thread(desk.ask, f"broadcast {times}"))["sessions"]
        if deaf is not None:
            deaf.close()
        return {"bytes": Frames.size, "rows": rows, "deaf client cut": left == clients}


def main() -> int:
    """Measure, print, leave."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    times, rounds = (20, 2) if options.quick else (options.times, options.rounds)
    figures = uvloop.run(measure(options.clients, times, rounds))
    show(f"{figures['bytes']} bytes to {options.clients} subscribers, {times} times: CPU per delivery", figures["rows"])
    for deaf in ("no", "yes"):
        ratio = statistics.median(row["ratio"] for row in figures["rows"] if row["deaf client"] == deaf)
        print(f"median ratio, deaf client {deaf}: {ratio:.2f}")
    print(f"deaf client cut: {figures['deaf client cut']}")
    leave(options.json, figures)
    return 0 if figures["deaf client cut"] else 1


if __name__ == "__main__":
    sys.exit(main())
