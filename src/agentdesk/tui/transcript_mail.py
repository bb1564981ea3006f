"""The rows of a mail round its text: who wrote it to whom, what is odd about it, and what is folded. Pure."""

from __future__ import annotations

import re

from agentdesk.core.mail import MailHead
from agentdesk.core.model import MessageKind
from agentdesk.tui import mail_words
from agentdesk.tui.bidi import visual_lines
from agentdesk.tui.text import clean, hidden
from agentdesk.tui.transcript_log import Entry
from agentdesk.tui.transcript_rows import INDENT, Look, Row, clock_words, day_words

NAMED = 3
"""Recipients that are shown while the rest of a mail is folded."""
LABEL_CELLS = 9
VALUE_MAX = 1_000
_answered = re.compile(r"(?:(?:re|fwd?)\s*:\s*)+", re.IGNORECASE)


def above(entry: Entry, head: MailHead, before: Entry | None, look: Look) -> list[Row]:
    """From, to, date; the subject where it is another than before; and what is odd."""
    rows = _labelled("From", head.sender or entry.who, look, "mine" if _ours(entry) else "theirs")
    for label, listed in (("To", head.to), ("Cc", head.cc), ("Bcc", head.bcc)):
        if listed:
            rows += _labelled(label, _named(listed, look.unfolded), look)
    rows += _labelled("Date", f"{day_words(entry.at_ms)} {clock_words(entry.at_ms)}", look)
    if before is None or before.mail is None or _about(before.mail.subject) != _about(head.subject):
        rows += _labelled("Subject", head.subject or "(none)", look, "theirs")
    rows += [row for said in mail_words.remarks(head) for row in _dim(f"{look.glyphs.bullet} {said}", look)]
    if found := hidden(f"{head.sender}{head.subject}{''.join(head.to)}{''.join(head.cc)}"):
        rows += _dim(f"{look.glyphs.warn} hidden above its text: {', '.join(found)}", look, "warning")
    return rows


def below(head: MailHead, look: Look) -> list[Row]:
    """Signature and old history: dimmed when unfolded, else one row that says they are there."""
    if look.unfolded:
        return [row for part in (head.signature, head.folded) if part for row in _dim(part, look)]
    lines = head.folded.count("\n") + 1 if head.folded else 0
    parts = ["signature"] if head.signature else []
    parts += [f"{lines} earlier line{'s' if lines != 1 else ''}"] if lines else []
    return _dim(f"{look.glyphs.prompt} {' and '.join(parts)} folded", look) if parts else []


def _ours(entry: Entry) -> bool:
    return entry.kind is MessageKind.OUTBOUND


def _about(subject: str) -> str:
    return _answered.sub("", subject.strip()).casefold()


def _named(listed: tuple[str, ...], every: bool) -> str:
    shown = listed if every else listed[:NAMED]
    more = len(listed) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _labelled(label: str, value: str, look: Look, style: str = "detail") -> list[Row]:
    """The value is laid out on its own, so that what is written in it can't reach the label."""
    limit = len(value) if look.unfolded else VALUE_MAX
    lines = visual_lines(
        clean(value, newlines=False, limit=limit), max(1, look.width - len(INDENT) - LABEL_CELLS), look.bidi
    )
    labels = [f"{label}:".ljust(LABEL_CELLS), *[" " * LABEL_CELLS] * (len(lines) - 1)]
    return [
        Row(style, line.text, prefix=INDENT + shown, prefix_style="time")
        for shown, line in zip(labels, lines, strict=True)
    ]


def _dim(text: str, look: Look, style: str = "detail") -> list[Row]:
    lines = visual_lines(clean(text), max(1, look.width - len(INDENT)), look.bidi)
    return [Row(style, line.text, prefix=INDENT, rtl=line.rtl) for line in lines]
