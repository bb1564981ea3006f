"""A browser for tests: Debian's Chromium driven by Playwright, the widget in it, and pictures of what is seen."""

from __future__ import annotations

import asyncio
import contextlib
import re
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

ARTEFACTS = Path(__file__).parent.parent / "artefacts" / "browser"
QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
)
WAIT_MS = 15_000
EXPECTED = ("ERR_", "WebSocket", "Failed to load resource")
"""What Chromium says of refused files and lost networks, which tests cause on purpose."""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(10 * (b"\0" + 10 * b"\xb4\x62\x3a")))
    + _chunk(b"IEND", b"")
)
"""Ten pixels by ten."""


class Widget:
    """The chat widget on a page, as a person finds it: by roles and names."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.get_by_role("dialog")
        self.log = page.get_by_role("log")
        self.box = self.panel.get_by_role("textbox").first
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda line: self._console(line))

    def _console(self, line: Any) -> None:
        if line.type == "error" and not any(word in line.text for word in EXPECTED):
            self.problems.append(line.text)

    async def open(self) -> None:
        """Press the button in the corner."""
        await self.page.locator("#agentdesk-chat button.launch").click()
        await self.panel.wait_for()

    async def say(self, text: str) -> None:
        """Write and press Enter."""
        await self.box.fill(text)
        await self.box.press("Enter")

    def mine(self) -> Locator:
        """What the visitor said, as bubbles."""
        return self.page.locator("#agentdesk-chat .m.me")

    def said(self, text: str) -> Locator:
        """The bubbles that hold just this text."""
        return self.page.locator("#agentdesk-chat .m .b").filter(has_text=re.compile(f"^{re.escape(text)}$"))

    async def sees(self, text: str) -> None:
        """Wait until a bubble holds just this text."""
        await self.said(text).first.wait_for()

    async def is_sent(self, text: str) -> None:
        """Wait until what the visitor said is acknowledged."""
        bubble = self.page.locator("#agentdesk-chat .m.me:not(.pending):not(.failed)")
        await bubble.filter(has_text=text).first.wait_for()

    async def notes(self, text: str | re.Pattern[str]) -> None:
        """Wait until the line above the conversation says this."""
        await self.page.locator("#agentdesk-chat .note:not(.bad)").filter(has_text=text).wait_for()

    async def texts(self) -> list[str]:
        """All bubbles, top to bottom."""
        return await self.page.locator("#agentdesk-chat .m:not(.greet) .b").all_text_contents()

    async def picture(self, name: str) -> None:
        """Keep what is seen, for people to look at."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=ARTEFACTS / f"{name}.png", animations="disabled")


class Wire:
    """A TCP relay in front of a server that can go silent: what is connected then hears nothing more, no end either."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._silent: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.Task[None]] = set()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection both ways."""
        up_reader, up_writer = await asyncio.open_connection(*self._to)
        async with asyncio.TaskGroup() as tasks:
            for source, target in ((reader, up_writer), (up_reader, writer)):
                self._open.add(tasks.create_task(self._relay(source, target)))

    async def _relay(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65_536):
                if task not in self._silent:
                    target.write(data)
            target.close()

    def go_silent(self) -> None:
        """From now on nothing gets through on what is connected."""
        self._silent |= self._open


@contextlib.asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[tuple[str, Wire]]:
    """A wire in front of a server, and its own address."""
    parts = urlsplit(url)
    wire = Wire(parts.hostname or "", parts.port or 0)
    listener = await asyncio.start_server(wire.connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", wire
    finally:
        listener.close()


@contextlib.asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """A browser process."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def visiting(
    browser: Browser,
    url: str,
    *,
    path: str = "/demo",
    lang: str = "en",
    width: int = 1000,
    height: int = 720,
    **options: Any,
) -> AsyncIterator[Widget]:
    """Somebody who opens the demo page, or another; whatever their page complained of fails the test."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height}, locale=lang, reduced_motion="reduce", **options
    )
    context.set_default_timeout(WAIT_MS)
    page = await context.new_page()
    widget = Widget(page)
    try:
        await page.clock.install()
        await page.goto(f"{url}{path}?lang={lang}")
        yield widget
    finally:
        await context.close()
    assert widget.problems == []
