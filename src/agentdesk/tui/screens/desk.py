"""The agent's desk: listens to the client, gives the widgets what to show, carries out what hands ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from zlib import crc32

from textual import events, work
from textual.message import Message

from agentdesk.client.port import LinkState
from agentdesk.core.commands import CancelSend, ClientCommand, EndInteraction, Refused, SendMessage
from agentdesk.core.events import CustomerUpdated, TagsSet
from agentdesk.core.model import Attachment
from agentdesk.errors import DeskError
from agentdesk.protocol.messages import EventFrame, Typing
from agentdesk.tui import presenter
from agentdesk.tui.actions import why_not
from agentdesk.tui.dispositions import Choice
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.screens import attachments, words
from agentdesk.tui.screens.arrivals import Arrivals, echo_only
from agentdesk.tui.screens.conversations import PAGE
from agentdesk.tui.screens.customer import CustomerLoader
from agentdesk.tui.screens.desk_view import CUSTOMER_WIDE, TROUBLE_MS, DeskView
from agentdesk.tui.screens.hands import hands
from agentdesk.tui.screens.keeping import Keeping
from agentdesk.tui.screens.panels import Panels
from agentdesk.tui.screens.sending import Sending
from agentdesk.tui.screens.wrapping import Wrapping
from agentdesk.tui.widgets.customer_panel import CustomerPanel
from agentdesk.tui.widgets.notice import Trouble

if TYPE_CHECKING:
    from agentdesk.tui.composer import Composer
    from agentdesk.tui.transcript import Transcript
    from agentdesk.tui.widgets.pane import Pane
    from agentdesk.tui.widgets.wrapup import WrapupForm

TICK_S = 1.0

SETTINGS_AFTER_S = 0.1
"""The first fetch imports the HTTP client, which would hold up the first drawing of the live desk."""
PANES_AFTER_S = 0.5
"""When what panes are made of is loaded, if no chat came sooner."""
SETTINGS_SPREAD_S = 10
"""Over how long all desks together fetch settings that changed."""


class DeskScreen(DeskView):
    """One agent's desk. All that talks to the client is here and in the parts it is made of."""

    class Heard(Message):
        """Something came from the client."""

        def __init__(self, topic: str, detail: object) -> None:
            self.topic = topic
            self.detail = detail
            super().__init__()

    class SignInWanted(Message):
        """The server doesn't take this desk's token, or not any more: the password is needed."""

        def __init__(self, why: str) -> None:
            self.why = why
            super().__init__()

    async def on_mount(self) -> None:
        """Put the parts together, listen, and start the one clock."""
        self.panels = Panels(self.app, self.port, self.look, self.shortcuts)
        self.keeping = Keeping(self.port, self.set_timer)
        self.sending = Sending(self.port, self.talk, self.keeping, self.look, self.shortcuts, lambda: self.mailing)
        self.wrapping = Wrapping(self.port, self.talk, self.keeping, self.shortcuts)
        self.arrivals = Arrivals(self.talk, self.look, self.tell, self._bell.alarm, self.shortcuts)
        self.loader = CustomerLoader(self.customer, self.port, self.look, self._load_customer, self.shortcuts)
        self._hands = hands(self)
        self._stop_listening = self.port.listen(self._hear)
        self.set_interval(TICK_S, self.tick)
        await self._snapshot()
        self.call_after_refresh(self._link, self.port.link)

    def on_unmount(self) -> None:
        """Hand over what was typed last."""
        self._stop_listening()
        self.keeping.flush()

    def _hear(self, topic: str, detail: object) -> None:
        if not echo_only(topic, detail):
            self.post_message(self.Heard(topic, detail))

    # -- from the client ------------------------------------------------------------------------------------

    async def on_desk_screen_heard(self, message: Heard) -> None:
        """One thing that came; what it changes is drawn soon."""
        hear: dict[str, Callable[[object], Awaitable[None]]] = {
            "snapshot": lambda _: self._snapshot(),
            "event": self._event,
            "answer": self._answer,
            "typing": self._typing,
            "link": self._link,
            "settings": self._settings_changed,
        }
        if hearing := hear.get(message.topic):
            await hearing(message.detail)
        self.show_soon()

    async def _snapshot(self) -> None:
        for pane in self.talk.panes:
            self.talk.reload(pane)
            self.talk.settle_state(pane)
        await self._settled(*await self.talk.settle())

    async def _event(self, detail: object) -> None:
        assert isinstance(detail, EventFrame)
        await self._settled(*await self.arrivals.event(detail))
        if isinstance(detail.event, CustomerUpdated | TagsSet):
            self.loader.show(self.talk.conversation(self.talk.current))

    async def _settled(self, came: list[Pane], gone: list[Pane]) -> None:
        """Panes came or went: keep the keyboard where a hand is, else give it to who needs it most."""
        self._settle_empty()
        if came or gone:
            self.loader.stale()
        wanted = next((pane for pane in came if pane.interaction_id in self.taking), None)
        self.taking -= {pane.interaction_id for pane in came}
        busy = self.talk.current is not None and self.talk.current.composer.composing
        if self.talk.current is None:
            self.go(wanted or self.talk.most_urgent(), composing=False)
        elif wanted is not None and not busy:
            self.go(wanted, composing=False)
        if gone and self.talk.current is None:
            self.set_focus(None)
            self.loader.show(None)

    async def _answer(self, detail: object) -> None:
        assert isinstance(detail, tuple)
        _, command, answer = detail
        if isinstance(command, SendMessage):
            self.sending.answered(command, answer)
        elif isinstance(command, CancelSend) and not isinstance(answer, Refused):
            self.mailing.taken_back(command)
        elif isinstance(answer, Refused):
            self.taking.discard(getattr(command, "interaction_id", 0))
            if isinstance(command, EndInteraction):
                self.wrapping.refused(command.interaction_id)
            self.tell(words.refusal(command, answer, self.look))

    async def _typing(self, detail: object) -> None:
        assert isinstance(detail, Typing)
        pane = self.talk.pane(detail.interaction_id)
        if pane is not None:
            self.talk.show_head(pane, self.port.now_ms())

    async def _link(self, detail: object) -> None:
        assert isinstance(detail, LinkState)
        live = detail.state == "live"
        if live and not self._was_live:
            self.set_timer(SETTINGS_AFTER_S, self.fetch_settings)
            self.set_timer(PANES_AFTER_S, self.talk.prepare)
            if detail.missed:
                self._back_until = self.port.now_ms() + TROUBLE_MS
        elif detail.state == "refused" and (detail.needs_sign_in or not self.port.mirror.user):
            self._sign_in_due = True
            self._ask_when_free()
        self._was_live = live

    def _ask_when_free(self) -> None:
        """Ask for the password, but take no keys that are meant for a text."""
        writing = self.context in ("compose", "wrapup") or self.app.screen is not self
        if self._sign_in_due and not writing:
            self.sign_in()

    def sign_in(self) -> None:
        """Ask for the password now."""
        self._sign_in_due = False
        self.post_message(self.SignInWanted(self.port.link.detail))

    async def _settings_changed(self, _: object) -> None:
        """Not all desks at once: each fetches them some seconds later, by its user's name."""
        later = crc32(self.port.mirror.user.encode()) % SETTINGS_SPREAD_S
        self.set_timer(SETTINGS_AFTER_S + later, self.fetch_settings)

    @work(exclusive=True, group="settings", exit_on_error=False)
    async def fetch_settings(self) -> None:
        """Canned responses, dispositions and reasons; without them the desk works all the same."""
        try:
            settings = await self.port.settings()
        except DeskError as error:
            self.tell(words.error(error, self.look, "settings"))
            return
        self.panels.responses = settings.canned
        self.panels.away_reasons = settings.away_reasons
        self.talk.fallback = tuple(Choice(d.code, d.label, d.key) for d in settings.dispositions)

    def _load_customer(self, job: Awaitable[None]) -> object:
        return self.run_worker(job, group="customer", exclusive=True, exit_on_error=False)

    def tick(self) -> None:
        """A second has passed: ages, countdowns, reminders."""
        now = self.port.now_ms()
        self._bell.hear(self.port.mirror.offers, now)
        self.sending.tick(now)
        self.talk.read()
        self._ask_when_free()
        if self.trouble.trouble is not None and now >= self._trouble_until:
            self.trouble.show(None)
        self.show()

    # -- hands ----------------------------------------------------------------------------------------------

    def action_act(self, action_id: str) -> None:
        """A key of the registry."""
        self.act(action_id)

    def act(self, action_id: str) -> None:
        """Do an action, or say why not."""
        reason = why_not(action_id, self.situation)
        if reason is not None:
            self.tell(Trouble(reason, level="dim"))
        elif hand := self._hands.get(action_id):
            self.trouble.show(None)
            hand()
        self.show_soon()

    def submit(self, command: ClientCommand) -> None:
        """Ask the server for something."""
        self.port.submit(command)

    def go(self, pane: Pane | None, composing: bool | None = None) -> None:
        """Give a pane the keyboard; one who was writing goes on writing there."""
        if pane is None:
            return
        if composing is None:
            composing = self.context == "compose"
        self._make_current(pane)
        pane.take_focus(composing)

    def _make_current(self, pane: Pane) -> None:
        if pane is not self.talk.current:
            self.talk.make_current(pane)
            self.loader.show(self.talk.conversation(pane))
        self.talk.read()
        self.show_soon()

    def zoom(self) -> None:
        """One pane, or all that fit."""
        self.grid.zoomed = not self.grid.zoomed
        self.grid.settle(self.talk.current)

    def go_customer(self) -> None:
        """To the customer panel, and back."""
        if self.customer.has_focus:
            self._leave_customer()
            return
        self.customer.display = True
        self.customer.focus()
        self.loader.retry(self.talk.conversation(self.talk.current))
        self.call_after_refresh(self._after_resize)

    def _leave_customer(self) -> None:
        self.customer.display = self.size.width >= CUSTOMER_WIDE
        self.go(self.talk.current, composing=False)
        self.call_after_refresh(self._after_resize)

    def canned(self) -> None:
        """The canned responses for this conversation."""
        pane, conversation = self.talk.current, self.talk.conversation(self.talk.current)
        if pane is not None and conversation is not None:
            self.panels.canned(pane, conversation)

    def next_theme(self) -> None:
        """The next theme; the palette has all by name."""
        names = sorted(n for n in self.app.available_themes if not n.startswith("textual-"))
        at = names.index(self.app.theme) if self.app.theme in names else -1
        self.app.theme = names[(at + 1) % len(names)]

    def save_picture(self) -> None:
        """Save what is on the screen as SVG."""
        path = self.app.save_screenshot()
        self.tell(Trouble("Picture saved", path, level="dim"))

    def save_file(self) -> None:
        """Save the attachment that came last in this conversation."""
        attachment = attachments.newest(self.talk.conversation(self.talk.current))
        if attachment is None:
            self.tell(Trouble("Nothing is attached in this conversation", level="dim"))
        else:
            self.fetch_file(attachment)

    @work(exclusive=True, group="editor", exit_on_error=False)
    async def edit_outside(self) -> None:
        """What is being written in this pane, in the agent's own editor."""
        from agentdesk.tui.screens.outside import write

        if self.talk.current is not None and isinstance(self.app, SafeApp):
            await write(self.app, self.talk.current, self.tell)

    @work(exit_on_error=False)
    async def fetch_file(self, attachment: Attachment) -> None:
        """Fetch it, save it, say where."""
        self.tell(await attachments.save(self.port, attachment, self.look))

    def unsent(self) -> str:
        """What would be lost by leaving now, in words; empty when nothing would."""
        self.keeping.flush()
        return words.unsent(self.port.mirror, self.port.link)

    # -- from the widgets -----------------------------------------------------------------------------------

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The pane with the keyboard is the current one."""
        pane = self.talk.of(event.widget)
        if pane is not None:
            self._make_current(pane)
        self.show_soon()

    def on_pane_clicked(self, message: Pane.Clicked) -> None:
        """The mouse may do it too."""
        self.go(message.pane, composing=False)

    def on_composer_submitted(self, message: Composer.Submitted) -> None:
        """Send what was written."""
        if pane := self.talk.of(message.composer):
            self.sending.send(pane, message.text, message.mode)
            self.show_soon()

    def on_composer_changed(self, message: Composer.Changed) -> None:
        """Keep the draft, tell the customer, hint at shortcodes."""
        pane = self.talk.of(message.composer)
        conversation = self.talk.conversation(pane)
        if pane is not None and conversation is not None:
            self.sending.typed(pane.interaction_id, message.mode, message.text)
            slash = message.mode == "reply" and "/" in message.text
            pane.hint.show(self.panels.suggestion(conversation, message.text) if slash else "")

    def on_composer_complete_wanted(self, message: Composer.CompleteWanted) -> None:
        """Tab after a shortcode."""
        pane = self.talk.of(message.composer)
        conversation = self.talk.conversation(pane)
        if pane is not None and conversation is not None and message.mode == "reply":
            pane.hint.show("")
            self.panels.expand(pane, conversation, message.text)

    def on_composer_state_changed(self, message: Composer.StateChanged) -> None:
        """Writing began or ended."""
        if pane := self.talk.of(message.composer):
            pane.settle_wrapup()
        self.show_soon()

    def on_transcript_older_wanted(self, message: Transcript.OlderWanted) -> None:
        """The page before what is loaded."""
        if (pane := self.talk.of(message.transcript)) and message.before and isinstance(message.before.key, int):
            self.fetch_older(pane, message.before.key)

    @work(exit_on_error=False)
    async def fetch_older(self, pane: Pane, before: int) -> None:
        """Older messages of a conversation."""
        try:
            page = await self.port.messages(pane.interaction_id, before)
        except DeskError as error:
            self.tell(words.error(error, self.look, "older messages"))
            return
        entries = [presenter.entry_of(message) for message in sorted(page, key=lambda m: m.id)]
        pane.transcript.prepend(entries, older=len(page) >= PAGE)

    def on_transcript_follow_changed(self, message: Transcript.FollowChanged) -> None:
        """The count of new ones below is part of the edge."""
        self.show_soon()

    def on_wrapup_form_changed(self, message: WrapupForm.Changed) -> None:
        """Keep it."""
        self.wrapping.changed(message.form.interaction_id, message.filled)

    def on_wrapup_form_done(self, message: WrapupForm.Done) -> None:
        """Complete it."""
        if pane := self.talk.pane(message.form.interaction_id):
            self.wrapping.done(pane, message.filled)

    def on_wrapup_form_left(self, message: WrapupForm.Left) -> None:
        """To the keys of the desk; the form stays."""
        if pane := self.talk.pane(message.form.interaction_id):
            pane.rest()

    def on_customer_panel_opened(self, message: CustomerPanel.Opened) -> None:
        """Read a past interaction."""
        self.panels.history(message.interaction_id, self.customer.view.name)

    def on_customer_panel_more_wanted(self, message: CustomerPanel.MoreWanted) -> None:
        """Older interactions."""
        self.loader.more()

    def on_customer_panel_left(self, message: CustomerPanel.Left) -> None:
        """Back to the pane."""
        self._leave_customer()
