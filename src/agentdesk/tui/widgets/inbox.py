"""The inbox: offers, what is mine, what waits; a column beside the panes, or a strip of two rows on a small screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from agentdesk.tui import channels
from agentdesk.tui.ages import age, clock
from agentdesk.tui.glyphs import ASCII, UNICODE, Glyphs
from agentdesk.tui.lines import BLANK, Line, Span, cells, cut, line, pad, wrap
from agentdesk.tui.slack import Slack
from agentdesk.tui.widgets.rows import Rows


class OfferRow(msgspec.Struct, frozen=True):
    """An offer; `left_ms` is the time to take it."""

    name: str
    channel: str
    queue: str
    left_ms: int
    waited_ms: int
    said: str = ""
    marks: tuple[str, ...] = ()


class MineRow(msgspec.Struct, frozen=True):
    """One of my interactions, by the digit of its pane."""

    slot: int
    name: str
    channel: str
    age_ms: int
    slack: Slack
    state: str = "active"
    unread: int = 0
    current: bool = False
    typing: bool = False
    failed: bool = False


class WaitingRow(msgspec.Struct, frozen=True):
    """One that waits at the head of a queue."""

    name: str
    channel: str
    age_ms: int
    slack: Slack


class QueueRow(msgspec.Struct, frozen=True):
    """A queue in which something waits."""

    name: str
    waiting: int
    oldest_ms: int | None
    head: tuple[WaitingRow, ...] = ()


class InboxView(msgspec.Struct, frozen=True):
    """All that the inbox shows. `hint` teaches what to do when nothing is mine and nothing is offered."""

    offers: tuple[OfferRow, ...] = ()
    mine: tuple[MineRow, ...] = ()
    queues: tuple[QueueRow, ...] = ()
    hint: str = ""
    take_key: str = "F3"
    decline_key: str = "d"
    waiting: int = 0


class Inbox(Rows):
    """Attribute down: `show(view)`. `compact` is set by the screen."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._view = InboxView()
        self.compact = False

    def show(self, view: InboxView) -> None:
        """Show this from now on."""
        self._view = view
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """The column, or the strip."""
        if self.compact:
            return list(self._strip(width))
        rows = [*self._offers(width), *self._mine(width)]
        rows += self._waiting(width, height - len(rows))
        return rows

    # -- the column -----------------------------------------------------------------------------------------

    def _offers(self, width: int) -> Iterator[Line]:
        """The one that a key takes in full, the others in two rows."""
        for number, offer in enumerate(self._view.offers):
            if number:
                yield line((f"   {offer.name}", "offer"), right=[(f"{clock(offer.left_ms)} ", "offer")])
                yield line(f"   {self._channel(offer.channel)}  ", (offer.queue, "dim"))
            else:
                yield from self._offer(offer)
        if self._view.offers:
            yield BLANK

    def _offer(self, offer: OfferRow) -> Iterator[Line]:
        yield line(" OFFER", right=[f"{clock(offer.left_ms)} to take "], ground="offer-ground")
        yield line((f" {self._glyphs.offer} ", "offer"), (offer.name, "strong"))
        yield line(f"   {self._channel(offer.channel)}  ", (offer.queue, "dim"))
        yield line((f"   waited {age(offer.waited_ms)}", "dim"))
        if offer.marks:
            yield line(("   " + " ".join(offer.marks), "low"))
        if offer.said:
            yield line((f"   {offer.said}", "dim"))
        yield line(*_keys(self._view))

    def _mine(self, width: int) -> Iterator[Line]:
        yield _heading("MINE", len(self._view.mine))
        if not self._view.mine and self._view.hint and not self._view.offers:
            yield from (line((f" {words}", "dim")) for words in wrap(self._view.hint, width - 2))
        for row in self._view.mine:
            yield self._mine_line(row, width)
        yield BLANK

    def _mine_line(self, row: MineRow, width: int) -> Line:
        right = [(f"{channels.word(row.channel)} ", "dim"), *_age_and_mark(row.slack, row.age_ms, row.state)]
        flags = self._flags(row)
        role = "strong" if row.unread or row.current else "text"
        point = self._glyphs.prompt if row.current else " "
        digit = str(row.slot) if row.slot < 10 else "+"
        shown = cut([(row.name, role)], width - 3 - cells(right) - cells(flags) - 1)
        return Line(((f"{point}{digit} ", "key"), *shown, *flags), tuple(right), ground="cursor" if row.current else "")

    def _flags(self, row: MineRow) -> list[Span]:
        if row.failed:
            return [(f" {self._glyphs.failed}", "error")]
        if row.unread and not row.current:
            return [(f" {row.unread if row.unread < 10 else '+'}", "accent")]
        return []

    def _waiting(self, width: int, room: int) -> list[Line]:
        total = sum(queue.waiting for queue in self._view.queues)
        rows = [_heading("WAITING", total)]
        if not total:
            rows.append(line((" nobody", "dim")))
        queues = [queue for queue in self._view.queues if queue.waiting]
        spare = room - len(rows) - len(queues)
        for queue in queues:
            oldest = age(queue.oldest_ms) if queue.oldest_ms is not None else ""
            rows.append(line(f" {queue.name} ", (str(queue.waiting), "strong"), right=[(f"{oldest} ", "dim")]))
            shown = queue.head[: max(0, spare)]
            spare -= len(shown)
            rows.extend(self._waiting_line(row, width) for row in shown)
        return rows

    def _waiting_line(self, row: WaitingRow, width: int) -> Line:
        right = _age_and_mark(row.slack, row.age_ms, "")
        mark = channels.mark(row.channel, self._glyphs is ASCII)
        word = channels.word(row.channel)
        shown = pad(row.name, max(4, width - 6 - len(word) - cells(right)))
        return Line((("  " + mark + " ", "dim"), (shown, "dim"), (f" {word}", "dim")), tuple(right))

    def _channel(self, channel: str) -> str:
        return f"{channels.mark(channel, self._glyphs is ASCII)} {channels.word(channel)}"

    # -- the strip ------------------------------------------------------------------------------------------

    def _strip(self, width: int) -> Iterator[Line]:
        if self._view.offers:
            yield self._offer_strip(self._view.offers[0], len(self._view.offers))
        else:
            total = sum(queue.waiting for queue in self._view.queues)
            oldest = [queue.oldest_ms for queue in self._view.queues if queue.oldest_ms is not None and queue.waiting]
            words = f"{total} waiting, oldest {age(max(oldest))}" if oldest else "nobody waits"
            hint = self._view.hint if not self._view.mine else ""
            yield line((f" {hint}", "dim"), right=[(f"{words} ", "dim")])
        yield Line(tuple(self._numbers()))

    def _offer_strip(self, offer: OfferRow, count: int) -> Line:
        more = f"  +{count - 1}" if count > 1 else ""
        return line(
            f" {self._glyphs.offer} OFFER  {offer.name}  {channels.word(offer.channel)} {offer.queue}{more}",
            right=[f"{clock(offer.left_ms)}   {self._view.take_key} take  {self._view.decline_key} decline "],
            ground="offer-ground",
        )

    def _numbers(self) -> Iterator[Span]:
        for row in self._view.mine:
            mark = "" if row.slack.mark == " " else row.slack.mark
            when = "wrap-up" if row.state == "wrapping" else age(row.age_ms)
            short = row.name if cells([(row.name, "")]) <= 10 else pad(row.name, 10)
            role = "strong" if row.current or row.unread else "text"
            point = self._glyphs.prompt if row.current else " "
            yield (f"{point}{row.slot} ", "key")
            yield (f"{short} ", role)
            yield (f"{when}{mark} ", _urgency(row.slack))


def _keys(view: InboxView) -> list[Span]:
    return [
        (f"   {view.take_key}", "key"),
        (" take  ", "dim"),
        (view.decline_key, "key"),
        (" decline ", "dim"),
    ]


def _heading(text: str, count: int) -> Line:
    return line((f" {text}", "title"), right=[(f"{count} ", "title" if count else "dim")])


def _age_and_mark(slack: Slack, age_ms: int, state: str) -> list[Span]:
    if state in ("wrapping", "held", "snoozed", "closed"):
        return [({"wrapping": "wrap-up", "held": "on hold"}.get(state, state) + " ", "dim")]
    return [(f"{age(age_ms)}{slack.mark} ", _urgency(slack))]


def _urgency(slack: Slack) -> str:
    return slack.level if slack.level in ("low", "late") else "dim"
