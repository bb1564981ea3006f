"""Which key does what now, in the words that are printed on keyboards; a user's own keys are taken into account."""

from __future__ import annotations

from collections.abc import Mapping

from agentdesk.tui.actions import BY_ID, Action

NAMES = {
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Bksp",
    "delete": "Del",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}


class Shortcuts:
    """`changed` are the user's keys by action id; actions not in it have those of the registry."""

    def __init__(self, changed: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._changed = dict(changed or {})

    def keys(self, action: Action) -> tuple[str, ...]:
        """The keys of an action as Textual names them."""
        return self._changed.get(action.id, action.keys)

    def of(self, action: Action | str) -> str:
        """The key shown for an action, or an empty text."""
        keys = self.keys(BY_ID[action] if isinstance(action, str) else action)
        return label(keys[0]) if keys else ""

    def all_of(self, action: Action) -> str:
        """All keys of an action."""
        return " ".join(label(key) for key in self.keys(action))


def label(key: str) -> str:
    """One Textual key as people write it: ^P, F3, Esc, shift+Enter."""
    *modifiers, last = key.split("+") if key != "+" else [key]
    shown = NAMES.get(last, last.upper() if last[:1] == "f" and last[1:].isdigit() else last)
    if modifiers == ["ctrl"] and len(shown) == 1:
        return f"^{shown.upper()}"
    return "+".join([*modifiers, shown])
