"""A mail's text, cut into what is new, the quotes it answers in place, its signature, and old history to be folded.

Signals that need no language come first: what the mail program marked in HTML, quote prefixes, blocks of header
lines with an address and a date, lines of dashes, and the very words that the desk sent before (`fold_sent`). Every
line is looked at a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from agentdesk.channels.email import history_words as words
from agentdesk.channels.email.html_style import ATTRIBUTION, HISTORY, SIGNATURE
from agentdesk.channels.email.parsed import PartKind, Reading, TextPart

ATTRIBUTION_LINES_MAX = 4
ATTRIBUTION_CHARS_MAX = 300
HEADER_BLOCK_LINES = 10
SIGNATURE_LINES_MAX = 30
SHOWN_QUOTE_LINES_MAX = 12
"""A quote that is answered in place is shown up to this length."""
REPEATED_LINES_MIN = 3
"""So many lines in a row that the desk sent before are history."""
REPEATED_CHARS_MIN = 3
"""Shorter lines ("Hi") are everybody's."""
LINE_CHARS_MAX = 400
"""Of a line, when it is compared."""


def fold(text: str, marks: Mapping[int, str] | None = None, *, forwarded: bool = False) -> Reading:
    """Cut a text. `marks` are from HTML, by line; of a `forwarded` mail all is shown."""
    lines = text.split("\n")
    if forwarded:
        return Reading(tuple(_parts(lines, [(PartKind.TEXT, 0, len(lines))])))
    scan = _Scan(lines, marks or {})
    spans = _signed(scan, _with_history(scan))
    if not any(kind is PartKind.TEXT for kind, _, _ in spans):
        spans = [(PartKind.TEXT, 0, len(lines))]
    return Reading(tuple(_parts(lines, spans)))


def fold_sent(reading: Reading, sent: Sequence[str]) -> Reading:
    """Fold also what the desk sent before, where a mail repeats it without any mark. Something stays visible."""
    known = {line for text in sent for line in map(_compared, text.split("\n")) if len(line) > REPEATED_CHARS_MIN}
    found: list[TextPart] = []
    for part in reading.parts:
        lines = part.text.split("\n")
        at = _repeated(lines, known) if part.kind is PartKind.TEXT else len(lines)
        found += _parts(lines, [(part.kind, 0, at), (PartKind.HISTORY, at, len(lines))])
    folded = Reading(tuple(found))
    return folded if folded.visible else reading


def _repeated(lines: list[str], known: Collection[str]) -> int:
    """Where lines that are known begin to follow one another; the count of lines if nowhere."""
    texts = [(at, _compared(line) in known) for at, line in enumerate(lines) if line.strip()]
    for number in range(len(texts) - REPEATED_LINES_MIN + 1):
        if all(is_known for _, is_known in texts[number : number + REPEATED_LINES_MIN]):
            return texts[number][0]
    return len(lines)


Span = tuple[PartKind, int, int]


