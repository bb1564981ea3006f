"""Queues open, close and have holidays by a clock that the test moves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from agentdesk.config.server import (
    DeskSettings,
    HolidaySettings,
    HoursSettings,
    QueueSettings,
    ServerSettings,
    WeekSettings,
)
from agentdesk.core.model import Hours
from agentdesk.server.app import App, build
from agentdesk.server.opening import LOOK_S, PAUSE_S
from agentdesk.store.memory import MemoryStore
from tests.config.test_hours import at
from tests.serving import settings

OFFICE = HoursSettings(
    timezone="Asia/Jakarta",
    weekly=WeekSettings(wed=("09:00-17:00",), thu=("09:00-17:00",), fri=("09:00-17:00",)),
    holidays=HolidaySettings(country="ID", dates=("12-24",)),
)


class SetClock:
    """Shows what it is set to."""

    def __init__(self, text: str) -> None:
        self.set(text)

    def set(self, text: str) -> None:
        self.ms = at(text)

    def now_ms(self) -> int:
        return self.ms

    def steady_s(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


class Desk:
    """A server's parts without a socket: the loop runs, nothing else."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def look(self) -> float:
        return await self.app.parts.configurations.opening.look()

    def hours(self, queue: str = "support") -> Hours:
        return self.app.parts.loop.view.hours(queue)


def desk_settings(folder: Path, hours: HoursSettings | None, **more: Any) -> ServerSettings:
    queues = (QueueSettings(id="support", name="Support", hours=hours), QueueSettings(id="always", name="Always"))
    return settings(folder, queues=queues, **more)


async def with_desk(folder: Path, clock: SetClock, test: Any, hours: HoursSettings | None = OFFICE) -> None:
    app = build(desk_settings(folder, hours), MemoryStore(), clock)

    async def work() -> None:
        await app.parts.accounts.configure_desk()
        await test(Desk(app))

    try:
        await app.parts.loop.run(work)
    finally:
        app.close()


async def test_the_desk_is_told_at_each_boundary_and_on_holidays(tmp_path: Path) -> None:
    clock = SetClock("2026-12-23T08:59:50")

    async def test(desk: Desk) -> None:
        assert await desk.look() == 10
        assert (desk.hours(), desk.hours("always")) == (Hours.CLOSED, Hours.OPEN)
        for text, hours in (
            ("2026-12-23T09:00:00", Hours.OPEN),
            ("2026-12-23T17:00:00", Hours.CLOSED),
            ("2026-12-24T10:00:00", Hours.HOLIDAY),
            ("2026-12-25T10:00:00", Hours.HOLIDAY),
            ("2026-12-30T10:00:00", Hours.OPEN),
        ):
            clock.set(text)
            assert PAUSE_S <= await desk.look() <= LOOK_S
            assert desk.hours() is hours, text

    await with_desk(tmp_path, clock, test)


async def test_a_clock_that_jumps_is_noticed_at_the_next_look(tmp_path: Path) -> None:
    clock = SetClock("2026-12-23T10:00:00")

    async def test(desk: Desk) -> None:
        assert await desk.look() == LOOK_S
        assert desk.hours() is Hours.OPEN
        clock.set("2026-12-26T03:00:00")
        await desk.look()
        assert desk.hours() is Hours.CLOSED
        clock.set("2026-12-23T10:00:00")
        await desk.look()
        assert desk.hours() is Hours.OPEN

    await with_desk(tmp_path, clock, test)


async def test_nothing_is_said_twice(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        await desk.look()
        asked = desk.app.parts.loop.commands
        await desk.look()
        assert desk.app.parts.loop.commands == asked

    await with_desk(tmp_path, SetClock("2026-12-24T10:00:00"), test)


async def test_a_day_that_begins_elsewhere_in_summer_is_told(tmp_path: Path) -> None:
    clock = SetClock("2026-03-01T12:00:00")
    config = desk_settings(tmp_path, None)
    app = build(
        ServerSettings(server=config.server, queues=config.queues, desk=DeskSettings(timezone="Europe/Stockholm")),
        MemoryStore(),
        clock,
    )

    async def work() -> None:
        await app.parts.configurations.opening.look()
        assert app.parts.loop.view.config.day_offset_ms == 23 * 3_600_000
        clock.set("2026-07-01T12:00:00")
        await app.parts.configurations.opening.look()
        assert app.parts.loop.view.config.day_offset_ms == 22 * 3_600_000

    try:
        await app.parts.loop.run(work)
    finally:
        app.close()
