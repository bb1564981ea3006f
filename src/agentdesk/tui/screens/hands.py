"""Which method of the desk each action of the registry runs; a test holds it to the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agentdesk.core.commands import AcceptOffer, DeclineOffer, Hold, Resume, TakeNext
from agentdesk.core.model import EMAIL, State
from agentdesk.tui import presenter

if TYPE_CHECKING:
    from agentdesk.client.mirror import Conversation
    from agentdesk.tui.screens.desk import DeskScreen

Hand = Callable[[], object]


def hands(desk: DeskScreen) -> dict[str, Hand]:
    """Every action of the contexts `desk` and `command`."""
    groups = (_app, _offers, _panes, _writing, _lost, _talking, _reading)
    return {action: hand for group in groups for action, hand in group(desk).items()}


def _app(desk: DeskScreen) -> dict[str, Hand]:
    panels = desk.panels
    return {
        "help.keys": lambda: panels.help(desk.help_contexts),
        "help.here": lambda: panels.help(desk.help_contexts),
        "app.palette": panels.palette,
        "app.command_line": panels.palette,
        "app.sign_in": desk.sign_in,
        "app.quit": lambda: panels.quit(desk.unsent()),
        "app.theme": desk.next_theme,
        "app.picture": desk.save_picture,
        "presence.set": panels.presence,
        "presence.toggle": panels.toggle_presence,
        "customer.panel": desk.go_customer,
        "customer.search": lambda: panels.search(desk.talk.conversation(desk.talk.current)),
    }


def _offers(desk: DeskScreen) -> dict[str, Hand]:
    def take() -> None:
        offer = presenter.sorted_offers(desk.port.mirror)[0]
        desk.taking.add(offer.interaction_id)
        desk.port.submit(AcceptOffer(offer.id))

    def decline() -> None:
        desk.port.submit(DeclineOffer(presenter.sorted_offers(desk.port.mirror)[0].id))

    return {
        "offer.take": take,
        "offer.accept": take,
        "offer.decline": decline,
        "offer.next": lambda: desk.port.submit(TakeNext()),
        "offer.pick": desk.panels.pick,
        "why.ask": lambda: desk.panels.why(desk.talk.conversation(desk.talk.current)),
    }


def _panes(desk: DeskScreen) -> dict[str, Hand]:
    talk = desk.talk
    digits = {f"pane.{slot}": lambda slot=slot: desk.go(talk.at(slot)) for slot in range(1, 7)}
    sides = {f"pane.{side}": lambda side=side: desk.go(talk.beside(side)) for side in ("left", "right", "up", "down")}
    return {
        **digits,
        **sides,
        "pane.urgent": lambda: desk.go(talk.most_urgent()),
        "pane.next": lambda: desk.go(talk.next()),
        "pane.zoom": desk.zoom,
    }


def _writing(desk: DeskScreen) -> dict[str, Hand]:
    def write(mode: str) -> None:
        if desk.talk.current is not None:
            desk.talk.current.write(mode)

    def reply() -> None:
        if desk.situation.channel == EMAIL:
            desk.mailing.reply(desk.talk.current)
        write("reply")

    def note_or_reply() -> None:
        pane = desk.talk.current
        if pane is not None and pane.composer.composing:
            pane.composer.toggle_mode()
        elif pane is not None:
            pane.write("note" if pane.composer.mode == "reply" else "reply")

    return {
        "write.reply": reply,
        "write.reply_all": lambda: desk.mailing.reply_all(desk.talk.current),
        "write.forward": lambda: desk.mailing.forward(desk.talk.current),
        "write.header": lambda: desk.mailing.address(desk.talk.current),
        "write.editor": desk.edit_outside,
        "write.note": lambda: write("note"),
        "write.note_anywhere": note_or_reply,
        "write.canned": desk.canned,
        "write.canned_here": desk.canned,
    }


def _lost(desk: DeskScreen) -> dict[str, Hand]:
    def retry() -> None:
        desk.sending.retry(desk.talk.current)
        if desk.situation.mails_lost:
            desk.mailing.retry(desk.talk.current)

    def take_back() -> None:
        if desk.situation.failed_sends:
            desk.sending.take_back(desk.talk.current)
        else:
            desk.mailing.take_back(desk.talk.current)

    return {"write.retry": retry, "write.retry_anywhere": retry, "write.take_back": take_back}


def _talking(desk: DeskScreen) -> dict[str, Hand]:
    def end() -> None:
        if desk.talk.current is not None:
            desk.wrapping.end(desk.talk.current)

    def on_conversation(hand: Callable[[Conversation], object]) -> Hand:
        def run() -> None:
            conversation = desk.talk.conversation(desk.talk.current)
            if conversation is not None:
                hand(conversation)

        return run

    def hold(conversation: Conversation) -> None:
        laid_down = conversation.interaction.state in (State.HELD, State.SNOOZED)
        number = conversation.interaction.id
        desk.port.submit(Resume(number) if laid_down else Hold(number))

    return {
        "talk.end": end,
        "talk.end_here": end,
        "talk.hold": on_conversation(hold),
        "talk.snooze": on_conversation(desk.panels.snooze),
        "talk.tags": on_conversation(desk.panels.tags),
        "customer.edit": on_conversation(desk.panels.customer),
        "talk.transfer": on_conversation(desk.panels.transfer),
    }


def _reading(desk: DeskScreen) -> dict[str, Hand]:
    def on_pane(hand: str, *args: object) -> Hand:
        def run() -> None:
            if desk.talk.current is not None:
                getattr(desk.talk.current.transcript, hand)(*args)
                desk.show_soon()

        return run

    def find() -> None:
        if desk.talk.current is not None:
            desk.talk.current.finder.open()

    def step(by: int) -> None:
        if desk.talk.current is not None:
            desk.talk.current.find_step(by)

    return {
        "read.older": on_pane("go_pages", -1),
        "read.newer": on_pane("go_pages", 1),
        "read.first": on_pane("go_first"),
        "read.last": on_pane("go_last"),
        "read.unfold": on_pane("fold_or_unfold"),
        "read.save_file": desk.save_file,
        "read.find": find,
        "read.find_older": lambda: step(-1),
        "read.find_newer": lambda: step(1),
    }