class _Scan:
    """The lines as they are compared, and what is known of each."""

    def __init__(self, lines: list[str], marks: Mapping[int, str]) -> None:
        self.lines = [words.folded(line[:LINE_CHARS_MAX]) for line in lines]
        self.marks = marks
        self.count = len(lines)
        self._may_end = [line.endswith(":") or words.ends_with_wrote(line) for line in self.lines]

    def is_blank(self, at: int) -> bool:
        return not self.lines[at]

    def is_quoted(self, at: int) -> bool:
        return self.lines[at].startswith(">")

    def next_text(self, at: int) -> int:
        """The next line that is not blank, from `at`; the count if there is none."""
        while at < self.count and self.is_blank(at):
            at += 1
        return at

    def ends_all(self, at: int) -> bool:
        """Whether everything from this line on is old."""
        if self.marks.get(at) == HISTORY:
            return True
        line = self.lines[at]
        if words.SEPARATOR.fullmatch(line):
            return self._is_header_block(self.next_text(at + 1))
        if (titled := words.TITLED.fullmatch(line)) and not words.FORWARDED_TITLE.search(titled[1]):
            return words.OLD_TITLE.search(titled[1]) is not None or self._is_header_block(self.next_text(at + 1))
        return self._is_header_block(at) or self._is_titled_attribution(line)

    def _is_titled_attribution(self, line: str) -> bool:
        """`---- On … wrote ----`, with old text below that has no prefix."""
        titled = words.TITLED_LONG.fullmatch(line)
        return titled is not None and _is_complete(titled[1]) and words.ends_with_wrote(titled[1])

    def passes_on(self, at: int) -> bool:
        """Whether a message that is passed on begins here: nothing of it is old to the reader."""
        line = self.lines[at]
        titled = words.TITLED.fullmatch(line)
        title = titled[1] if titled else line.rstrip(":") if line.endswith(":") else ""
        return bool(title) and len(title) < 60 and words.FORWARDED_TITLE.search(title) is not None

    def attribution(self, at: int) -> int:
        """How many lines from here are the line above a quote ("On … wrote:"); 0 if it is none."""
        if self.marks.get(at) == ATTRIBUTION:
            return self._marked_attribution(at)
        joined = ""
        for count in range(1, ATTRIBUTION_LINES_MAX + 1):
            last = at + count - 1
            if last >= self.count or self.is_blank(last) or self.is_quoted(last):
                return 0
            joined = f"{joined} {self.lines[last]}".strip()
            if len(joined) > ATTRIBUTION_CHARS_MAX:
                return 0
            if self._may_end[last] and self._is_attribution(joined, at, last):
                return 0 if self._begins_later(at, last) else count
        return 0

    def _begins_later(self, at: int, last: int) -> bool:
        """Whether the first of these lines is not yet the line above a quote, but one further down is."""
        line = self.lines[at]
        if words.ADDRESS.search(line) and words.WROTE_WORD.search(line):
            return False
        for first in range(at + 1, last + 1):
            rest = " ".join(self.lines[first : last + 1])
            if self._is_attribution(rest, first, last):
                return _is_complete(rest) or not _is_dated(line)
        return False

    def _marked_attribution(self, at: int) -> int:
        for count in range(1, ATTRIBUTION_LINES_MAX + 1):
            if at + count >= self.count or self.is_blank(at + count) or self.is_quoted(at + count):
                return count
        return 1

    def _is_attribution(self, joined: str, first: int, last: int) -> bool:
        wrote = words.ends_with_wrote(joined)
        if not (wrote or joined.endswith(":")) or not _is_dated(joined):
            return False
        following = self.next_text(last + 1)
        quoted = following < self.count and self.is_quoted(following)
        if wrote:
            return quoted or (_is_complete(joined) and (first == last or words.ADDRESS.search(joined) is not None))
        return (quoted or joined.endswith(">:")) and words.label(joined) in ("", "other")

    def _is_header_block(self, at: int) -> bool:
        """Three or more labelled lines: with labels we know, or else `<an address>` in the first and a date soon after.

        A customer's own list ("From: Hanoi, To: Huế, Date: …") has neither a subject nor an address.
        """
        if at >= self.count or not words.label(self.lines[at]):
            return False
        block = self.lines[at : at + HEADER_BLOCK_LINES]
        block = block[: block.index("")] if "" in block else block
        names = [words.label(line) for line in block]
        known = set(names) - {"", "other"}
        first = words.NAMED_ADDRESS.search(block[0]) is not None
        if "from" in known and len(known) >= 3:
            return "subject" in known or first
        dated = any(words.DATE.search(line) and words.TIME.search(line) for line in block[1:3])
        return first and dated and len([name for name in names if name]) >= 3


def _is_dated(text: str) -> bool:
    return words.DATE.search(text) is not None or words.TIME.search(text) is not None


def _is_complete(text: str) -> bool:
    """Whether a line above a quote says it all: when, and who or at what time."""
    return (words.ADDRESS.search(text) or words.TIME.search(text)) is not None and words.DATE.search(text) is not None


def _compared(line: str) -> str:
    return words.folded(line[:LINE_CHARS_MAX]).lstrip("> ").casefold()


