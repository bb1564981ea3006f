"""What only mails need of the desk: whom they go to, taking them back, sending them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.client.mirror import Conversation
from agentdesk.client.port import DeskPort
from agentdesk.core.commands import CancelSend, MailOut, RetrySend
from agentdesk.core.mail import HELD, LOST, Send
from agentdesk.core.model import EMAIL, Attachment, State
from agentdesk.tui import mail_to
from agentdesk.tui.lines import Span
from agentdesk.tui.mail_to import Outgoing
from agentdesk.tui.presenter import Look
from agentdesk.tui.screens.conversations import Conversations
from agentdesk.tui.screens.form import Form
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.widgets.notice import Trouble

if TYPE_CHECKING:
    from textual.app import App

    from agentdesk.tui.widgets.pane import Pane

CHANGED_MAX = 200
"""Conversations whose changed recipients are kept."""


class Mailing:
    """The mails being written, by conversation, and those that have not arrived."""

    def __init__(
        self, app: App[None], port: DeskPort, conversations: Conversations, look: Look, keys: Shortcuts
    ) -> None:
        self._app = app
        self._port = port
        self._conversations = conversations
        self._look = look
        self._keys = keys
        self._changed: dict[int, Outgoing] = {}

    # -- to whom --------------------------------------------------------------------------------------------

    def outgoing(self, conversation: Conversation) -> Outgoing:
        """The mail being written here; a reply to the last that came unless the agent made it another."""
        return self._changed.get(conversation.interaction.id) or mail_to.answer(conversation)

    def why_not(self, conversation: Conversation) -> Trouble | None:
        """Why it can't go out as it is addressed."""
        if self.outgoing(conversation).out.to:
            return None
        return Trouble("Not sent: it goes to nobody yet", remedy=f"{self._keys.of('write.header')} opens To and Cc.")

    def sent(self, interaction_id: int) -> None:
        """It went; the next one is a reply again."""
        self._changed.pop(interaction_id, None)
        self.show(self._conversations.pane(interaction_id))

    def reply(self, pane: Pane | None) -> None:
        """To the sender again, where a reply to all or a forward was begun and nothing is written."""
        going = self._changed.get(pane.interaction_id) if pane is not None else None
        if pane is not None and going and going.kind != "edited" and not pane.composer.draft("reply").strip():
            self._set(pane, None)

    def reply_all(self, pane: Pane | None) -> None:
        """To everybody in the last mail but us."""
        conversation = self._conversations.conversation(pane)
        if pane is not None and conversation is not None:
            self._set(pane, mail_to.answer(conversation, everyone=True))
            pane.write("reply")

    def forward(self, pane: Pane | None) -> None:
        """Pass the last mail on: its text below what is written, its files with it, and ask to whom."""
        conversation = self._conversations.conversation(pane)
        if pane is None or conversation is None:
            return
        going, text = mail_to.passed_on(conversation)
        self._set(pane, going)
        written = pane.composer.draft("reply")
        pane.write("reply")
        if text and text not in written:
            pane.composer.rewrite(f"{written}\n\n{text}", cursor=len(written))
        self.address(pane)

    def address(self, pane: Pane | None) -> None:
        """Open To, Cc, Bcc, subject and time."""
        conversation = self._conversations.conversation(pane)
        if pane is None or conversation is None:
            return
        going = self.outgoing(conversation)

        def done(values: tuple[str, ...]) -> str:
            changed = mail_to.filled(going, values, self._port.now_ms())
            if isinstance(changed, str):
                return changed
            self._set(pane, changed)
            return ""

        teach = "Enter keeps · Tab next · Esc close"
        form = Form("This mail", mail_to.rows(going), done, teach=teach, glyphs=self._look.glyphs)
        self._app.push_screen(form)

    def _set(self, pane: Pane, going: Outgoing | None) -> None:
        if going is None:
            self._changed.pop(pane.interaction_id, None)
        else:
            while len(self._changed) >= CHANGED_MAX:
                del self._changed[next(iter(self._changed))]
            self._changed[pane.interaction_id] = going
        self.show(pane)

    def show(self, pane: Pane | None) -> None:
        """The row above the composer, as it is now."""
        conversation = self._conversations.conversation(pane)
        if pane is None or conversation is None or conversation.interaction.channel != EMAIL:
            return
        parts: list[Span] = []
        for label, value in mail_to.summary(self.outgoing(conversation), self._port.now_ms()):
            parts += [(f" {label} ", "dim"), (self._look.name(value, 120), "text")]
        closed = conversation.interaction.state not in (State.ACTIVE, State.HELD)
        pane.show_mail([] if closed else parts, self._keys.of("write.header"))

    # -- what became of it ----------------------------------------------------------------------------------

    def put_back(self, pane: Pane, out: MailOut, files: tuple[Attachment, ...]) -> None:
        """What is written anew is addressed as it was, with what went with it."""
        self._set(pane, Outgoing("edited", out, files=files))

    def take_back(self, pane: Pane | None) -> None:
        """Ask for the newest that nobody else has yet, or that was lost."""
        for send in reversed(self._sends(pane)):
            if send.state in HELD | LOST:
                assert pane is not None
                self._port.submit(CancelSend(pane.interaction_id, send.message_id))
                return

    def taken_back(self, command: CancelSend) -> None:
        """It is ours again: text and recipients go where they were written."""
        pane = self._conversations.pane(command.interaction_id)
        conversation = self._conversations.conversation(pane)
        if pane is None or conversation is None:
            return
        message = next((m for m in conversation.messages if m.id == command.message_id), None)
        if message is None or message.mail is None:
            return
        head = message.mail
        self.put_back(pane, MailOut(head.to, head.cc, head.bcc, head.subject), message.attachments)
        pane.composer.put_back(message.text, "reply")
        pane.write("reply")

    def retry(self, pane: Pane | None) -> None:
        """Send again what was lost."""
        for send in self._sends(pane):
            if send.state in LOST:
                assert pane is not None
                self._port.submit(RetrySend(pane.interaction_id, send.message_id))

    def _sends(self, pane: Pane | None) -> tuple[Send, ...]:
        conversation = self._conversations.conversation(pane)
        return conversation.interaction.sends if conversation else ()
