"""What comes from the server, event by event: which pane shows it, and what the agent has to be told about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agentdesk.core import events as e
from agentdesk.core.commands import MarkRead, Refused, SaveDraft, SaveWrapup
from agentdesk.core.mail import LOST, Delivery
from agentdesk.core.model import MessageKind
from agentdesk.protocol.messages import EventFrame
from agentdesk.tui.presenter import Look
from agentdesk.tui.screens.conversations import Conversations
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.transcript_log import Entry
from agentdesk.tui.widgets.notice import Trouble

if TYPE_CHECKING:
    from agentdesk.tui.widgets.pane import Pane

QUIET = (e.DraftSaved, e.WrapupSaved, e.MessagesSeen, e.AgentConnected, e.AgentDisconnected)
"""Echoes of what this or another screen of the same agent did; nothing to show."""

SAVED = (SaveDraft, SaveWrapup, MarkRead)
"""Commands that nobody waits for: that they took effect shows nowhere."""


def echo_only(topic: str, detail: object) -> bool:
    """Whether this says only that what this screen keeps has been kept; while one types that is most of what comes."""
    if isinstance(detail, EventFrame):
        return isinstance(detail.event, QUIET)
    return topic == "answer" and isinstance(detail, tuple) and _saved(detail[1], detail[2])


def _saved(command: object, answer: object) -> bool:
    return isinstance(command, SAVED) and not isinstance(answer, Refused)


Tell = Callable[[Trouble], None]


class Arrivals:
    """Feeds events to the panes. `tell` shows a notice, `alarm` rings."""

    def __init__(
        self,
        conversations: Conversations,
        look: Look,
        tell: Callable[[Trouble], None],
        alarm: Callable[[], None],
        keys: Shortcuts,
    ) -> None:
        self._conversations = conversations
        self._look = look
        self._tell = tell
        self._alarm = alarm
        self._keys = keys

    async def event(self, frame: EventFrame) -> tuple[list[Pane], list[Pane]]:
        """Show one event; returns the panes that came and went by it."""
        event = frame.event
        if isinstance(event, e.MessageAdded):
            self._conversations.said(event.message)
            return [], []
        if isinstance(event, e.DeliveryConfirmed):
            self._conversations.delivered(event.interaction_id)
            return [], []
        if isinstance(event, e.DeliveryChanged):
            self._conversations.sent(event.interaction_id)
            if event.state in LOST:
                self._lost(event)
            return [], []
        self._remark(frame)
        came, gone = await self._conversations.settle()
        pane = self._conversations.pane(e.interaction_of(event) or 0)
        if pane is not None:
            self._conversations.settle_state(pane)
        self._say(event)
        return came, gone

    def _lost(self, event: e.DeliveryChanged) -> None:
        """A mail of ours did not arrive, or nobody knows: whoever holds it hears of it."""
        conversation = self._conversations.mirror.conversations.get(event.interaction_id)
        if conversation is None:
            return
        who = self._look.name(conversation.interaction.customer_name, 40)
        what = {Delivery.FAILED: "was not sent", Delivery.BOUNCED: "came back"}.get(event.state, "may be lost")
        again, back = self._keys.of("write.retry"), self._keys.of("write.take_back")
        remedy = f"In its pane {again} sends it again, {back} takes it back to change it."
        self._alarm()
        words = self._look.name(event.words)
        self._tell(Trouble(f"Your mail to {who} {what}", words, remedy=remedy, level="late"))

    def _remark(self, frame: EventFrame) -> None:
        """A dim line in the transcript for what happened beside the talking."""
        pane = self._conversations.pane(e.interaction_of(frame.event) or 0)
        words = self._words(frame.event, pane)
        if pane is not None and words:
            pane.transcript.append(Entry(("event", frame.seq), frame.at_ms, MessageKind.SYSTEM, "", words))

    def _words(self, event: e.AnyEvent, pane: Pane | None) -> str:
        conversation = self._conversations.conversation(pane)
        who = self._look.name(conversation.interaction.customer_name, 40) if conversation else "the customer"
        if isinstance(event, e.ConversationEnded):
            return {"customer": f"{who} ended the conversation", "agent": "You ended the conversation"}.get(
                event.by, "The conversation ended"
            )
        return {
            e.CustomerLeft: f"{who} went away",
            e.CustomerReturned: f"{who} is back",
            e.InteractionReopened: f"{who} wrote again: the conversation goes on",
            e.InteractionHeld: "On hold",
            e.InteractionResumed: "Resumed",
        }.get(type(event), "")

    def _say(self, event: e.AnyEvent) -> None:
        """What the agent must hear of, wherever they look."""
        if isinstance(event, e.OfferMissed):
            what = "It ran out and went to somebody else."
            again = f"{self._keys.of('presence.toggle')} makes you available again if the desk set you aside."
            self._tell(Trouble("You missed an offer", what, remedy=again))
        elif isinstance(event, e.OfferRescinded):
            self._tell(Trouble("The offer is gone", self._look.name(event.reason, 60), level="dim"))
        elif isinstance(event, e.PresenceChanged) and event.by not in ("", self._conversations.mirror.user, "desk"):
            words = f"{self._look.name(event.by, 30)} set you {event.presence.value.replace('_', ' ')}"
            self._tell(Trouble(words, self._look.name(event.reason, 60)))
