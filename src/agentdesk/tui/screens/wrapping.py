"""Ending a conversation and wrapping it up: kept on the server as it is typed, the slot frees when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.client.port import DeskPort
from agentdesk.core.commands import CompleteWrapup, EndInteraction, SaveWrapup
from agentdesk.core.model import State, WrapupMode
from agentdesk.tui.dispositions import Filled
from agentdesk.tui.screens.conversations import Conversations
from agentdesk.tui.screens.keeping import Keeping
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.widgets.notice import Trouble

if TYPE_CHECKING:
    from agentdesk.tui.widgets.pane import Pane


class Wrapping:
    """From the key that ends to the one that is done."""

    def __init__(self, port: DeskPort, conversations: Conversations, keeping: Keeping, keys: Shortcuts) -> None:
        self._port = port
        self._conversations = conversations
        self._keeping = keeping
        self._keys = keys
        self._warned: dict[int, str] = {}

    def end(self, pane: Pane) -> None:
        """End the conversation; when a reply is still unsent, only the second time."""
        conversation = self._conversations.conversation(pane)
        if conversation is None:
            return
        if self._ended(pane):
            pane.take_focus(composing=False)
            return
        unsent = pane.composer.draft("reply").strip()
        if unsent and self._warned.get(pane.interaction_id) != unsent:
            self._warned[pane.interaction_id] = unsent
            keys = self._keys.of("compose.send"), self._keys.of("talk.end")
            remedy = f"{keys[0]} sends it · {keys[1]} again ends without it"
            pane.notice.show(Trouble("A reply is not sent yet", remedy=remedy))
            return
        pane.notice.show(None)
        self._port.submit(EndInteraction(pane.interaction_id))
        config = self._conversations.mirror.queues.get(conversation.interaction.queue)
        if self._conversations.pane(pane.interaction_id) and config and config.wrapup is not WrapupMode.NONE:
            pane.ending = not self._ended(pane)
            self._conversations.open_wrapup(pane, focus=True)

    def _ended(self, pane: Pane) -> bool:
        conversation = self._conversations.conversation(pane)
        return conversation is not None and conversation.interaction.state is State.WRAPPING

    def refused(self, interaction_id: int) -> None:
        """The server did not end it: the conversation goes on."""
        pane = self._conversations.pane(interaction_id)
        if pane is not None:
            pane.ending = False
            self._conversations.settle_state(pane)

    def changed(self, interaction_id: int, filled: Filled) -> None:
        """Something was filled in."""
        self._keeping.wrapup(interaction_id, filled)

    def done(self, pane: Pane, filled: Filled) -> None:
        """Complete it, unless the queue asks for more."""
        conversation = self._conversations.conversation(pane)
        if conversation is None:
            return
        config = self._conversations.mirror.queues.get(conversation.interaction.queue)
        required = config is not None and config.wrapup is WrapupMode.REQUIRED and bool(config.dispositions)
        if required and not filled.disposition:
            pane.notice.show(Trouble("How did it end?", "This queue asks for a disposition.", remedy="Press its key."))
            return
        pane.notice.show(None)
        kept = conversation.interaction.wrapup
        self._keeping.done(pane.interaction_id)
        if kept is not None and ((kept.tags and not filled.tags) or (kept.note and not filled.note)):
            self._port.submit(SaveWrapup(pane.interaction_id, filled.disposition, filled.tags, filled.note))
        self._port.submit(CompleteWrapup(pane.interaction_id, filled.disposition, filled.tags, filled.note))
