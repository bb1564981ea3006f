"""What the desk says about a mail: how far it got, what sort it is, what was wrong with it. Pure.

A relay's words are foreign text: whoever draws what is returned here cleans it.
"""

from __future__ import annotations

from agentdesk.core.mail import LOST, MailHead, Send
from agentdesk.core.mail import Delivery as Sent
from agentdesk.core.model import Interaction
from agentdesk.tui.ages import clock
from agentdesk.tui.transcript_log import Delivery

HOUR_MS = 3_600_000
"""What goes out within this counts down; what goes out later has a time."""

KINDS = {
    "auto_reply": "an automatic reply",
    "delivery_report": "a delivery report",
    "mailing_list": "from a mailing list",
    "loop": "one of our own mails that came round again",
}
NOTES = {
    "headers_cut": "it has more above its text than is kept",
    "parts_cut": "it has more parts than are read",
    "depth_cut": "it is nested deeper than is read",
    "text_cut": "its text is longer than is shown",
    "unknown_charset": "its characters are of a kind that nobody knows",
    "damaged_text": "some of its characters are damaged",
    "truncated": "its end is missing",
    "no_boundary": "where its parts begin had to be guessed",
    "winmail": "what is attached is in Outlook's own wrapping",
    "hidden_text": "it has text that its writer made invisible",
}


def remarks(head: MailHead) -> list[str]:
    """What a reader should know of a mail before its text."""
    kind = "" if head.kind == "normal" else KINDS.get(head.kind, head.kind.replace("_", " "))
    return [*([kind] if kind else []), *(NOTES.get(note, note.replace("_", " ")) for note in head.notes)]


def send_of(message_id: int, interaction: Interaction) -> Send | None:
    """How far one of an interaction's last mails got."""
    return next((send for send in interaction.sends if send.message_id == message_id), None)


def mark(send: Send) -> Delivery:
    """The mark that stands for it in the transcript."""
    if send.state is Sent.SENT:
        return Delivery.SENT
    return Delivery.FAILED if send.state in LOST or send.state is Sent.CANCELLED else Delivery.PENDING


def fate(send: Send, now: int) -> str:
    """How far it got, in words, with what the relay said."""
    said = f": {send.words}" if send.words else ""
    if send.state is Sent.QUEUED:
        return "on its way" if send.due_ms <= now else f"held, goes out {_when(send.due_ms, now)}"
    if send.state is Sent.DEFERRED:
        return f"put off, tried again {_when(send.due_ms, now) if send.due_ms > now else 'now'}{said}"
    return {
        Sent.SENDING: "being handed over",
        Sent.SENT: "sent",
        Sent.FAILED: f"not sent{said}",
        Sent.BOUNCED: f"came back{said}",
        Sent.UNCERTAIN: f"nobody knows whether it arrived{said}",
        Sent.CANCELLED: "taken back",
    }[send.state]


def counting(send: Send, now: int) -> bool:
    """Whether what `fate` says changes with the clock."""
    return send.state in (Sent.QUEUED, Sent.DEFERRED) and send.due_ms <= now + HOUR_MS


def _when(due_ms: int, now: int) -> str:
    from agentdesk.tui.presenter import day_and_time  # which asks this module about mails

    return f"in {clock(due_ms - now)}" if due_ms <= now + HOUR_MS else day_and_time(due_ms)
