"""What the desk screen is made of and shows; what it hears and does is in `agentdesk.tui.screens.desk`."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult

from agentdesk.client.mirror import Conversation
from agentdesk.client.port import DeskPort
from agentdesk.core.mail import HELD, LOST, Delivery
from agentdesk.core.model import EMAIL, Presence
from agentdesk.tui import presenter
from agentdesk.tui.actions import Situation, bindings_for, footer
from agentdesk.tui.presenter import Look
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.screens import words
from agentdesk.tui.screens.bell import Bell
from agentdesk.tui.screens.conversations import Conversations
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.still import StillHorizontal, StillScreen, StillVertical
from agentdesk.tui.widgets.customer_panel import CustomerPanel
from agentdesk.tui.widgets.empty import Empty
from agentdesk.tui.widgets.footer import Footer, FooterView
from agentdesk.tui.widgets.inbox import Inbox
from agentdesk.tui.widgets.notice import Notice, Trouble
from agentdesk.tui.widgets.pane_grid import PaneGrid
from agentdesk.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from agentdesk.tui.screens.mailing import Mailing
    from agentdesk.tui.widgets.pane import Pane

WIDE = 100
"""From this many columns on the inbox is a column; below it is a strip."""

ROWS_WIDE = 16
"""With fewer rows the inbox is a strip, however wide the screen is."""

CUSTOMER_WIDE = 116
"""From this many columns on the customer panel is always there."""

ROOMY = 150
"""From this many columns on inbox and customer panel are wider."""

INBOX_COLUMNS, INBOX_COLUMNS_ROOMY = 28, 34
CUSTOMER_COLUMNS, CUSTOMER_COLUMNS_ROOMY = 27, 38

SHOWN_S = 0.1
"""However fast things come, inbox and top row are drawn anew at most this often."""

TROUBLE_MS = 12_000
"""A notice that nobody dismissed goes by itself after this."""


class DeskView(StillScreen[None], inherit_bindings=False):
    """The widgets of one agent's desk, and what each of them shows."""

    BINDINGS = bindings_for("desk", "command")
    AUTO_FOCUS = ""

    def __init__(self, port: DeskPort, look: Look, shortcuts: Shortcuts, *, bell: bool = True) -> None:
        super().__init__()
        self.port = port
        self.look = look
        self.shortcuts = shortcuts
        self._bell = Bell(lambda: self.app.bell(), bell)
        self.top = TopBar(glyphs=look.glyphs, id="top")
        self.banner = Notice(glyphs=look.glyphs, id="banner")
        self.middle = StillVertical(id="middle")
        self.inbox = Inbox(glyphs=look.glyphs, id="inbox")
        self.grid = PaneGrid(id="grid")
        self.empty = Empty(id="empty")
        self.customer = CustomerPanel(glyphs=look.glyphs, id="customer")
        self.trouble = Notice(glyphs=look.glyphs, id="trouble")
        self.footer = Footer(id="footer")
        self.talk = Conversations(self.grid, port, look)
        self.taking: set[int] = set()
        self._trouble_until = 0
        self._show_due = False
        self._just_shown = False
        self._back_until = 0
        self._was_live = False
        self._sign_in_due = False

    @cached_property
    def mailing(self) -> Mailing:
        """What only mails need, from the first one on."""
        from agentdesk.tui.screens.mailing import Mailing

        return Mailing(self.app, self.port, self.talk, self.look, self.shortcuts)

    def compose(self) -> ComposeResult:
        """Top row, banner, inbox, panes, customer, notices, keys."""
        yield self.top
        yield self.banner
        with self.middle:
            yield self.inbox
            with StillHorizontal(id="work"):
                yield self.empty
                yield self.grid
                yield self.customer
        yield self.trouble
        yield self.footer

    # -- what is shown --------------------------------------------------------------------------------------

    def show_soon(self) -> None:
        """Draw at once what comes after a while of nothing, and then once for all that comes within `SHOWN_S`."""
        if self._show_due:
            return
        self._show_due = True
        if not self._just_shown:
            self._just_shown = True
            self.set_timer(SHOWN_S, self._shown_a_while_ago)
            self.call_later(self.show)

    def _shown_a_while_ago(self) -> None:
        self._just_shown = False
        if self._show_due:
            self._show_due = False
            self.show_soon()

    def show(self) -> None:
        """Give the widgets what they show now."""
        self._show_due = False
        if not self.is_attached:
            return
        now, mirror = self.port.now_ms(), self.port.mirror
        self._bell.hear(mirror.offers, now)
        self.top.show(presenter.top(mirror, self.port.link, now, self.look))
        current = self.talk.current.interaction_id if self.talk.current else None
        hint = words.hint(mirror, self.shortcuts)
        self.inbox.show(presenter.inbox(mirror, self.talk.slots, current, now, self.look, hint))
        self.empty.show(*words.empty(mirror, self.port.link, self.shortcuts))
        self.banner.show(words.banner(self.port.link, mirror, now < self._back_until, self.shortcuts.of("app.sign_in")))
        for pane in self.talk.panes:
            if pane.display:
                self.talk.show_head(pane, now)
                self._show_mail(pane)
        self._show_footer()
        if self.port.link.state != "connecting" and isinstance(self.app, SafeApp):
            self.app.release()

    def _show_mail(self, pane: Pane) -> None:
        conversation = self.talk.conversation(pane)
        if conversation is not None and conversation.interaction.channel == EMAIL:
            self.talk.sent(pane.interaction_id, counting_only=True)
            self.mailing.show(pane)

    def _show_footer(self) -> None:
        state = {"compose": "REPLY", "wrapup": "WRAP-UP", "picker": "CUSTOMER"}.get(self.context, "COMMAND")
        pane = self.talk.current
        if state == "REPLY" and pane is not None and pane.composer.mode == "note":
            state = "NOTE"
        keys = [
            (self.shortcuts.of(action), action.short or action.description)
            for action in footer(self.context, self.situation)
        ]
        self.footer.show(FooterView(state, tuple((key, text) for key, text in keys if key)))

    def tell(self, trouble: Trouble) -> None:
        """Show a notice above the keys until it is dismissed or old."""
        self.trouble.show(trouble)
        self._trouble_until = self.port.now_ms() + TROUBLE_MS

    def _settle_empty(self) -> None:
        some = bool(self.talk.panes)
        self.empty.display = not some
        self.grid.display = some

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another arrangement. Set on the widgets themselves: a class would restyle all below it."""
        width, height = event.size
        narrow, roomy = width < WIDE or height < ROWS_WIDE, width >= ROOMY
        self.inbox.compact = narrow
        self.middle.styles.layout = "vertical" if narrow else "horizontal"
        self.inbox.styles.width = "1fr" if narrow else INBOX_COLUMNS_ROOMY if roomy else INBOX_COLUMNS
        self.inbox.styles.height = 2 if narrow else "1fr"
        self.inbox.set_class(narrow, "strip")
        self.customer.styles.width = CUSTOMER_COLUMNS_ROOMY if roomy else CUSTOMER_COLUMNS
        if not self.customer.has_focus:
            self.customer.display = width >= CUSTOMER_WIDE
        self._settle_empty()
        self.call_after_refresh(self._after_resize)

    def _after_resize(self) -> None:
        self.grid.settle(self.talk.current)
        self.show()

    @property
    def context(self) -> str:
        """Where the next key lands: compose, wrapup, picker or command."""
        pane = self.talk.current
        if pane is not None and pane.composer.composing:
            return "compose"
        if self.customer.has_focus:
            return "picker"
        return "wrapup" if pane is not None and pane.form is not None and pane.form.has_focus_within else "command"

    @property
    def help_contexts(self) -> list[str]:
        """What the help screen lists, the present state first."""
        return list(dict.fromkeys([self.context, "desk", "command", "compose", "wrapup"]))

    @property
    def situation(self) -> Situation:
        """The desk as conditions of actions see it."""
        mirror = self.port.mirror
        conversation = self.talk.conversation(self.talk.current)
        return Situation(
            signed_in=bool(mirror.user),
            signed_out=self.port.link.needs_sign_in,
            connected=self.port.link.state == "live",
            role=mirror.role or "agent",
            presence=(mirror.agent.presence if mirror.agent else Presence.OFFLINE).value,
            panes=len(self.talk.panes),
            pane_state=conversation.interaction.state.value if conversation else "",
            offers=len(mirror.offers),
            may_pick=mirror.may_pick,
            failed_sends=sum(bool(p.failed) for p in conversation.pending) if conversation else 0,
            channel=conversation.interaction.channel if conversation else "",
            mails_held=_sends(conversation, HELD),
            mails_lost=_sends(conversation, LOST),
        )


def _sends(conversation: Conversation | None, states: AbstractSet[Delivery]) -> int:
    sends = conversation.interaction.sends if conversation else ()
    return sum(send.state in states for send in sends)
