"""The one registry of what a hand can do; bindings, palette, footer, help and docs/keys.md all come from here.

An action is named `group.verb` and belongs to one context:

- `desk`      anywhere on the desk, also while text is being typed, so its keys are never text
- `command`   while commanding: single letters act
- `compose`   while composing: keys are text, except these
- `wrapup`, `picker`, `monitor`   in that panel or mode only

A screen shows a context by `BINDINGS = bindings_for("desk", "command")` and one method `action_act(self, id)`.
Users rebind by action id (`agentdesk.tui.keymap`), which Textual applies by binding id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
from textual.binding import Binding, BindingType

CONTEXTS = ("desk", "command", "compose", "wrapup", "picker", "monitor")

TOGETHER = {
    "desk": frozenset({"desk", "command", "compose", "wrapup"}),
    "command": frozenset({"desk", "command"}),
    "compose": frozenset({"desk", "compose"}),
    "wrapup": frozenset({"desk", "wrapup"}),
    "picker": frozenset({"picker"}),
    "monitor": frozenset({"monitor"}),
}
"""The contexts that can be active at once: one key may mean two things only in contexts that never meet."""


class Situation(msgspec.Struct, frozen=True):
    """What an action's condition may look at: the desk as the agent sees it now."""

    signed_in: bool = True
    signed_out: bool = False
    """Whether the server wants the password again before this desk goes on."""
    connected: bool = True
    role: str = "agent"
    presence: str = "available"
    panes: int = 0
    pane_state: str = ""
    """State of the focused pane's interaction: active, wrapping, closed …, or "" without a pane."""
    offers: int = 0
    failed_sends: int = 0
    may_pick: bool = False
    channel: str = ""
    """Of the focused pane's interaction."""
    mails_held: int = 0
    """Mails of the focused pane that have not gone out yet."""
    mails_lost: int = 0
    """Mails of it that failed, came back, or of which nobody knows whether they arrived."""


Condition = Callable[[Situation], str | None]
"""None when the action can be done, else the reason why not, as a sentence an agent reads."""


def always(situation: Situation) -> str | None:
    """No condition."""
    return None


def _signed_in(s: Situation) -> str | None:
    return None if s.signed_in else "Sign in first."


def _signed_out(s: Situation) -> str | None:
    return None if s.signed_out else "You are signed in."


def _has_offer(s: Situation) -> str | None:
    return None if s.offers else "Nothing is offered to you now."


def _has_pane(s: Situation) -> str | None:
    return None if s.panes else "No conversation is open."


def _talking(s: Situation) -> str | None:
    if not s.panes:
        return "No conversation is open."
    if s.pane_state == "snoozed":
        return "This conversation is snoozed; take it up first."
    return None if s.pane_state in ("active", "held") else "This conversation has ended."


def _open(s: Situation) -> str | None:
    if not s.panes:
        return "No conversation is open."
    return None if s.pane_state in ("active", "held", "snoozed", "wrapping") else "This conversation is closed."


def _underway(s: Situation) -> str | None:
    return None if s.pane_state == "snoozed" else _talking(s)


def _mail(s: Situation) -> str | None:
    return _has_pane(s) or (None if s.channel == "email" else "This is no mail.")


def _answering_mail(s: Situation) -> str | None:
    return _mail(s) or _talking(s)


def _several_panes(s: Situation) -> str | None:
    return None if s.panes > 1 else "Only one conversation is open."


def _has_failed(s: Situation) -> str | None:
    return None if s.failed_sends or s.mails_lost else "Nothing failed to send here."


def _can_take_back(s: Situation) -> str | None:
    return None if s.failed_sends or s.mails_lost or s.mails_held else "Nothing here can be taken back."


def _may_pick(s: Situation) -> str | None:
    return None if s.may_pick else "You may not take what waits out of its order; an admin permits it."


class Action(msgspec.Struct, frozen=True):
    """One thing a hand can do. `keys` are Textual key names; the first is the one shown."""

    id: str
    keys: tuple[str, ...]
    description: str
    group: str
    context: str
    enabled: Condition = always
    footer: bool = False
    """Whether the footer shows it."""
    short: str = ""
    """What the footer calls it; the description where it is empty."""


