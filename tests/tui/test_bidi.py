"""Right-to-left text: the standard's own vectors, and what wrapping must keep."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from agentdesk.tui.bidi import CHARS_PER_CELL, has_rtl, visual, visual_lines
from agentdesk.tui.bidi_order import base_level, display_order, levels, order
from agentdesk.tui.text import clean

SAMPLED = Path(__file__).parent.parent / "vectors" / "bidi_character_test.txt"
WHOLE = Path("/usr/share/unicode/BidiCharacterTest.txt")
EXPLICIT = {0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069}

LETTERS = st.sampled_from([*"ab 12.,()[]-+$%<>سلامגדח۱۲٣،«»\u0301\u064b"])
mixed = st.text(LETTERS, max_size=40)


def vectors(path: Path) -> list[tuple[str, str, int, list[str], list[int]]]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("#")[0].strip().split(";")
        if len(fields) != 5:
            continue
        codes = [int(code, 16) for code in fields[0].split()]
        # clean() takes the explicit controls out, and a paragraph separator never stands within a line
        if EXPLICIT & set(codes) or 0x2029 in codes[:-1]:
            continue
        shown = [int(at) for at in fields[4].split()]
        found.append(("".join(map(chr, codes)), fields[1], int(fields[2]), fields[3].split(), shown))
    return found


def check(path: Path) -> int:
    found = vectors(path)
    for text, direction, base, wanted, shown in found:
        if direction == "2":
            assert base_level(text) == base
        got = levels(text, base)
        kept = [at for at, level in enumerate(wanted) if level != "x"]
        assert [got[at] for at in kept] == [int(wanted[at]) for at in kept], text
        assert [at for at in order(got) if wanted[at] != "x"] == shown, text
    return len(found)


def test_the_standards_sampled_vectors() -> None:
    assert check(SAMPLED) > 1500


def test_all_of_the_standards_vectors() -> None:
    if not WHOLE.exists():
        missing = pytest.fail if os.environ.get("AGENTDESK_REQUIRE_SERVICES") == "1" else pytest.skip
        missing("needs the whole BidiCharacterTest.txt: apt install unicode-data")
    assert check(WHOLE) > 90_000


@given(mixed, st.integers(0, 1))
def test_the_order_shown_is_a_permutation(text: str, base: int) -> None:
    shown, found = display_order(text, base)
    assert sorted(shown) == list(range(len(text)))
    assert all(level >= base for level in found)


@given(st.text(st.sampled_from([*"ab 12.,()"]), max_size=30))
def test_left_to_right_text_is_not_touched(text: str) -> None:
    assert display_order(text, 0)[0] == list(range(len(text)))


@given(mixed, st.integers(2, 30), st.sampled_from(["app", "terminal", "off"]))
def test_lines_fit_and_lose_only_white_space(raw: str, width: int, mode: str) -> None:
    text = clean(raw)
    lines = visual_lines(text, width, mode)  # type: ignore[arg-type]
    covered: set[int] = set()
    for line in lines:
        assert cell_len(line.text) <= width
        covered.update(line.order if line.order is not None else range(line.start, line.start + len(line.text)))
    lost = [text[at] for at in range(len(text)) if at not in covered]
    assert all(c.isspace() or c in "\u200c\u064b" for c in lost)


@given(mixed, st.integers(4, 30))
def test_each_drawn_character_leads_back_to_the_text(raw: str, width: int) -> None:
    text = clean(raw)
    for line in visual_lines(text, width):
        if line.order is not None:
            assert len(line.order) == len(line.text) == len(set(line.order))
        else:
            assert text[line.start : line.start + len(line.text)] == line.text


def test_a_persian_sentence_is_wrapped_before_it_is_ordered() -> None:
    text = "سلام، سفارش ORD-12 من نرسید."
    lines = visual_lines(text, 18)
    assert [line.rtl for line in lines] == [True, True]
    assert lines[0].text.startswith("ORD-12") and lines[0].text.endswith(visual("سلام،"))
    assert lines[1].text.startswith(".")


def test_letters_are_joined_one_cell_each() -> None:
    assert visual("سلام") == "\ufee1\ufe8e\ufee0\ufeb3"


def test_brackets_are_mirrored_and_digits_are_not_reversed() -> None:
    drawn = visual("(۲۱ روز")
    assert drawn.endswith("۲۱)") and "(" not in drawn


def test_the_terminal_or_nobody_may_order_instead() -> None:
    text = "می\u200cخواهم"
    assert visual_lines(text, 20, "terminal")[0].text == text
    assert visual_lines(text, 20, "off")[0].text == text.replace("\u200c", "")
    assert visual_lines(text, 20, "terminal")[0].rtl and not visual_lines(text, 20, "off")[0].rtl


def test_paragraphs_and_empty_lines_stay() -> None:
    assert [line.text for line in visual_lines("one\n\ntwo three", 5)] == ["one", "", "two", "three"]


def test_a_word_too_long_is_cut_without_parting_flags_or_marks() -> None:
    assert [line.text for line in visual_lines("🇻🇳🇮🇩🇮🇷", 5)] == ["🇻🇳🇮🇩", "🇮🇷"]
    assert [line.text for line in visual_lines("xe\u0316e\u0316e\u0316", 2)] == ["xe\u0316", "e\u0316e\u0316"]


def test_a_hostile_word_costs_no_more_than_its_length() -> None:
    lines = visual_lines("\u1161" * 50_000, 40)
    assert all(len(line.text) <= 40 * CHARS_PER_CELL for line in lines)
    assert sum(len(line.text) for line in lines) == 50_000


def test_only_right_to_left_text_counts_as_such() -> None:
    assert not has_rtl("Đơn hàng 😀") and has_rtl("a ب")
