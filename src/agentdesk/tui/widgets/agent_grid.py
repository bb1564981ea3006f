"""Agents as a dense grid: state, time in it, load; those who need a look first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentdesk.core.model import Ledger
from agentdesk.tui.ages import age
from agentdesk.tui.glyphs import UNICODE, Glyphs
from agentdesk.tui.lines import BLANK, Line, Span, line, pad
from agentdesk.tui.widgets.rows import Rows

CELL, LEDGER_CELL = 40, 80
LOAD_CELLS = 6
ORDERS = ("state", "name", "load")

_RANK = {"not_responding": 0, "available": 1, "away": 2, "offline": 3}
_ROLE = {"available": "good", "away": "low", "not_responding": "late", "offline": "dim"}


class AgentCell(msgspec.Struct, frozen=True):
    """One agent; the name is clean."""

    name: str
    presence: str
    reason: str
    since_ms: int
    connected: bool
    load: int
    capacity: int
    active: int
    wrapping: int
    offered: int
    ledger: Ledger = Ledger()


class AgentGrid(Rows):
    """Attribute down: `show(agents)`."""

    def __init__(self, *, glyphs: Glyphs = UNICODE) -> None:
        super().__init__(id="agents")
        self._glyphs = glyphs
        self._agents: Sequence[AgentCell] = ()
        self._order = 0
        self._top = 0
        self._today = False

    def show(self, agents: Sequence[AgentCell]) -> None:
        """Show these."""
        self._agents = agents
        self.repaint()

    def next_order(self) -> None:
        """By state, by name, by load."""
        self._order = (self._order + 1) % len(ORDERS)
        self.repaint()

    def turn(self) -> None:
        """To what they did today, and back to what they do."""
        self._today = not self._today
        self.repaint()

    def scroll_rows(self, by: int) -> None:
        """Through what doesn't fit."""
        self._top += by
        self.repaint()

    def paint(self, width: int, height: int) -> Sequence[Line]:
        """A summary, then as many columns as fit, filled downwards."""
        agents = self._sorted()
        counts = {state: sum(agent.presence == state for agent in agents) for state in _RANK}
        parts: list[Span] = [(pad(" AGENTS", 9), "title")]
        for state, count in counts.items():
            if count:
                parts.append((f"  {count} {state.replace('_', ' ')}", _ROLE[state]))
        head = Line(tuple(parts), ((f"by {ORDERS[self._order]} ", "dim"),))
        if not agents:
            return [head, line((" Nobody is known yet.", "dim"))]
        columns = max(1, width // (LEDGER_CELL if self._today else CELL))
        wide = width // columns
        tall = -(-len(agents) // columns)
        self._top = max(0, min(self._top, tall - (height - 1)))
        rows = [
            Line(tuple(span for agent in agents[row::tall] for span in self._cell(agent, wide))) for row in range(tall)
        ]
        return [head, *rows[self._top : self._top + height - 1], BLANK]

    def _sorted(self) -> list[AgentCell]:
        order = ORDERS[self._order]
        if order == "name":
            return sorted(self._agents, key=lambda a: a.name.casefold())
        if order == "load":
            return sorted(self._agents, key=lambda a: (-(a.load / max(1, a.capacity)), a.name.casefold()))
        return sorted(self._agents, key=lambda a: (_RANK.get(a.presence, 9), a.name.casefold()))

    def _cell(self, agent: AgentCell, wide: int) -> list[Span]:
        role = _ROLE.get(agent.presence, "dim")
        mark = getattr(self._glyphs, agent.presence, self._glyphs.offline)
        full = min(LOAD_CELLS, -(-LOAD_CELLS * agent.load // max(1, agent.capacity)))
        bar = self._glyphs.full * full + self._glyphs.empty * (LOAD_CELLS - full)
        words = self._words(agent)
        room = wide - 3 - LOAD_CELLS - 6 - 8
        name = max(8, room - len(words) - 1) if len(words) < room - 8 else room // 2
        return [
            (f" {mark} ", role),
            (pad(agent.name, name), "text" if agent.connected else "dim"),
            (pad(f" {words}", room - name), role),
            (f"{age(agent.since_ms):>7} ", "dim"),
            (bar, "low" if agent.load >= agent.capacity else "accent"),
            (f"{agent.load:>2}/{agent.capacity:<2} ", "text"),
        ]

    def _words(self, agent: AgentCell) -> str:
        if self._today:
            return _today(agent.ledger)
        if agent.presence == "available":
            busy = [f"{count} {word}" for count, word in ((agent.active, "on"), (agent.wrapping, "wrap")) if count]
            return " ".join(busy) or ("offered" if agent.offered else "free")
        return agent.reason or agent.presence.replace("_", " ")


def _today(ledger: Ledger) -> str:
    """The ledger in few cells."""
    parts = (
        (ledger.offered, "off"),
        (ledger.accepted, "took"),
        (ledger.declined, "decl"),
        (ledger.missed, "miss"),
        (ledger.next, "next"),
        (ledger.picked, "pick"),
        (ledger.handled, "done"),
    )
    return " ".join(f"{count} {word}" for count, word in parts)