def _pane_actions() -> Iterator[Action]:
    for number in range(1, 7):
        yield Action(f"pane.{number}", (str(number),), f"Go to pane {number}", "Panes", "command", _has_pane)


ACTIONS: tuple[Action, ...] = (
    Action("help.keys", ("f1",), "Keys that work here", "Help", "desk", footer=True, short="keys"),
    Action("help.here", ("?",), "Keys that work here", "Help", "command"),
    Action("app.palette", ("ctrl+p",), "All actions", "Help", "desk", footer=True, short="all"),
    Action("app.command_line", (":",), "All actions", "Help", "command"),
    Action("app.sign_in", ("ctrl+l",), "Sign in again", "Help", "desk", _signed_out, footer=True, short="sign in"),
    Action("app.quit", ("Q",), "Leave agentdesk", "Help", "command"),
    Action("app.theme", (), "Change the theme", "Help", "desk"),
    Action("app.picture", (), "Save a picture of the screen", "Help", "desk"),
    Action(
        "presence.set", ("p",), "Set your presence", "Presence", "command", _signed_in, footer=True, short="presence"
    ),
    Action("presence.toggle", ("f6",), "Available or away", "Presence", "desk", _signed_in),
    Action("offer.take", ("f3",), "Take the offer", "Offers", "desk", _has_offer, footer=True, short="take"),
    Action("offer.accept", ("a",), "Take the offer", "Offers", "command", _has_offer),
    Action("offer.decline", ("d",), "Decline the offer", "Offers", "command", _has_offer),
    Action("offer.next", ("x",), "Take the next that waits", "Offers", "command", _signed_in),
    Action("offer.pick", ("P",), "Pick what waits, out of its order", "Offers", "command", _may_pick),
    Action("why.ask", ("w",), "Why: what waits, what was offered, me", "Why", "command", _signed_in),
    Action("pane.urgent", ("f2",), "Go to the most urgent", "Panes", "desk", _has_pane, footer=True, short="urgent"),
    *_pane_actions(),
    Action("pane.next", ("f5",), "Next pane", "Panes", "desk", _several_panes),
    Action("pane.left", ("left", "h"), "Pane to the left", "Panes", "command", _several_panes),
    Action("pane.right", ("right", "l"), "Pane to the right", "Panes", "command", _several_panes),
    Action("pane.up", ("up", "k"), "Pane above", "Panes", "command", _several_panes),
    Action("pane.down", ("down", "j"), "Pane below", "Panes", "command", _several_panes),
    Action("pane.zoom", ("z",), "One pane or all", "Panes", "command", _has_pane, footer=True, short="zoom"),
    Action("write.reply", ("r", "enter"), "Reply", "Writing", "command", _talking, footer=True, short="reply"),
    Action("write.note", ("n",), "Internal note", "Writing", "command", _has_pane, footer=True, short="note"),
    Action(
        "write.note_anywhere", ("f9",), "Note or reply", "Writing", "desk", _has_pane, footer=True, short="note/reply"
    ),
    Action("write.canned", ("f4",), "Canned response", "Writing", "desk", _talking, footer=True, short="canned"),
    Action("write.canned_here", ("c",), "Canned response", "Writing", "command", _talking),
    Action("write.retry", ("y",), "Send again what failed", "Writing", "command", _has_failed),
    Action(
        "write.retry_anywhere",
        ("ctrl+r",),
        "Send again what failed",
        "Writing",
        "desk",
        _has_failed,
        footer=True,
        short="send again",
    ),
    Action(
        "write.take_back", ("u",), "Take back what failed, or a mail that is held", "Writing", "command", _can_take_back
    ),
    Action("write.reply_all", ("A",), "Mail: reply to all", "Writing", "command", _answering_mail),
    Action("write.forward", ("F",), "Mail: forward", "Writing", "command", _answering_mail),
    Action(
        "write.header",
        ("ctrl+t",),
        "Mail: to, cc, bcc, subject, when",
        "Writing",
        "desk",
        _answering_mail,
        footer=True,
        short="to/subject",
    ),
    Action("write.editor", ("ctrl+g",), "Write in your own editor ($EDITOR)", "Writing", "desk", _has_pane),
    Action("compose.send", ("enter",), "Send", "Writing", "compose", footer=True, short="send"),
    Action("compose.newline", ("shift+enter", "ctrl+o"), "New line", "Writing", "compose"),
    Action("compose.leave", ("escape",), "Command keys", "Writing", "compose", footer=True, short="commands"),
    Action("compose.complete", ("tab",), "Expand /shortcode", "Writing", "compose"),
    Action("compose.older", ("ctrl+up",), "What you sent before", "Writing", "compose"),
    Action("compose.newer", ("ctrl+down",), "Back to newer", "Writing", "compose"),
    Action("talk.end", ("f8",), "End, then wrap up", "Conversation", "desk", _open, footer=True, short="end"),
    Action("talk.end_here", ("e",), "End, then wrap up", "Conversation", "command", _open),
    Action("talk.tags", ("T",), "Tags of this conversation", "Conversation", "command", _underway),
    Action("talk.transfer", ("t",), "Transfer to a queue or a colleague", "Conversation", "command", _talking),
    Action("talk.hold", ("o",), "Put on hold, or resume", "Conversation", "command", _underway),
    Action("talk.snooze", ("s",), "Snooze until a time", "Conversation", "command", _talking),
    Action("customer.panel", ("f7",), "Customer panel", "Customer", "desk", _has_pane, footer=True, short="customer"),
    Action("customer.edit", ("C",), "Change the customer: name, tags, what is known", "Customer", "command", _open),
    Action("customer.search", ("f",), "Search all history", "Customer", "command", _signed_in),
    Action("read.older", ("pageup",), "Scroll up", "Reading", "desk", _has_pane),
    Action("read.newer", ("pagedown",), "Scroll down", "Reading", "desk", _has_pane),
    Action("read.first", ("home", "g"), "To the beginning", "Reading", "command", _has_pane),
    Action("read.last", ("end", "G"), "To the end, and follow", "Reading", "command", _has_pane),
    Action(
        "read.unfold",
        ("v",),
        "Mail: unfold or fold history and signatures",
        "Reading",
        "command",
        _mail,
        True,
        "unfold",
    ),
    Action("read.save_file", ("S",), "Save the newest attachment", "Reading", "command", _has_pane),
    Action("read.find", ("/",), "Search in this conversation", "Reading", "command", _has_pane),
    Action("read.find_older", ("<",), "Match before", "Reading", "command", _has_pane),
    Action("read.find_newer", (">",), "Match after", "Reading", "command", _has_pane),
    Action("wrapup.done", ("enter",), "Done", "Wrap-up", "wrapup", footer=True, short="done"),
    Action("wrapup.back", ("escape",), "Back to the conversation", "Wrap-up", "wrapup", footer=True, short="leave"),
    Action("wrapup.next", ("tab", "down"), "Next field", "Wrap-up", "wrapup"),
    Action("wrapup.previous", ("shift+tab", "up"), "Field before", "Wrap-up", "wrapup"),
    Action("picker.use", ("enter",), "Use it", "Lists", "picker", footer=True, short="use"),
    Action("picker.close", ("escape",), "Close", "Lists", "picker", footer=True, short="close"),
    Action("picker.up", ("up",), "One up", "Lists", "picker"),
    Action("picker.down", ("down",), "One down", "Lists", "picker"),
    Action("picker.scope", ("tab",), "This customer or everybody", "Lists", "picker"),
    Action(
        "monitor.order", ("o",), "Order agents by state, name or load", "Monitor", "monitor", footer=True, short="order"
    ),
    Action("monitor.up", ("up", "k"), "Agents: a row up", "Monitor", "monitor"),
    Action("monitor.down", ("down", "j"), "Agents: a row down", "Monitor", "monitor"),
    Action("monitor.why", ("w",), "Why: an agent, or what waits", "Monitor", "monitor", footer=True, short="why"),
    Action("monitor.ledger", ("l",), "Agents: what they do, or what they did today", "Monitor", "monitor"),
    Action("monitor.help", ("?", "f1"), "Keys that work here", "Monitor", "monitor", footer=True, short="keys"),
    Action("monitor.palette", ("ctrl+p", ":"), "All actions", "Monitor", "monitor", footer=True, short="all"),
    Action("monitor.quit", ("q", "Q"), "Leave the monitor", "Monitor", "monitor", footer=True, short="leave"),
)

