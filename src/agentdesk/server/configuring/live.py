"""New settings for a desk that works, without a restart; and back. One change at a time.

    read -> write beside the old file -> keep in the store -> put in place -> configure the desk, its agents, its hours

Before the file is in its place nothing has changed; from then on a start, too, would read the new settings, and what
could not be told to the desk is told again by `server.opening` within half a minute.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import msgspec

from agentdesk.config import inspect_server
from agentdesk.config.problems import as_error
from agentdesk.config.server import ServerSettings
from agentdesk.core.commands import Refused
from agentdesk.errors import DeskError, SettingsError, StoreBusy
from agentdesk.server.accounts import epoch_of
from agentdesk.server.configuring import kept
from agentdesk.server.configuring.differ import APPLIED
from agentdesk.server.configuring.plan import Live, Plan, plan
from agentdesk.server.opening import Opening
from agentdesk.server.parts import Parts
from agentdesk.store.base import Configuration

SERVER = "server"
"""Who sets what a start finds in the file."""

logger = logging.getLogger("agentdesk.settings")


class Moved(DeskError):
    """The settings are not what the caller took them for."""

    title = "The settings have changed since"


class Configurations:
    """The settings of this server as an admin changes them. `file` is where they are, None for a server without one."""

    def __init__(self, parts: Parts, opening: Opening, file: Path | None) -> None:
        self._parts = parts
        self.opening = opening
        self._file = file
        self._read = parts.settings
        self._epoch = parts.store.epoch()
        self._lock = asyncio.Lock()

    async def begin(self) -> None:
        """Keep what this start found in the file, if it isn't what was in effect last."""
        parts = self._parts
        if self._file is not None:
            await parts.readers.run(kept.begin, parts.store, self._file, SERVER, parts.clock.now_ms())
            found, _ = await parts.readers.run(inspect_server, self._file)
            self._read = found or self._read  # what the command line said instead is no difference

    async def current(self) -> Configuration:
        """The settings that are in effect."""
        found = await self._parts.readers.run(kept.current, self._parts.store)
        if found is None:
            raise SettingsError("no settings are kept yet", "Apply a file.", title="There is nothing to show")
        return found

    async def plan(self, text: str, by: str) -> Plan:
        """What settings would do to the desk as it is."""
        settings = await self._settings(text)
        parts = self._parts
        view, now_ms = parts.loop.view, parts.clock.now_ms()
        # The rows themselves: what changes in them while a thread looks is as good a moment as any.
        live = Live(list(view.agents()), list(view.interactions()), now_ms)
        found = await parts.readers.run(plan, self._read, settings, live)
        await parts.readers.run(kept.note_plan, parts.store, text, found, by, now_ms)
        return found

    async def apply(self, text: str, by: str) -> Configuration:
        """Make settings take effect; those that are in effect already change nothing."""
        async with self._lock:
            settings = await self._settings(text)
            parts = self._parts
            now = await parts.readers.run(kept.apply, parts.store, self._file, text, by, parts.clock.now_ms())
            await self._take(settings)
            logger.info("settings %s are in effect, applied by %s", now.digest, by)
            return now

    async def rollback(self, expected: str, by: str) -> tuple[Configuration, Configuration]:
        """Go back to the settings before those of this digest; what was undone, and what is in effect now."""
        async with self._lock:
            parts = self._parts
            undone, now = await parts.readers.run(kept.current_and_before, parts.store)
            if undone.digest != expected:
                raise Moved(f"In effect are {undone.digest}, not {expected}.", "Look again: agentdesk server plan")
            settings = await self._settings(now.text)
            await parts.readers.run(kept.undo, parts.store, self._file, undone, now, by, parts.clock.now_ms())
            await self._take(settings)
            logger.info("settings %s are in effect again, %s undone by %s", now.digest, undone.digest, by)
            return undone, now

    # --- inside -------------------------------------------------------------------------------------------------

    async def _settings(self, text: str) -> ServerSettings:
        file = self._file or Path("config.yaml")
        folder = file.absolute().parent if self._file is not None else Path(self._read.server.data_dir)
        settings, problems = await self._parts.readers.run(inspect_server, Path(file.name), text, folder)
        if settings is None:
            raise as_error(problems)
        return settings

    async def _take(self, settings: ServerSettings) -> None:
        """Let the desk, its agents and its hours be as these settings say."""
        parts = self._parts
        self._read = settings
        told = _told_once(parts.settings)
        taken = msgspec.structs.replace(parts.settings, **{section: getattr(settings, section) for section in APPLIED})
        parts.settings = parts.accounts.settings = taken
        parts.epoch = epoch_of(self._epoch, taken)
        answer = await parts.accounts.configure_desk()
        if isinstance(answer, Refused):
            raise StoreBusy(f"The settings are kept, but the desk has not taken them yet: {answer.message}")
        for user in await parts.readers.run(parts.store.users):
            await parts.accounts.configure(user)
        await self.opening.look()
        if _told_once(taken) != told:
            await parts.publisher.settings_changed()


def _told_once(settings: ServerSettings) -> tuple[object, ...]:
    """What clients fetch when they connect."""
    return (settings.canned, settings.dispositions, settings.away_reasons)
