"""The same desk at any size, in any theme, without colours, in ASCII; resized while it runs."""

from __future__ import annotations

import pytest

from agentdesk.paths import themes_dir
from agentdesk.tui.tiling import HEIGHT_MIN, PANES_MAX, WIDTH_MIN, neighbour, room_for, tiles, visible
from tests.tui.robot import Robot, desk_robot


@pytest.mark.parametrize("count", range(1, PANES_MAX + 1))
@pytest.mark.parametrize(("width", "height"), [(80, 21), (68, 29), (120, 30), (160, 57), (240, 80)])
def test_tiles_cover_the_room_without_gap_or_overlap(count: int, width: int, height: int) -> None:
    count = min(count, room_for(width, height))
    places = tiles(count, width, height)
    cells = [(x, y) for p in places for x in range(p.x, p.x + p.width) for y in range(p.y, p.y + p.height)]
    assert len(cells) == len(set(cells)) == width * height
    assert all(p.width >= WIDTH_MIN and p.height >= HEIGHT_MIN for p in places)


def test_more_panes_than_fit_are_shown_in_pages_round_the_focused_one() -> None:
    assert list(visible(2, 1, 120, 30)) == [0, 1]
    room = room_for(80, 21)
    assert room == 4
    assert list(visible(6, 0, 80, 21)) == [0, 1, 2, 3]
    assert list(visible(6, 5, 80, 21)) == [2, 3, 4, 5]
    assert all(focused in visible(6, focused, 40, 12) for focused in range(6))


def test_neighbours_lie_in_their_direction() -> None:
    places = tiles(4, 160, 40)
    assert [neighbour(places, 0, side) for side in ("left", "right", "up", "down")] == [None, 1, None, 2]
    assert [neighbour(places, 3, side) for side in ("left", "right", "up", "down")] == [2, None, 1, None]


def whole(desk: Robot) -> None:
    """Every row has the width of the screen, and the parts that always show do."""
    rows = desk.rows
    assert len(rows) == desk.app.screen.size.height
    assert "Ana" in rows[0]
    assert any(state in rows[-1] for state in ("COMMAND", "REPLY", "NOTE", "WRAP-UP", "CUSTOMER"))


async def test_at_80_by_24_the_inbox_is_a_strip_and_the_customer_behind_a_key() -> None:
    async with desk_robot(size=(80, 24)) as desk:
        await desk.chats("Budi", "Lan")
        desk.fake.customer_writes("Sara", "hi")
        await desk.expect("OFFER  Sara", "F3 take", "hello from Budi", "hello from Lan")
        whole(desk)
        assert "timeline" not in desk.text
        await desk.press("f7")
        await desk.expect("timeline")
        whole(desk)
        await desk.press("f7")
        await desk.expect_gone("timeline")
        await desk.reply("small but whole")
        await desk.expect("small but whole")


async def test_at_200_by_60_three_panes_are_abreast() -> None:
    async with desk_robot(size=(260, 60)) as desk:
        await desk.chats("Budi", "Lan", "Sara", "Omar", "Pim", "Mai")
        await desk.until(lambda: all(pane.display for pane in desk.desk.talk.panes))
        whole(desk)
        lefts = {pane.region.x for pane in desk.desk.talk.panes}
        assert len(lefts) == 3
        await desk.expect("timeline", "MINE", "WAITING")


@pytest.mark.parametrize("count", [1, 4])
async def test_a_resize_at_any_time_keeps_everything(count: int) -> None:
    async with desk_robot(size=(120, 32)) as desk:
        await desk.chats(*["Budi", "Lan", "Sara", "Omar"][:count])
        await desk.press("1", "r")
        await desk.type("half a ")
        for size in ((80, 24), (40, 12), (200, 60), (20, 5), (100, 30), (120, 32)):
            await desk.pilot.resize_terminal(*size)
            await desk.pilot.pause()
            assert desk.app.is_running
        await desk.type("thought")
        assert desk.pane.composer.text == "half a thought"
        await desk.expect("half a thought", "hello from Budi")
        whole(desk)


@pytest.mark.parametrize("theme", sorted(path.stem for path in themes_dir().glob("*.yaml")))
async def test_every_theme_draws_the_whole_desk(theme: str) -> None:
    async with desk_robot(theme=theme, size=(140, 40)) as desk:
        await desk.chats("Budi", "Lan")
        desk.fake.customer_writes("Sara", "hi")
        await desk.press("n")
        await desk.type("a note")
        await desk.press("enter")
        await desk.expect("a note", "OFFER")
        assert desk.app.theme == theme
        whole(desk)


async def test_without_colours_everything_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk_robot(size=(120, 32)) as desk:
        await desk.chats("Budi")
        await desk.press("n")
        await desk.type("inside")
        await desk.press("enter")
        await desk.expect("NOTE", "inside", "▸1 Budi")
        screen = desk.app.screen
        strips = screen._compositor.render_strips(screen.size)
        colours = {s.style.color for strip in strips for s in strip if s.style and s.style.color}
        assert all(colour.is_default or colour.name == "default" for colour in colours), colours


async def test_plain_fonts_get_ascii_marks_only() -> None:
    async with desk_robot(size=(120, 32), glyphs="ascii") as desk:
        await desk.chats("Budi", "Lan")
        desk.fake.customer_writes("Sara", "hi")
        await desk.reply("done")
        await desk.expect("OFFER", "done")
        odd = {c for c in desk.text if ord(c) > 126}
        assert odd == set()


async def test_the_screen_can_be_saved_as_a_picture() -> None:
    async with desk_robot() as desk:
        svg = desk.app.export_screenshot()
        assert "<svg" in svg[:200]
