"""The supervisor's monitor: figures live from the link, nothing to break."""

from __future__ import annotations

from agentdesk.core.commands import SetPresence
from agentdesk.core.model import Presence, Role
from agentdesk.tui.screens.monitor import MonitorScreen
from agentdesk.tui.widgets.agent_grid import AgentCell, AgentGrid
from agentdesk.tui.widgets.queue_table import HEADINGS, QueueLine, QueueTable
from tests.client.fake_port import FakeDesk
from tests.tui.robot import desk_robot


def supervisor() -> FakeDesk:
    fake = FakeDesk("sam", role=Role.SUPERVISOR, mode="monitor")
    fake.connect()
    return fake


async def test_queues_and_agents_are_live() -> None:
    async with desk_robot(fake=supervisor(), mode="monitor", available=False) as desk:
        await desk.expect("agentdesk monitor", "QUEUES", "Support", "Sales", "AGENTS", "MONITOR")
        ana = desk.fake.colleague("ana")
        await desk.expect("1 available", "free")
        desk.fake.customer_writes("Budi", "halo")
        await desk.expect_gone("free")
        desk.fake.do_as(ana, SetPresence(Presence.AWAY, "lunch"))
        await desk.expect("1 away", "lunch", "1 waiting")
        desk.fake.now += 61_000
        await desk.expect("1:01!")


async def test_agents_are_ordered_by_key_and_the_monitor_is_left_by_one() -> None:
    async with desk_robot(fake=supervisor(), mode="monitor", available=False) as desk:
        desk.fake.colleague("zoe")
        desk.fake.colleague("abe", available=False)
        await desk.expect("by state")
        await desk.press("o")
        await desk.expect("by name")
        rows = desk.text
        assert rows.index("Abe") < rows.index("Zoe")
        await desk.press("question_mark")
        await desk.expect("In the monitor")
        await desk.press("escape")
        assert isinstance(desk.app.screen, MonitorScreen)
        await desk.press("q")
        await desk.until(lambda: desk.app._exit)


async def test_hostile_names_do_no_harm_here_either() -> None:
    async with desk_robot(fake=supervisor(), mode="monitor", available=False) as desk:
        desk.fake.colleague("eve", name="[/red]\x1b]52;c;x\x07")
        await desk.expect("[/red]")
        assert "\x1b" not in desk.text


def line(**changes: object) -> QueueLine:
    values: dict[str, object] = dict.fromkeys(QueueLine.__slots__, 0) | {"name": "support", "target_s": 60}
    return QueueLine(**(values | changes))  # type: ignore[arg-type]


def test_columns_that_do_not_fit_are_left_out_whole() -> None:
    table = QueueTable()
    table._queues = [line(waiting=3, oldest_ms=61_000)]
    for width in range(20, 120):
        for row in table.paint(width, 5):
            assert sum(len(text) for text, _ in row.left) <= width
    assert "1:01!" in table.paint(120, 5)[1].plain
    assert len(HEADINGS) == 9


def test_figures_stay_apart_when_they_are_long() -> None:
    table = QueueTable()
    table._queues = [line(active=1234, service_level=100, target_s=3600)]
    assert " 1234 100 % in 3600 s" in " ".join(table.paint(120, 5)[1].plain.split())


def test_a_hundred_agents_fit_a_wide_screen() -> None:
    grid = AgentGrid()
    agents = [AgentCell(f"Agent {n}", "available", "", n * 1000, True, n % 7, 6, 0, 0, 0) for n in range(100)]
    grid._agents = agents
    text = "\n".join(row.plain for row in grid.paint(200, 56))
    assert all(f"Agent {n}" in text for n in range(100))
