"""Which conversations have a pane: makes and removes panes, keeps their digits, and feeds them from the mirror."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from agentdesk.client.mirror import Conversation, Mirror
from agentdesk.client.port import DeskPort
from agentdesk.core.commands import MarkRead
from agentdesk.core.model import Message, MessageKind, State
from agentdesk.tui import presenter
from agentdesk.tui.dispositions import Choice
from agentdesk.tui.presenter import Look
from agentdesk.tui.transcript_log import Delivery, Entry
from agentdesk.tui.widgets.pane_grid import PaneGrid

if TYPE_CHECKING:
    from agentdesk.tui.widgets.pane import Pane

PAGE = 50
"""A page of older messages shorter than this is the last one."""


class Conversations:
    """The panes of one desk screen."""

    def __init__(self, grid: PaneGrid, port: DeskPort, look: Look) -> None:
        self._grid = grid
        self._port = port
        self._look = look
        self._slots: dict[int, int] = {}
        self._panes: dict[int, Pane] = {}
        self._last_key: dict[int, object] = {}
        self._read: dict[int, int] = {}
        self.current: Pane | None = None
        self.fallback: tuple[Choice, ...] = ()
        """Dispositions for queues that name none."""

    @property
    def mirror(self) -> Mirror:
        """What the client knows."""
        return self._port.mirror

    @property
    def slots(self) -> dict[int, int]:
        """Digits by interaction."""
        return self._slots

    @property
    def panes(self) -> list[Pane]:
        """All panes by digit."""
        return sorted(self._panes.values(), key=lambda pane: pane.slot)

    def pane(self, interaction_id: int) -> Pane | None:
        """The pane of an interaction."""
        return self._panes.get(interaction_id)

    def conversation(self, pane: Pane | None) -> Conversation | None:
        """What the mirror has of a pane's interaction."""
        return self.mirror.conversations.get(pane.interaction_id) if pane else None

    def held(self) -> dict[int, Conversation]:
        """What I hold: everything the mirror has that isn't only offered."""
        return {number: c for number, c in self.mirror.conversations.items() if c.interaction.agent == self.mirror.user}

    # -- panes come and go ----------------------------------------------------------------------------------

    async def settle(self) -> tuple[list[Pane], list[Pane]]:
        """Make the panes fit what I hold; returns those that came and those that went."""
        held = self.held()
        gone = [self._panes.pop(number) for number in list(self._panes) if number not in held]
        for pane in gone:
            self._slots.pop(pane.interaction_id, None)
            if self.current is pane:
                self.current = None
            # Without the batch a repaint can ask the half-removed pane for styles that it has no more.
            with self._grid.app.batch_update():
                await pane.remove()
        came = [await self._make(held[number]) for number in sorted(held) if number not in self._panes]
        if came or gone:
            self._grid.settle(self.current)
        return came, gone

    def prepare(self) -> None:
        """Load what a pane is made of before the first one is wanted."""
        import_module("agentdesk.tui.widgets.pane")

    async def _make(self, conversation: Conversation) -> Pane:
        number = conversation.interaction.id
        taken = set(self._slots.values())
        slot = next(slot for slot in range(1, len(taken) + 2) if slot not in taken)
        from agentdesk.tui.widgets.pane import Pane  # with its editor nothing that an empty desk needs

        pane = Pane(number, slot, glyphs=self._look.glyphs, bidi=self._look.bidi)
        self._slots[number], self._panes[number] = slot, pane
        before = next((other for other in self.panes if other.slot > slot), None)
        await self._grid.mount(pane, before=before)
        self.reload(pane)
        self._restore_draft(pane, conversation)
        self.settle_state(pane)
        return pane

    def _restore_draft(self, pane: Pane, conversation: Conversation) -> None:
        draft = conversation.interaction.draft
        if draft is not None and draft.text and draft.agent == self.mirror.user:
            pane.composer.set_text(draft.text, "note" if draft.kind is MessageKind.NOTE else "reply")
        sent = [m.text for m in conversation.messages if m.agent == self.mirror.user and m.kind is MessageKind.OUTBOUND]
        pane.composer.remember(sent)

    # -- what was said --------------------------------------------------------------------------------------

    def reload(self, pane: Pane) -> None:
        """Show everything the mirror has, in the server's order, what is under way at the end."""
        conversation = self.conversation(pane)
        if conversation is None:
            return
        entries = presenter.entries(conversation, self.mirror.name, self._port.now_ms())
        count = conversation.interaction.message_count
        pane.load(entries, older=count > len(conversation.messages))
        self._last_key[pane.interaction_id] = entries[-1].key if entries else None
        first_unread = next(
            (m.id for m in conversation.messages if m.kind is MessageKind.INBOUND and m.id > conversation.seen_upto),
            None,
        )
        if first_unread is not None and pane is not self.current:
            pane.transcript.mark_unread(first_unread)
        self._saw(pane, conversation)

    def said(self, message: Message) -> None:
        """A message was committed: show it, or turn its local echo into it."""
        pane = self._panes.get(message.interaction_id)
        conversation = self.conversation(pane)
        if pane is None or conversation is None:
            return
        entry = presenter.entry_of(message, conversation.interaction, self._port.now_ms())
        mine = message.agent == self.mirror.user and bool(message.client_id)
        if mine and self._confirm(pane, message, entry):
            pass
        elif any(p.failed == "" for p in conversation.pending) and pane.transcript.following:
            self.reload(pane)
        else:
            pane.transcript.append(entry)
            self._last_key[pane.interaction_id] = entry.key
            self._mark_unread(pane, message)
        self._saw(pane, conversation)

    def _confirm(self, pane: Pane, message: Message, entry: Entry) -> bool:
        """The echo becomes the message; where others came between, everything is put in the server's order."""
        if self._last_key.get(pane.interaction_id) != message.client_id and pane.transcript.following:
            self.reload(pane)
            return True
        known = pane.transcript.update(
            message.client_id,
            key=entry.key,
            state=entry.state,
            at_ms=entry.at_ms,
            detail=entry.detail,
            who=entry.who,
            mail=entry.mail,
            fate=entry.fate,
        )
        if known:
            self._last_key[pane.interaction_id] = entry.key
        return known

    def echo(self, pane: Pane, entry: Entry) -> None:
        """What the agent just sent, at once."""
        pane.transcript.mark_unread(None)
        pane.transcript.append(entry)
        pane.transcript.go_last()
        self._last_key[pane.interaction_id] = entry.key

    def sent(self, interaction_id: int, counting_only: bool = False) -> None:
        """How far our mails got by now; `counting_only` those where the clock alone changes that."""
        pane, now = self._panes.get(interaction_id), self._port.now_ms()
        conversation = self.conversation(pane)
        if pane is None or conversation is None or not conversation.interaction.sends:
            return
        from agentdesk.tui import mail_words  # nothing that a chat needs

        for send in conversation.interaction.sends:
            if not counting_only or mail_words.counting(send, now):
                pane.transcript.update(send.message_id, state=mail_words.mark(send), fate=mail_words.fate(send, now))

    def delivered(self, interaction_id: int) -> None:
        """The customer's side got or read more."""
        pane = self._panes.get(interaction_id)
        conversation = self.conversation(pane)
        if pane is None or conversation is None:
            return
        it = conversation.interaction
        ours = [m.id for m in conversation.messages if m.kind is MessageKind.OUTBOUND]
        pane.deliver([n for n in ours if it.read_upto < n <= it.delivered_upto], Delivery.DELIVERED)
        pane.deliver([n for n in ours if n <= it.read_upto], Delivery.READ)

    def _mark_unread(self, pane: Pane, message: Message) -> None:
        conversation = self.conversation(pane)
        if (
            message.kind is MessageKind.INBOUND
            and pane is not self.current
            and conversation
            and conversation.unread == 1
        ):
            pane.transcript.mark_unread(message.id)

    def _saw(self, pane: Pane, conversation: Conversation) -> None:
        """Remember what was on the screen: a reply is written against that."""
        if pane.display and pane.transcript.following:
            pane.last_seen = max(pane.last_seen, conversation.interaction.last_message_id)

    def read(self) -> None:
        """Tell the server what the agent has seen of the current pane."""
        pane = self.current
        conversation = self.conversation(pane)
        if pane is None or conversation is None or not pane.transcript.following:
            return
        self._saw(pane, conversation)
        newest = conversation.interaction.last_inbound_id
        if newest > max(self._read.get(pane.interaction_id, 0), conversation.seen_upto):
            self._read[pane.interaction_id] = newest
            self._port.submit(MarkRead(pane.interaction_id, newest))

    # -- heads and states -----------------------------------------------------------------------------------

    def show_head(self, pane: Pane, now: int) -> None:
        """The upper edge of a pane, with its ages as they are now."""
        conversation = self.conversation(pane)
        if conversation is None:
            return
        pane.transcript.set_typing(presenter.typing(conversation, self._look))
        view = presenter.head(
            conversation,
            pane.slot,
            self.mirror,
            now,
            self._look,
            current=pane is self.current,
            below=pane.transcript.new_below,
        )
        pane.show_head(view)

    def settle_state(self, pane: Pane) -> bool:
        """Open or close wrap-up as the interaction's state says; True when it was opened now."""
        conversation = self.conversation(pane)
        if conversation is None:
            return False
        it = conversation.interaction
        if it.state is State.WRAPPING:
            pane.ending = False
        if it.state is State.WRAPPING and not pane.wrapping:
            self.open_wrapup(pane, focus=pane is self.current and not pane.composer.composing)
            return True
        if it.state is not State.WRAPPING and pane.wrapping and not pane.ending:
            pane.close_wrapup()
        return False

    def open_wrapup(self, pane: Pane, *, focus: bool) -> None:
        """Show the form with what the queue offers and what is kept so far."""
        conversation = self.conversation(pane)
        if conversation is not None:
            it = conversation.interaction
            choices = presenter.choices(self.mirror, it.queue, self.fallback)
            pane.open_wrapup(choices, presenter.filled(it), focus=focus)

    # -- which one ------------------------------------------------------------------------------------------

    def of(self, widget: object) -> Pane | None:
        """The pane that a widget belongs to."""
        while widget is not None:
            if pane := next((pane for pane in self._panes.values() if pane is widget), None):
                return pane
            widget = getattr(widget, "parent", None)
        return None

    def at(self, slot: int) -> Pane | None:
        """The pane with this digit."""
        return next((pane for pane in self._panes.values() if pane.slot == slot), None)

    def most_urgent(self) -> Pane | None:
        """The pane with the least slack; from that one, the next."""
        order = presenter.by_urgency(self.held().values(), self.mirror)
        panes = [self._panes[number] for number in order if number in self._panes]
        if not panes:
            return None
        if self.current is panes[0] and len(panes) > 1:
            return panes[1]
        return panes[0]

    def next(self) -> Pane | None:
        """The pane with the next digit, round the end."""
        panes = self.panes
        if not panes:
            return None
        at = panes.index(self.current) if self.current in panes else -1
        return panes[(at + 1) % len(panes)]

    def beside(self, direction: str) -> Pane | None:
        """The pane to the left, right, up or down of the current one."""
        if self.current is None:
            return self.panes[0] if self.panes else None
        return self._grid.neighbour(self.current, direction)

    def make_current(self, pane: Pane) -> None:
        """This is the one the next key is for."""
        before, self.current = self.current, pane
        if before is not None and before is not pane and before.is_attached:
            before.transcript.mark_unread(None)
        if before is not pane:
            self._grid.settle(pane)
