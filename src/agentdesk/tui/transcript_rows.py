"""From an entry to the rows that are drawn: grouping by speaker and minute, day breaks, marks, notes. Pure."""

from __future__ import annotations

import time
from functools import lru_cache

import msgspec
from rich.cells import cell_len

from agentdesk.core.mail import MailHead
from agentdesk.core.model import MessageKind
from agentdesk.tui.bidi import BidiMode, Line, has_rtl, visual, visual_lines
from agentdesk.tui.bidi_order import base_level
from agentdesk.tui.glyphs import Glyphs
from agentdesk.tui.text import clean, hidden
from agentdesk.tui.transcript_log import Delivery, Entry

INDENT = "  "
MARK_CELLS = 3
"""Kept free at the right of what we sent, for the delivery mark."""

WHO_MAX = 60
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Row(msgspec.Struct, frozen=True):
    """One drawn line: `prefix`, `text`, then `suffix` at the right edge. `style` and `suffix_style` name styles.

    `line` leads back to the entry's logical text for highlighting; None where the text is not the entry's own.
    `note` rows have their own ground over the whole width.
    """

    style: str
    text: str
    prefix: str = ""
    prefix_style: str = ""
    suffix: str = ""
    suffix_style: str = ""
    rtl: bool = False
    line: Line | None = None
    note: bool = False
    fill: str = ""
    """Drawn to the end of the row in place of blanks."""


class Look(msgspec.Struct, frozen=True):
    """What rows depend on besides the entries."""

    width: int
    glyphs: Glyphs
    bidi: BidiMode
    unfolded: bool = False
    """Whether signatures and old history of mails are shown."""


def rows_of(entry: Entry, before: Entry | None, look: Look, *, unread: bool) -> tuple[Row, ...]:
    """The rows of one entry, given the one before it; `unread` puts the unread line above."""
    rows: list[Row] = []
    new_day = before is None or _day(before.at_ms) != _day(entry.at_ms)
    if new_day:
        rows.append(_rule(day_words(entry.at_ms), "day", look))
    if unread:
        rows.append(_rule("new", "unread", look))
    if entry.kind is MessageKind.NOTE:
        rows.extend(_note(entry, look))
    elif entry.kind is MessageKind.SYSTEM:
        rows.extend(_system(entry, look))
    elif entry.mail is not None:
        rows.extend(_mail(entry, entry.mail, before, look))
    else:
        if new_day or unread or not _same_group(before, entry):
            rows.append(_who(entry, look))
        rows.extend(_said(entry, look))
    rows.extend(_remarks(entry, look))
    return tuple(rows)


def shown_text(entry: Entry) -> str:
    """The logical text that rows lead back to and searches look at."""
    return clean(entry.text)


def clock_words(at_ms: int) -> str:
    """The time of day on this machine."""
    at = time.localtime(at_ms // 1000)
    return f"{at.tm_hour:02}:{at.tm_min:02}"


def day_words(at_ms: int) -> str:
    """The day on this machine, with the year: a transcript is read years later too."""
    at = time.localtime(at_ms // 1000)
    return f"{_DAYS[at.tm_wday]} {at.tm_mday} {_MONTHS[at.tm_mon - 1]} {at.tm_year}"


def _day(at_ms: int) -> tuple[int, int]:
    return _day_of_quarter(at_ms // 900_000)


@lru_cache(512)
def _day_of_quarter(quarter: int) -> tuple[int, int]:
    """Every zone's midnight falls on a quarter of an hour, so the day is looked up once for each."""
    at = time.localtime(quarter * 900)
    return at.tm_year, at.tm_yday


def _same_group(before: Entry | None, entry: Entry) -> bool:
    return (
        before is not None
        and before.kind is entry.kind
        and before.who == entry.who
        and before.at_ms // 60_000 == entry.at_ms // 60_000
    )


def _rule(words: str, style: str, look: Look) -> Row:
    rule = look.glyphs.rule
    return Row(style, f"{rule * 2} {words} ", fill=rule)


def _who(entry: Entry, look: Look) -> Row:
    name = clean(entry.who, newlines=False, limit=WHO_MAX)
    rtl = look.bidi != "off" and has_rtl(entry.text) and bool(base_level(entry.text.partition("\n")[0]))
    style = "mine" if entry.kind is MessageKind.OUTBOUND else "theirs"
    return Row(style, visual(name, look.bidi), prefix=clock_words(entry.at_ms) + " ", prefix_style="time", rtl=rtl)


def _mail(entry: Entry, head: MailHead, before: Entry | None, look: Look) -> list[Row]:
    from agentdesk.tui.transcript_mail import above, below  # nothing that a chat needs

    return [*above(entry, head, before, look), *_said(entry, look), *below(head, look)]


def _said(entry: Entry, look: Look) -> list[Row]:
    ours = entry.kind is MessageKind.OUTBOUND
    style, mark_cells = ("outbound", MARK_CELLS) if ours else ("inbound", 0)
    lines = visual_lines(shown_text(entry), look.width - len(INDENT) - mark_cells, look.bidi)
    rows = [Row(style, line.text, prefix=INDENT, suffix=" " * mark_cells, rtl=line.rtl, line=line) for line in lines]
    if ours and entry.state is not None:
        mark: str = getattr(look.glyphs, entry.state.value)
        rows[-1] = msgspec.structs.replace(
            rows[-1], suffix=mark.rjust(mark_cells), suffix_style=f"mark-{entry.state.value}"
        )
    return rows


def _note(entry: Entry, look: Look) -> list[Row]:
    bar = look.glyphs.note_bar
    name = visual(clean(entry.who, newlines=False, limit=WHO_MAX), look.bidi)
    head = Row(
        "note-who", f"{name} {clock_words(entry.at_ms)}", prefix=bar + "NOTE ", prefix_style="note-bar", note=True
    )
    rows = [head]
    for line in visual_lines(shown_text(entry), look.width - 1 - len(INDENT), look.bidi):
        rows.append(
            Row("note", line.text, prefix=bar + " ", prefix_style="note-bar", rtl=line.rtl, line=line, note=True)
        )
    return rows


def _system(entry: Entry, look: Look) -> list[Row]:
    prefix = clock_words(entry.at_ms) + " "
    rows = []
    for line in visual_lines(shown_text(entry), look.width - cell_len(prefix), look.bidi):
        rows.append(Row("system", line.text, prefix=prefix, prefix_style="time", line=line))
        prefix = " " * len(prefix)
    return rows


def _remarks(entry: Entry, look: Look) -> list[Row]:
    """What the agent should know about an entry: why it failed, what came with it, what was hidden in it."""
    glyphs = look.glyphs
    remarks: list[tuple[str, str]] = []
    if entry.fate:
        failed = entry.state is Delivery.FAILED
        mark = f"{glyphs.failed} " if failed else ""
        remarks.append(("failed" if failed else "detail", mark + clean(entry.fate, newlines=False)))
    if entry.state is Delivery.FAILED and not entry.fate:
        remarks.append(
            ("failed", f"{glyphs.failed} not sent: {clean(entry.detail, newlines=False) or 'no reason given'}")
        )
    elif entry.detail:
        remarks.append(("detail", clean(entry.detail, newlines=False)))
    if found := hidden(entry.text):
        remarks.append(("warning", f"{glyphs.warn} hidden in it: {', '.join(found)}"))
    return [
        Row(style, line.text, prefix=INDENT, rtl=line.rtl, note=entry.kind is MessageKind.NOTE)
        for style, text in remarks
        for line in visual_lines(text, look.width - len(INDENT), look.bidi)
    ]
