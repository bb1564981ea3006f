"""A relay for tests that answers each step as it is told, or dies there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class ScriptedRelay:
    """Speaks SMTP. `answers` are by step (greeting, EHLO, MAIL, RCPT, DATA, END), a callable gets the line; the answer
    `die` cuts the connection there, `silence` says nothing more. `mails` are what it took."""

    def __init__(self) -> None:
        self.answers: dict[str, str | Callable[[str], str]] = {}
        self.mails: list[bytes] = []
        self.recipients: list[str] = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            if await self._say(writer, "greeting", "", "220 relay"):
                while line := (await reader.readline()).decode():
                    if not await self._step(line.strip(), reader, writer):
                        break
        finally:
            writer.close()

    async def _step(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        verb = line.split(" ", 1)[0].split(":", 1)[0].upper()
        if verb == "QUIT":
            await self._say(writer, "QUIT", line, "221 bye")
            return False
        if verb == "DATA":
            return await self._take(reader, writer)
        if verb == "RCPT":
            self.recipients.append(line)
        return await self._say(writer, verb, line, "250 ok")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if not await self._say(writer, "DATA", "", "354 go on"):
            return False
        if not str(self.answers.get("DATA", "354")).startswith("354"):
            return True
        mail = b""
        while (line := await reader.readline()) not in (b".\r\n", b""):
            mail += line[1:] if line.startswith(b".") else line
        if self.answers.get("END") == "die-untaken":
            return False
        if str(self.answers.get("END", "250")).startswith(("250", "die", "silence")):
            self.mails.append(mail)
        return await self._say(writer, "END", "", "250 2.0.0 queued as 4711")

    async def _say(self, writer: asyncio.StreamWriter, step: str, line: str, usual: str) -> bool:
        answer = self.answers.get(step, usual)
        text = answer(line) if callable(answer) else answer
        if text == "die":
            return False
        if text == "silence":
            await asyncio.Event().wait()
        writer.write(f"{text}\r\n".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def scripted_relay() -> AsyncIterator[ScriptedRelay]:
    """A relay on a free port."""
    relay = ScriptedRelay()
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await relay.serve(reader, writer)
        except (asyncio.CancelledError, OSError):
            writer.close()
        finally:
            connections.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    relay.port = int(server.sockets[0].getsockname()[1])
    try:
        yield relay
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await server.wait_closed()