def _with_history(scan: _Scan) -> list[Span]:
    """Text, quotes and history in order."""
    spans: list[Span] = []
    at = start = 0
    while at < scan.count:
        if scan.is_blank(at) and at not in scan.marks:
            at += 1
            continue
        if scan.passes_on(at):
            at = scan.count
            break
        if scan.ends_all(at):
            spans += [(PartKind.TEXT, start, at), (PartKind.HISTORY, at, scan.count)]
            return _settled(scan, spans)
        end = _quote_end(scan, at)
        if end > at:
            spans += [(PartKind.TEXT, start, at), (PartKind.QUOTE, at, end)]
            at = start = end
        else:
            at += 1
    spans.append((PartKind.TEXT, start, scan.count))
    return _settled(scan, spans)


def _quote_end(scan: _Scan, at: int) -> int:
    """Where the quote ends that begins here, with the line above it and blank lines in it; `at` if none begins."""
    above = scan.attribution(at)
    first = scan.next_text(at + above) if above else at
    if first >= scan.count or not scan.is_quoted(first):
        # Some programs write the line above and then the old text without a prefix.
        return scan.count if above and first < scan.count else at + above
    end = at = first
    while at < scan.count and (scan.is_quoted(at) or scan.is_blank(at)):
        at += 1
        if scan.is_quoted(at - 1):
            end = at
    return end


def _settled(scan: _Scan, spans: list[Span]) -> list[Span]:
    """Which quotes are answered in place and shown, and which are history."""
    spans = [span for span in spans if any(not scan.is_blank(at) for at in range(span[1], span[2]))]
    quotes = [number for number, span in enumerate(spans) if span[0] is PartKind.QUOTE]
    texts = [number for number, span in enumerate(spans) if span[0] is PartKind.TEXT and not _is_signature(scan, span)]
    for number in quotes:
        answered = bool(texts) and texts[-1] > number
        alone = len(quotes) == 1 and not (texts and texts[0] < number)
        kind, start, end = spans[number]
        if not answered or alone or end - start > SHOWN_QUOTE_LINES_MAX:
            spans[number] = (PartKind.HISTORY, start, end)
    return spans


def _is_signature(scan: _Scan, span: Span) -> bool:
    first = scan.next_text(span[1])
    return first < span[2] and _begins_signature(scan, first, span[2])


def _signed(scan: _Scan, spans: list[Span]) -> list[Span]:
    """The last stretch of new text, with its signature split off."""
    for number in range(len(spans) - 1, -1, -1):
        kind, start, end = spans[number]
        if kind is not PartKind.TEXT:
            continue
        begins = _signature(scan, start, end)
        if begins < end:
            split: list[Span] = [(kind, start, begins), (PartKind.SIGNATURE, begins, end)]
            spans[number : number + 1] = [one for one in split if scan.next_text(one[1]) < one[2]]
        break
    return spans


def _signature(scan: _Scan, start: int, end: int) -> int:
    """Where the signature begins in a stretch of text; its end if there is none."""
    for at in range(max(start, end - 3 * SIGNATURE_LINES_MAX), end):
        if scan.marks.get(at) == SIGNATURE or (not scan.is_blank(at) and _begins_signature(scan, at, end)):
            return at
    return end


def _begins_signature(scan: _Scan, at: int, end: int) -> bool:
    line = scan.lines[at]
    if line in ("--", "—"):
        return end - at <= SIGNATURE_LINES_MAX
    if not words.SENT_FROM_LINE.fullmatch(line):
        return False
    return all(
        scan.is_blank(below) or words.SENT_FROM_LINE.fullmatch(scan.lines[below]) for below in range(at + 1, end)
    )


def _parts(lines: list[str], spans: list[Span]) -> list[TextPart]:
    found = []
    for kind, start, end in spans:
        text = "\n".join(lines[start:end]).strip("\n")
        if text.strip():
            found.append(TextPart(kind, text.rstrip(), text.count("\n") + 1))
    return found
