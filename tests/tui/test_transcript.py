"""The transcript as an agent sees it: following, scrolling, searching, repainting little."""

from __future__ import annotations

import time

import pytest
from textual import events
from textual.app import ComposeResult
from textual.pilot import Pilot

from agentdesk.core.model import MessageKind
from agentdesk.tui.glyphs import ASCII, UNICODE, Glyphs
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.transcript import Delivery, Entry, Transcript
from agentdesk.tui.transcript_canvas import CACHED_ENTRIES_MAX

START = 1_790_000_000_000
SIZE = (40, 12)


class Probe(SafeApp[None]):
    def __init__(self, marks: Glyphs = UNICODE) -> None:
        super().__init__()
        self.transcript = Transcript(glyphs=marks)
        self.messages: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.transcript

    def on_transcript_older_wanted(self, event: Transcript.OlderWanted) -> None:
        self.messages.append(("older", event.before.key if event.before else None))

    def on_transcript_follow_changed(self, event: Transcript.FollowChanged) -> None:
        self.messages.append(("follow", event.following))


def entry(n: int, text: str = "", kind: MessageKind = MessageKind.INBOUND, state: Delivery | None = None) -> Entry:
    return Entry(n, START + n * 60_000, kind, "Budi", text or f"text {n}", state)


def many(count: int, first: int = 0) -> list[Entry]:
    return [entry(n) for n in range(first, first + count)]


def screen(app: Probe) -> list[str]:
    """What the transcript's lines show now."""
    transcript = app.transcript
    return [transcript.render_line(y).text.rstrip() for y in range(transcript.size.height)]


def shows(app: Probe, words: str) -> bool:
    return any(words in line for line in screen(app))


async def settled(pilot: Pilot[None], app: Probe) -> None:
    """Wait until a coalesced repaint has happened."""
    for _ in range(200):
        await pilot.pause(0.01)
        if app.transcript._timer is None:
            return
    raise AssertionError("the transcript never came to rest")


async def test_it_follows_what_comes() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(100))
        assert shows(app, "text 99") and app.transcript.following
        app.transcript.append(entry(100))
        await settled(pilot, app)
        assert screen(app)[-1].startswith("  text 100")


async def test_it_stays_where_the_agent_scrolled_and_says_what_is_new() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(100))
        app.transcript.go_pages(-1)
        before = [line[:-1] for line in screen(app)[:-1]]  # without the scroll bar
        for n in (100, 101, 102):
            app.transcript.append(entry(n))
        await settled(pilot, app)
        assert [line[:-1] for line in screen(app)[:-1]] == before
        assert screen(app)[-1].endswith("↓ 3 new") and app.transcript.new_below == 3
        app.transcript.go_last()
        assert shows(app, "text 102") and app.transcript.new_below == 0
        await pilot.pause()
        assert app.messages == [("follow", False), ("follow", True)]


async def test_scrolling_down_to_the_end_follows_again() -> None:
    app = Probe()
    async with app.run_test(size=SIZE):
        app.transcript.load(many(30))
        app.transcript.go_lines(-5)
        assert not app.transcript.following
        app.transcript.go_lines(4)
        assert not app.transcript.following
        app.transcript.go_pages(1)
        assert app.transcript.following


async def test_the_top_asks_for_older_ones_once_and_keeps_its_place() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(100, first=100), older=True)
        app.transcript.go_first()
        app.transcript.go_lines(-1)
        await pilot.pause()
        assert [m for m in app.messages if m[0] == "older"] == [("older", 100)]  # type: ignore[index]
        assert shows(app, "text 100")
        app.transcript.prepend(many(50, first=50), older=False)
        assert screen(app)[1] == "  text 100"[: len(screen(app)[1])] or shows(app, "text 100")
        app.transcript.go_lines(-2)
        assert shows(app, "text 99")
        app.transcript.go_first()
        await pilot.pause()
        assert shows(app, "text 50")
        assert len([m for m in app.messages if m[0] == "older"]) == 1  # type: ignore[index]


async def test_a_short_conversation_asks_for_older_ones_at_once() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(2), older=True)
        await pilot.pause()
        assert ("older", 0) in app.messages


async def test_a_delivery_mark_repaints_its_own_line_only() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        entries = [*many(20), entry(20, "ours", MessageKind.OUTBOUND, Delivery.PENDING), entry(21)]
        app.transcript.load(entries)
        await pilot.pause()
        drawn: list[int] = []
        real = app.transcript.render_line
        app.transcript.render_line = lambda y: (drawn.append(y), real(y))[1]  # type: ignore[method-assign,func-returns-value]
        assert app.transcript.update(20, state=Delivery.SENT)
        await settled(pilot, app)
        assert len(set(drawn)) == 1
        assert any(line.startswith("  ours") and line.rstrip("│▐ ").endswith("✓") for line in screen(app))
        assert not app.transcript.update("unknown", state=Delivery.SENT)


async def test_a_flood_is_painted_a_few_times() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(10))
        paints = 0
        real = app.transcript.painted

        def counted() -> None:
            nonlocal paints
            paints += 1
            real()

        app.transcript.painted = counted  # type: ignore[method-assign]
        for n in range(10, 510):
            app.transcript.append(entry(n))
        await settled(pilot, app)
        assert paints <= 3 and shows(app, "text 509")