EDITING: tuple[tuple[str, str], ...] = (
    ("up", "cursor_up"),
    ("down", "cursor_down"),
    ("left", "cursor_left"),
    ("right", "cursor_right"),
    ("ctrl+left", "cursor_word_left"),
    ("ctrl+right", "cursor_word_right"),
    ("home", "cursor_line_start"),
    ("ctrl+a", "cursor_line_start"),
    ("end", "cursor_line_end"),
    ("ctrl+e", "cursor_line_end"),
    ("shift+up", "cursor_up(True)"),
    ("shift+down", "cursor_down(True)"),
    ("shift+left", "cursor_left(True)"),
    ("shift+right", "cursor_right(True)"),
    ("shift+home", "cursor_line_start(True)"),
    ("shift+end", "cursor_line_end(True)"),
    ("backspace", "delete_left"),
    ("delete", "delete_right"),
    ("ctrl+w", "delete_word_left"),
    ("ctrl+backspace", "delete_word_left"),
    ("ctrl+u", "delete_to_start_of_line"),
    ("ctrl+k", "delete_to_end_of_line"),
    ("ctrl+x", "cut"),
    ("ctrl+v", "paste"),
    ("ctrl+underscore", "undo"),
    ("ctrl+y", "redo"),
)
"""Keys of the line editor while composing, and what they do there; fixed, so that hands can rely on them."""

