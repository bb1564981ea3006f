"""What the desk says: banners, hints, refusals and errors, each as what happened, where, and what to do."""

from __future__ import annotations

from agentdesk.client.mirror import Mirror
from agentdesk.client.port import LinkState
from agentdesk.core.commands import ClientCommand, Refused, SaveDraft, SaveWrapup, SendMessage
from agentdesk.core.model import Presence
from agentdesk.errors import DeskError
from agentdesk.tui.presenter import Look
from agentdesk.tui.shortcuts import Shortcuts
from agentdesk.tui.widgets.notice import Trouble

REFUSED_REMEDY = {
    "too_late": "Somebody else has it, or it is over; nothing to do.",
    "no_capacity": "End or wrap up something first.",
    "not_permitted": "Ask a supervisor.",
    "busy": "Try again in a moment.",
    "unknown": "It is gone; the screen will follow.",
}

LINK_REMEDY = {
    "too_many": "Leave with Q, close another screen of yours, and open this one again.",
    "bad_version": "Leave with Q and update the older of client and server.",
}


def banner(link: LinkState, mirror: Mirror, just_back: bool, sign_in_key: str = "") -> Trouble | None:
    """The state of the link while it isn't as it should be, and what came while away."""
    if link.state == "live":
        if not just_back:
            return None
        count = f"{link.missed} event{'s' if link.missed != 1 else ''} arrived while away"
        return Trouble(f"Back online: {count}", level="good")
    waiting = _waiting(mirror)
    kept = "What you type stays here and goes out by itself."
    if waiting:
        kept = f"{waiting} message{'s' if waiting != 1 else ''} will go out when the link is back."
    if link.needs_sign_in and mirror.user and sign_in_key:
        then = f"{waiting} message{'s wait' if waiting != 1 else ' waits'}." if waiting else "What you type stays here."
        return Trouble("Signed out", remedy=f"{sign_in_key} signs in again. {then}", level="late")
    if link.state == "refused":
        remedy = LINK_REMEDY.get(link.code, "Leave with Q and run: agentdesk login")
        return Trouble("The server refuses this sign-in", link.detail, remedy=remedy, level="late")
    again = f", trying again in {link.retry_in_s:.0f} s" if link.retry_in_s else ", trying again"
    if link.state == "connecting" and not mirror.user:
        return Trouble("Connecting to the server …", level="dim")
    return Trouble(f"Offline{again}", remedy=kept, level="late")


def hint(mirror: Mirror, shortcuts: Shortcuts) -> str:
    """What to press when nothing is mine."""
    presence = mirror.agent.presence if mirror.agent else Presence.OFFLINE
    if presence is Presence.AVAILABLE:
        return "Nothing yet: work comes by itself."
    return f"{shortcuts.of('presence.toggle')} makes you available."


def empty(mirror: Mirror, link: LinkState, shortcuts: Shortcuts) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What stands where the panes will be."""
    presence = mirror.agent.presence if mirror.agent else Presence.OFFLINE
    key = shortcuts.of
    more = ((key("customer.search"), "search everything that was said"), (key("help.keys"), "all keys"))
    if not mirror.user:
        text = "The desk shows as soon as the server answers."
        title = {"refused": "Not signed in", "offline": "Waiting for the server"}.get(link.state, "Connecting")
        return title, link.detail or text, ((key("app.quit"), "leave"),)
    if presence is Presence.AVAILABLE:
        text = "You are available. An offer shows at the left and rings; what you type is never taken for it."
        keys = ((key("offer.take"), "take an offer"), (key("offer.decline"), "decline it"))
        return "Nobody needs you yet", text, (*keys, (key("presence.set"), "go away, with a reason"), *more)
    if presence is Presence.NOT_RESPONDING:
        text = "You missed an offer, so the desk stopped offering you work."
        return "Not responding", text, ((key("presence.toggle"), "be available again"), *more)
    text = "Work is offered to you once you are available."
    return (
        "Ready when you are",
        text,
        ((key("presence.toggle"), "be available"), (key("presence.set"), "say how you are"), *more),
    )


def refusal(command: ClientCommand, answer: Refused, look: Look) -> Trouble:
    """The desk said no."""
    asked = type(command).__name__
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in asked).strip()
    return Trouble(f"Not done: {spaced}", look.name(answer.message), remedy=REFUSED_REMEDY.get(answer.code, ""))


def error(failure: DeskError, look: Look, where: str) -> Trouble:
    """Something the server or the network did not do."""
    return Trouble(failure.title, look.name(failure.message), where, look.name(failure.remedy))


def unsent(mirror: Mirror, link: LinkState) -> str:
    """What would be lost by leaving now; drafts that are on the server are not."""
    failed = sum(bool(p.failed) for c in mirror.conversations.values() for p in c.pending)
    waiting = _waiting(mirror)
    if waiting and link.state != "live":
        until = "until you have signed in" if link.needs_sign_in else "for the server to come back"
        return f"{waiting} message{'s wait' if waiting != 1 else ' waits'} {until}."
    if failed:
        return f"{failed} message{'s' if failed != 1 else ''} could not be sent."
    writing = any(isinstance(command, SaveDraft | SaveWrapup) for command in mirror.asked.values())
    return "What you were writing is not on the server yet." if writing and link.state != "live" else ""


def _waiting(mirror: Mirror) -> int:
    return sum(isinstance(command, SendMessage) for command in mirror.asked.values())