async def test_it_says_who_is_typing() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(30))
        app.transcript.set_typing("Budi\x1b is typing")
        await settled(pilot, app)
        assert screen(app)[-1] == "…Budi␛ is typing" and "text 29" in screen(app)[-2]
        app.transcript.set_typing("")
        await settled(pilot, app)
        assert "text 29" in screen(app)[-1]


async def test_the_unread_line_moves() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(6))
        app.transcript.mark_unread(5)
        await settled(pilot, app)
        lines = screen(app)
        assert lines.index(next(line for line in lines if "── new" in line)) == len(lines) - 3
        app.transcript.mark_unread(None)
        await settled(pilot, app)
        assert not shows(app, "── new")


async def test_search_goes_from_match_to_match_and_marks_them() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        entries = many(1000)
        entries[10] = entry(10, "Địa chỉ one")
        entries[500] = entry(500, "dia chi two")
        app.transcript.load(entries)
        app.transcript.find("địa chỉ")
        for _ in range(100):
            if app.transcript.match_place == (2, 2):
                break
            await pilot.pause(0.01)
        assert app.transcript.match_place == (2, 2) and shows(app, "dia chi two")
        assert app.transcript.find_older() and shows(app, "Địa chỉ one") and app.transcript.match_place == (1, 2)
        assert not app.transcript.find_older()
        assert app.transcript.find_newer() and shows(app, "dia chi two")
        line = next(y for y, text in enumerate(screen(app)) if "dia chi two" in text)
        marked = [s.text for s in app.transcript.render_line(line) if s.style and s.style.reverse]
        assert marked == ["dia chi"]
        app.transcript.find_nothing()
        assert app.transcript.match_place == (0, 0)
        assert not [s for s in app.transcript.render_line(line) if s.style and s.style.reverse]


async def test_search_marks_words_in_right_to_left_text() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load([entry(1, "سلام، سفارش من")])
        app.transcript.find("سفارش")
        await pilot.pause()
        marked = [s.text for y in range(4) for s in app.transcript.render_line(y) if s.style and s.style.reverse]
        assert [len(text) for text in marked] == [5]


async def test_a_resize_wraps_anew_and_keeps_the_place() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load([entry(n, f"entry {n} " + "word " * 20) for n in range(100)])
        app.transcript.go_to(50)
        assert shows(app, "entry 50")
        for width, height in ((80, 24), (20, 30), (200, 60), (40, 12)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert shows(app, "entry 50"), (width, height)
            assert all(app.transcript.render_line(y).cell_length == width for y in range(height))


async def test_it_works_without_room_and_without_entries() -> None:
    app = Probe()
    async with app.run_test(size=(10, 2)) as pilot:
        assert screen(app) == ["", ""]
        app.transcript.go_first()
        app.transcript.go_pages(3)
        assert app.transcript.find("x") == 0 and not app.transcript.find_older()
        app.transcript.load(many(5))
        await pilot.resize_terminal(3, 1)
        await pilot.pause()
        assert app.transcript.size.height == 1


async def test_ten_thousand_entries_load_at_once_and_wrap_only_what_is_seen() -> None:
    app = Probe()
    entries = many(10_000)
    async with app.run_test(size=SIZE):
        begin = time.perf_counter()
        app.transcript.load(entries)
        took = time.perf_counter() - begin
        assert took < 0.4
        assert len(app.transcript._rows) < 50
        for _ in range(300):
            app.transcript.go_pages(-1)
        assert len(app.transcript._rows) <= CACHED_ENTRIES_MAX


@pytest.mark.parametrize("marks", [UNICODE, ASCII], ids=["unicode", "ascii"])
async def test_the_scroll_bar_shows_where_one_is(marks: Glyphs) -> None:
    app = Probe(marks)
    async with app.run_test(size=SIZE):
        app.transcript.load(many(3))
        assert not any(line.endswith((marks.thumb, marks.track)) for line in screen(app))
        app.transcript.load(many(100))
        assert screen(app)[-1].endswith(marks.thumb) and screen(app)[0].endswith(marks.track)
        app.transcript.go_first()
        assert screen(app)[0].endswith(marks.thumb) and screen(app)[-2].endswith(marks.track)


async def test_hostile_text_is_only_text() -> None:
    app = Probe()
    async with app.run_test(size=SIZE):
        app.transcript.load([entry(1, "[/red] [@click=app.quit]x[/] \x1b]0;pwn\x07")])
        assert shows(app, "[/red] [@click=app.quit]x[/]") and shows(app, "␛]0;pwn␇")


async def test_the_wheel_scrolls() -> None:
    app = Probe()
    async with app.run_test(size=SIZE) as pilot:
        app.transcript.load(many(100))
        wheel = {"x": 1, "y": 1, "delta_x": 0, "delta_y": 0, "button": 0, "shift": False, "meta": False, "ctrl": False}
        app.transcript.post_message(events.MouseScrollUp(app.transcript, **wheel))
        await pilot.pause()
        assert not app.transcript.following
        for _ in range(2):
            app.transcript.post_message(events.MouseScrollDown(app.transcript, **wheel))
        await pilot.pause()
        assert app.transcript.following
