"""The supervisor's monitor: queues as rows, agents as a dense grid, live from the same link; it only looks."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import Screen

from agentdesk.client.port import DeskPort
from agentdesk.core.model import Hours
from agentdesk.core.stats import QueueStats
from agentdesk.tui import presenter
from agentdesk.tui.actions import Situation, bindings_for, footer
from agentdesk.tui.presenter import Look
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.screens import words
from agentdesk.tui.screens.panels import Panels
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.widgets.agent_grid import AgentCell, AgentGrid
from agentdesk.tui.widgets.footer import Footer, FooterView
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.queue_table import ALARM, QueueLine, QueueTable
from agentdesk.tui.widgets.top_bar import TopBar

TICK_S = 1.0
SHOWN_S = 0.1


class MonitorScreen(Screen[None], inherit_bindings=False):
    """Queues above, agents below."""

    BINDINGS = bindings_for("monitor")
    AUTO_FOCUS = ""
    context = "monitor"

    class Heard(Message):
        """Figures came; many at once are one drawing."""

    def __init__(self, port: DeskPort, look: Look, shortcuts: Shortcuts, *, bell: bool = True) -> None:
        super().__init__()
        self.port = port
        self.look = look
        self.shortcuts = shortcuts
        self.top = TopBar(glyphs=look.glyphs, id="top")
        self.banner = Notice(glyphs=look.glyphs, id="banner")
        self.queues = QueueTable(glyphs=look.glyphs)
        self.agents = AgentGrid(glyphs=look.glyphs)
        self.footer = Footer(id="footer")
        self._due = False

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self.top
        yield self.banner
        with Vertical(id="monitor"):
            yield self.queues
            yield self.agents
        yield self.footer

    def on_mount(self) -> None:
        """Listen, and start the one clock."""
        self.panels = Panels(self.app, self.port, self.look, self.shortcuts)
        self._stop_listening = self.port.listen(self._hear)
        self.set_interval(TICK_S, self.show)
        self.show()

    def on_unmount(self) -> None:
        """Hear no more."""
        self._stop_listening()

    def _hear(self, topic: str, detail: object) -> None:
        self.post_message(self.Heard())

    def on_monitor_screen_heard(self) -> None:
        """Draw within a tenth of a second, once for all that comes until then."""
        if not self._due:
            self._due = True
            self.set_timer(SHOWN_S, self.show)

    def show(self) -> None:
        """Give the widgets what they show now."""
        self._due = False
        if not self.is_attached:
            return
        now, mirror, link = self.port.now_ms(), self.port.mirror, self.port.link
        self.top.show(presenter.monitor_top(mirror, link, now, self.look))
        self.banner.show(words.banner(link, mirror, just_back=False))
        self.queues.show(self._queue_lines(now))
        self.agents.show(self._agent_cells(now))
        keys = [
            (self.shortcuts.of(action), action.short or action.description)
            for action in footer("monitor", self.situation)
        ]
        self.footer.show(FooterView("MONITOR", tuple((key, text) for key, text in keys if key)))
        if link.state != "connecting" and isinstance(self.app, SafeApp):
            self.app.release()

    def _queue_lines(self, now: int) -> list[QueueLine]:
        return [
            QueueLine(
                self.look.name(q.name, 30),
                q.waiting,
                now - q.oldest_ms if q.oldest_ms is not None else None,
                q.estimate_ms,
                q.active,
                q.offered,
                presenter.service_level([q]),
                q.service_level_s,
                q.answered,
                q.abandoned,
                q.agents_ready,
                q.agents_signed_in,
                _note(q),
            )
            for q in sorted(self.port.mirror.queue_stats.values(), key=lambda q: q.id)
        ]

    def _agent_cells(self, now: int) -> list[AgentCell]:
        return [
            AgentCell(
                self.look.name(a.name, 30),
                a.presence,
                self.look.name(a.reason, 20),
                now - a.since_ms,
                a.connected,
                a.load,
                a.capacity,
                a.active,
                a.wrapping,
                a.offered,
                a.ledger,
            )
            for a in self.port.mirror.agent_stats.values()
        ]

    @property
    def situation(self) -> Situation:
        """The monitor as conditions of actions see it."""
        return Situation(connected=self.port.link.state == "live", role=self.port.mirror.role)

    def action_act(self, action_id: str) -> None:
        """A key of the registry."""
        self.act(action_id)

    def act(self, action_id: str) -> None:
        """Help, palette, theme, leave, scroll."""
        hands = {
            "monitor.help": lambda: self.panels.help(["monitor"]),
            "monitor.palette": self.panels.palette,
            "monitor.quit": self.app.exit,
            "monitor.up": lambda: self.agents.scroll_rows(-1),
            "monitor.down": lambda: self.agents.scroll_rows(1),
            "monitor.why": self.panels.why,
            "monitor.ledger": self.agents.turn,
            "monitor.order": self.agents.next_order,
        }
        if hand := hands.get(action_id):
            hand()
            self.show()


def _note(queue: QueueStats) -> str:
    """What is unusual about a queue: refused by everyone, closed, pulled."""
    refused = f"{ALARM} {queue.refused} refused by everyone" if queue.refused else ""
    closed = "" if queue.hours is Hours.OPEN else f"{queue.hours.value} now"
    return ", ".join(word for word in (refused, closed, "agents ask for the next" if queue.pull else "") if word)
