"""Entries by position and key, and the window over them: pure parts of the transcript."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentdesk.core.model import MessageKind
from agentdesk.tui.glyphs import ASCII, UNICODE
from agentdesk.tui.transcript_log import DROP, Delivery, Entry, Log
from agentdesk.tui.transcript_paint import bar
from agentdesk.tui.transcript_rows import Look, rows_of
from agentdesk.tui.transcript_search import Search, fold
from agentdesk.tui.transcript_view import View

MINUTE = 60_000
NOON = 1_790_000_000_000 // 86_400_000 * 86_400_000 + 43_200_000
LOOK = Look(40, UNICODE, "app")


def said(
    key: int,
    text: str = "hello",
    *,
    kind: MessageKind = MessageKind.INBOUND,
    at: int = NOON,
    who: str = "Budi",
    state: Delivery | None = None,
    detail: str = "",
) -> Entry:
    return Entry(key, at, kind, who, text, state, detail)


def texts(entry: Entry, before: Entry | None = None, look: Look = LOOK, *, unread: bool = False) -> list[str]:
    return [f"{row.prefix}{row.text}{row.suffix}".rstrip() for row in rows_of(entry, before, look, unread=unread)]


# -- the log


def test_positions_stay_while_both_ends_grow() -> None:
    log = Log()
    log.load([said(10), said(11)])
    log.append(said(12))
    assert log.prepend([said(8), said(9)]) == 2
    assert (log.first, log.end) == (-2, 3)
    assert [log.at(p).key for p in range(log.first, log.end)] == [8, 9, 10, 11, 12]
    assert log.position(11) == 1 and log.position(99) is None


def test_the_same_key_again_replaces() -> None:
    log = Log()
    assert log.append(said(1, "echo"))
    assert not log.append(said(1, "real"))
    assert len(log) == 1 and log.at(0).text == "real"
    assert log.prepend([said(1), said(0)]) == 1


def test_an_echo_takes_its_real_key() -> None:
    log = Log()
    log.append(said(1, state=Delivery.PENDING))
    assert log.update(1, key=501, state=Delivery.SENT) == 0
    assert log.position(1) is None and log.at(0).state is Delivery.SENT and log.position(501) == 0
    assert log.update(1, text="gone") is None
    log.append(said(2))
    assert log.update(2, key=501) is None and log.position(2) == 1


def test_the_log_is_bounded_and_drops_in_lots() -> None:
    log = Log(entries_max=10)
    log.load(said(n) for n in range(30))
    assert [log.at(p).key for p in range(log.first, log.end)] == list(range(20, 30))
    for n in range(30, 31 + DROP):
        log.append(said(n))
    assert len(log) == 10 and log.position(30) is None and log.at(log.end - 1).key == 30 + DROP
    assert log.prepend([said(5)]) == 0


# -- the window


def view_of(heights: list[int]) -> tuple[View, Log]:
    log = Log()
    log.load(said(n) for n in range(len(heights)))
    return View(log, lambda position: heights[position]), log


@given(st.lists(st.integers(1, 5), max_size=12), st.integers(1, 12), st.lists(st.integers(-9, 9), max_size=12))
def test_scrolling_is_moving_over_all_rows(heights: list[int], height: int, moves: list[int]) -> None:
    view, _ = view_of(heights)
    rows = [(position, at) for position, tall in enumerate(heights) for at in range(tall)]
    last = max(0, len(rows) - height)
    top = last
    for move in moves:
        view.move(move, height)
        top = min(last, max(0, top + move))
        assert view.window(height) == rows[top : top + height]
        assert view.follow == (top == last)


def test_a_new_entry_moves_only_a_window_that_follows() -> None:
    heights = [2, 2, 2]
    view, log = view_of(heights)
    assert view.window(4) == [(1, 0), (1, 1), (2, 0), (2, 1)]
    view.move(-1, 4)
    before = view.window(4)
    heights.append(2)
    log.append(said(3))
    assert view.window(4) == before and not view.follow
    view.last()
    assert view.window(4)[-1] == (3, 1)


def test_an_entry_is_shown_unless_it_is_in_the_window() -> None:
    view, _ = view_of([1] * 50)
    view.show(10, 9)
    assert view.window(9) == [(p, 0) for p in range(7, 16)] and not view.follow
    view.show(12, 9)
    assert view.window(9)[0] == (7, 0)
    view.show(49, 9)
    assert view.follow


def test_the_anchor_survives_what_was_dropped() -> None:
    view, log = view_of([1] * 50)
    view.first()
    log.load([said(1)])
    assert view.window(5) == [(0, 0)]


# -- rows


def test_one_speaker_in_one_minute_is_one_group() -> None:
    first, second, later = said(1), said(2), said(3, at=NOON + MINUTE)
    assert len(texts(first)) == 3  # day, who, text
    assert texts(second, first) == ["  hello"]
    assert len(texts(later, second)) == 2
    assert len(texts(said(4, who="Lan"), first)) == 2
    assert len(texts(said(5, kind=MessageKind.OUTBOUND), first)) == 2


def test_a_new_day_and_the_unread_line_are_drawn_above() -> None:
    next_day = said(2, at=NOON + 86_400_000)
    assert texts(next_day, said(1))[0].startswith("── ") and "20" in texts(next_day, said(1))[0]
    assert texts(said(2), said(1), unread=True)[0] == "── new"


def test_delivery_marks_stand_at_the_right_and_have_ascii_twins() -> None:
    for state, mark, twin in (
        (Delivery.PENDING, "…", ".."),
        (Delivery.SENT, "✓", "v"),
        (Delivery.DELIVERED, "✓✓", "vv"),
        (Delivery.READ, "✓✓•", "VV"),
    ):
        entry = said(1, kind=MessageKind.OUTBOUND, state=state)
        assert texts(entry)[-1].endswith(mark)
        assert texts(entry, look=Look(40, ASCII, "app"))[-1].endswith(twin)


def test_what_failed_says_why() -> None:
    entry = said(1, kind=MessageKind.OUTBOUND, state=Delivery.FAILED, detail="the customer left")
    assert texts(entry)[-2].endswith("✗") and texts(entry)[-1] == "  ✗ not sent: the customer left"


def test_a_note_has_a_bar_and_a_word_on_its_own_ground() -> None:
    rows = rows_of(said(1, "refund booked", kind=MessageKind.NOTE, who="Dewi"), said(0), LOOK, unread=False)
    assert rows[0].prefix == "▌NOTE " and rows[0].text.startswith("Dewi")
    assert rows[1].prefix == "▌ " and all(row.note for row in rows)


def test_hostile_names_and_texts_are_cleaned_and_what_was_hidden_is_said() -> None:
    rows = texts(said(1, "pay\x1b[2J\u202eexe", who="[/red]\x1b\nBudi"))
    assert "\x1b" not in "".join(rows) and "[/red]␛⏎Budi" in rows[1]
    assert rows[-1] == "  ⚠ hidden in it: control codes, direction" or "hidden in it" in "".join(rows)


def test_right_to_left_text_asks_for_the_right_edge() -> None:
    rows = rows_of(said(1, "سلام"), said(0, who="x"), LOOK, unread=False)
    assert [row.rtl for row in rows] == [True, True]


def test_the_thumb_is_in_proportion_and_ends_at_the_end() -> None:
    assert bar(10, 0.0, 0.5) == (0, 5)
    assert bar(10, 0.5, 1.0) == (5, 10)
    assert bar(10, 0.9999, 1.0) == (9, 10)
    assert bar(10, 0.0, 0.001) == (0, 1)


# -- search


def search_in(bodies: list[str], query: str) -> Search:
    log = Log()
    log.load(said(n, body) for n, body in enumerate(bodies))
    search = Search(log, query, {})
    while not search.advance(lambda: 0.0):
        pass
    return search


def test_search_ignores_case_accents_and_letter_variants() -> None:
    bodies = ["Địa chỉ mới", "dia chi", "كتاب يك", "other"]
    assert search_in(bodies, "ĐỊA CHỈ").count == 2
    assert search_in(bodies, "کتاب یک").count == 1


@given(st.text(max_size=30))
def test_folding_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_matches_are_walked_from_the_newest() -> None:
    search = search_in(["x", "-", "x x", "-", "x"], "x")
    assert [search.older(), search.older(), search.older(), search.older()] == [4, 2, 0, None]
    assert search.place() == (1, 3)
    assert [search.newer(), search.newer(), search.newer()] == [2, 4, None]
    assert search.spans(2) == [(0, 1), (2, 3)]


def test_a_search_sees_what_comes_later() -> None:
    log = Log()
    log.load([said(0, "a"), said(1, "b")])
    search = Search(log, "b", {})
    search.advance(lambda: 0.0)
    search.older()
    log.append(said(2, "bb"))
    search.entry_came(2)
    assert search.count == 2 and search.newer() == 2


def test_a_slice_ends_when_its_time_is_up() -> None:
    log = Log()
    log.load(said(n, "x") for n in range(1000))
    ticks = iter(range(1000))
    search = Search(log, "x", {})
    assert not search.advance(lambda: float(next(ticks)))
    assert 0 < search.count < 1000
