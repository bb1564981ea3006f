"""Sending: local echo at once, what failed stays where it was typed, a stale reply shows what was missed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from agentdesk.client.mirror import Conversation, Pending
from agentdesk.client.port import DeskPort
from agentdesk.core.commands import MailOut, Refused, SendMessage
from agentdesk.core.model import EMAIL, MessageKind, State
from agentdesk.tui import canned, presenter
from agentdesk.tui.presenter import Look
from agentdesk.tui.screens.conversations import Conversations
from agentdesk.tui.screens.keeping import Keeping
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.transcript_log import Delivery
from agentdesk.tui.widgets.notice import Trouble

if TYPE_CHECKING:
    from agentdesk.tui.screens.mailing import Mailing
    from agentdesk.tui.widgets.pane import Pane

TYPING_S = 3.0
"""Typing is told to the customer again after this long, and taken back after this long without a key."""

MISSED_SHOWN = 3
"""Missed messages that are quoted in the notice; all of them are in the transcript."""


class Sending:
    """What the agent sends, from key to commit."""

    def __init__(
        self,
        port: DeskPort,
        conversations: Conversations,
        keeping: Keeping,
        look: Look,
        keys: Shortcuts,
        mailing: Callable[[], Mailing],
    ) -> None:
        self._port = port
        self._conversations = conversations
        self._keeping = keeping
        self._look = look
        self._keys = keys
        self._mailing = mailing
        self._typing_until: dict[int, int] = {}

    def send(self, pane: Pane, text: str, mode: str) -> None:
        """Send what was written, unless it can't be: then it stays and the reason is shown."""
        conversation = self._conversations.conversation(pane)
        if conversation is None:
            return
        kind = MessageKind.NOTE if mode == "note" else MessageKind.OUTBOUND
        mail = kind is MessageKind.OUTBOUND and conversation.interaction.channel == EMAIL
        trouble = self._why_not(conversation, kind, text) or (self._mailing().why_not(conversation) if mail else None)
        if trouble is not None:
            pane.composer.put_back(text, "note" if mode == "note" else "reply")
            pane.notice.show(trouble)
            return
        pane.notice.show(None)
        seen = pane.last_seen or None if kind is MessageKind.OUTBOUND else None
        command = SendMessage(conversation.interaction.id, text, kind, secrets.token_hex(8), seen)
        if mail:
            going = self._mailing().outgoing(conversation)
            command = msgspec.structs.replace(command, mail=going.out, attachments=going.files)
        self._submit(pane, command)
        if mail:
            self._mailing().sent(conversation.interaction.id)
        self._keeping.sent(conversation.interaction.id)
        self.stopped_typing(conversation.interaction.id)

    def _why_not(self, conversation: Conversation, kind: MessageKind, text: str) -> Trouble | None:
        if kind is MessageKind.NOTE:
            return None
        if blanks := canned.blanks(text):
            remedy = "Fill them in or take them out, then Enter."
            return Trouble(
                "Not sent: blanks are left", ", ".join(self._look.name(b, 40) for b in blanks), remedy=remedy
            )
        if conversation.interaction.state is State.SNOOZED:
            remedy = f"{self._keys.of('compose.leave')} {self._keys.of('talk.hold')} takes it up again."
            return Trouble("Not sent: this conversation is snoozed", remedy=remedy)
        if conversation.interaction.state not in (State.ACTIVE, State.HELD):
            return Trouble("Not sent: the conversation has ended", remedy=self._after_the_end)
        return None

    @property
    def _after_the_end(self) -> str:
        note, end = self._keys.of("write.note_anywhere"), self._keys.of("talk.end")
        return f"{note} writes a note instead; {end} goes to wrap-up."

    def _submit(self, pane: Pane, command: SendMessage) -> None:
        key = self._port.submit(command)
        conversation = self._conversations.conversation(pane)
        pending = _pending(conversation, key) or Pending(key, command, self._port.now_ms())
        self._conversations.echo(pane, presenter.pending_entry(pending, self._port.mirror.name))

    # -- what became of it ----------------------------------------------------------------------------------

    def answered(self, command: SendMessage, answer: object) -> None:
        """A refused message is marked where it stands, with the reason and the keys to go on."""
        pane = self._conversations.pane(command.interaction_id)
        if pane is None or not isinstance(answer, Refused):
            return
        self._conversations.reload(pane)
        pane.transcript.update(command.client_id, state=Delivery.FAILED, detail=answer.message)
        pane.notice.show(self._stale(pane, answer) if answer.code == "stale" else self._refused(answer))

    def _stale(self, pane: Pane, answer: Refused) -> Trouble:
        conversation = self._conversations.conversation(pane)
        missed = [m for m in conversation.messages if m.id in answer.missed] if conversation else []
        quoted = [f"{self._look.name(m.author, 30)}: {self._look.name(m.text, 120)}" for m in missed[-MISSED_SHOWN:]]
        more = len(answer.missed) - len(quoted)
        if more > 0:
            quoted.insert(0, f"{more} more above")
        return Trouble(
            "Not sent: this came while you wrote",
            "\n".join(quoted),
            remedy=f"{self._keys.of('write.retry_anywhere')} sends your reply all the same · {self._back}",
            level="late",
        )

    def _refused(self, answer: Refused) -> Trouble:
        again = f"{self._keys.of('write.retry_anywhere')} sends it again · {self._back}"
        return Trouble("Not sent", self._look.name(answer.message), remedy=again, level="late")

    @property
    def _back(self) -> str:
        leave, back = self._keys.of("compose.leave"), self._keys.of("write.take_back")
        return f"{leave} {back} takes it back to change it"

    def failed(self, pane: Pane | None) -> list[Pending]:
        """What failed to go out from a pane."""
        conversation = self._conversations.conversation(pane)
        return [p for p in conversation.pending if p.failed] if conversation else []

    def retry(self, pane: Pane | None) -> None:
        """Send what failed again; a stale reply goes whatever came between."""
        for pending in self.failed(pane):
            assert pane is not None
            self._port.forget(pending.key)
            seen = None if pending.code == "stale" else pending.command.seen
            self._conversations.reload(pane)
            self._submit(pane, msgspec.structs.replace(pending.command, seen=seen))
        if pane is not None:
            pane.notice.show(None)

    def take_back(self, pane: Pane | None) -> None:
        """Put what failed back into the composer to change it."""
        failed = self.failed(pane)
        if pane is None or not failed:
            return
        for pending in failed:
            self._port.forget(pending.key)
        for pending in reversed(failed):
            mode = "note" if pending.command.kind is MessageKind.NOTE else "reply"
            pane.composer.put_back(pending.command.text, "note" if mode == "note" else "reply")
            if isinstance(pending.command.mail, MailOut):
                self._mailing().put_back(pane, pending.command.mail, pending.command.attachments)
        self._conversations.reload(pane)
        pane.notice.show(None)
        pane.write("note" if failed[-1].command.kind is MessageKind.NOTE else "reply")

    # -- typing ---------------------------------------------------------------------------------------------

    def typed(self, interaction_id: int, mode: str, text: str) -> None:
        """A key was typed: the customer may know, but only of replies."""
        kind = MessageKind.NOTE if mode == "note" else MessageKind.OUTBOUND
        self._keeping.draft(interaction_id, kind, text)
        if mode == "note":
            return
        now = self._port.now_ms()
        if text and now >= self._typing_until.get(interaction_id, 0) - TYPING_S * 500:
            self._typing_until[interaction_id] = now + int(TYPING_S * 1000)
            self._port.typing(interaction_id, True)
        elif not text:
            self.stopped_typing(interaction_id)

    def stopped_typing(self, interaction_id: int) -> None:
        """Nothing is being typed any more."""
        if self._typing_until.pop(interaction_id, None) is not None:
            self._port.typing(interaction_id, False)

    def tick(self, now: int) -> None:
        """Take back typing notices that nobody renewed."""
        for number in [number for number, until in self._typing_until.items() if until <= now]:
            self.stopped_typing(number)


def _pending(conversation: Conversation | None, key: str) -> Pending | None:
    return next((p for p in conversation.pending if p.key == key), None) if conversation else None
