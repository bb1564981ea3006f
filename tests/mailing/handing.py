"""Hands a mail over by LMTP, as the host's mail server does."""

from __future__ import annotations

import asyncio


async def hand_over_lmtp(port: int, raw: bytes, to: str, sender: str = "kim@example.org") -> str:
    """The answer to the mail; or to whatever was refused before it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def heard() -> str:
        while (line := (await reader.readline()).decode())[3:4] == "-":
            pass
        return line.strip()

    async def say(line: bytes) -> str:
        writer.write(line + b"\r\n")
        return await heard()

    try:
        await heard()
        for line in (b"LHLO test", f"MAIL FROM:<{sender}>".encode(), f"RCPT TO:<{to}>".encode()):
            answer = await say(line)
            if not answer.startswith("250"):
                return answer
        await say(b"DATA")
        stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in raw.split(b"\r\n"))
        return await say(stuffed.removesuffix(b"\r\n") + b"\r\n.")
    finally:
        writer.close()