BY_ID = {action.id: action for action in ACTIONS}


def in_contexts(*contexts: str) -> list[Action]:
    """The actions of these contexts, in the registry's order."""
    return [action for action in ACTIONS if action.context in contexts]


def bindings_for(*contexts: str) -> list[BindingType]:
    """Textual bindings of these contexts. Each runs `action_act(id)` on the node that has them."""
    return [_binding(action) for action in in_contexts(*contexts) if action.keys]


def bindings_of(*action_ids: str) -> list[BindingType]:
    """Textual bindings of single actions, for panels that need a few of another context."""
    return [_binding(BY_ID[action_id]) for action_id in action_ids]


def _binding(action: Action) -> Binding:
    keys, run = ",".join(action.keys), f"act('{action.id}')"
    return Binding(keys, run, action.description, id=action.id, show=action.footer)


def why_not(action_id: str, situation: Situation) -> str | None:
    """None when the action can be done now, else the reason to show."""
    return BY_ID[action_id].enabled(situation)


FOOTER_FIRST = ("app.sign_in", "offer.take", "write.retry_anywhere")
"""Shown before everything else, since they don't wait."""


def footer(context: str, situation: Situation) -> list[Action]:
    """What the footer shows of what can be done now: what doesn't wait, then this context's, then the desk's."""
    own = [] if context == "desk" else in_contexts(context)
    rest = [] if context == "monitor" else in_contexts("desk")
    shown = [a for a in (*own, *rest) if a.footer and a.enabled(situation) is None]
    return sorted(shown, key=lambda a: FOOTER_FIRST.index(a.id) if a.id in FOOTER_FIRST else len(FOOTER_FIRST))


def palette(context: str, situation: Situation) -> list[tuple[Action, str | None]]:
    """All actions that reach from this context, with the reason why not for those that can't be done now.

    `context` is `command` or `monitor`; keys that are only the writing of text are left out.
    """
    contexts = ("monitor",) if context == "monitor" else ("desk", "command")
    seen: set[str] = set()
    found = []
    for action in in_contexts(*contexts):
        if action.description not in seen:
            seen.add(action.description)
            found.append((action, action.enabled(situation)))
    return found
