"""docs/keys.md, made from the action registry; a test holds the file to this text."""

from __future__ import annotations

from agentdesk.tui.actions import ACTIONS, CONTEXTS, EDITING, Action
from agentdesk.tui.shortcuts import label

_CONTEXT_WORDS = {
    "desk": "Anywhere on the desk, also while you write",
    "command": "While commanding (after Esc): single letters act",
    "compose": "While composing: keys are text, except these",
    "wrapup": "In wrap-up",
    "picker": "In lists: canned responses, search results",
    "monitor": "In `agentdesk monitor`",
}

_HEAD = """# Keys

Made from the action registry by `python -m agentdesk.tui.key_reference > docs/keys.md`; do not edit by hand.

Every key can be changed in `client.yaml` in your settings folder, by the action's id:

```yaml
keys:
  offer.take: [f3]
  read.older: [pageup, ctrl+b]
  pane.zoom: []      # no key; still among all actions
```

Problems are all shown at once, with their lines, and then the keys below stay in force. Keys that terminals or
keyboard layouts own (Ctrl-S, Q, Z, C, H, I, J, M, [, Alt with a letter, F10, F11, Ctrl-Shift) are refused.
"""


def markdown() -> str:
    """The whole page."""
    parts = [_HEAD]
    for context in CONTEXTS:
        actions = [action for action in ACTIONS if action.context == context]
        parts.append(f"## {_CONTEXT_WORDS[context]}\n\n{_table(actions)}")
    rows = "\n".join(f"| `{label(key)}` | {_words(does)} |" for key, does in EDITING)
    parts.append(f"## Editing text (fixed)\n\n| key | what it does |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def _table(actions: list[Action]) -> str:
    rows = [
        f"| {' '.join(f'`{_escaped(label(key))}`' for key in action.keys)} | {action.description} | `{action.id}` |"
        for action in actions
    ]
    return "\n".join(["| key | what it does | id |", "|---|---|---|", *rows, ""])


def _escaped(key: str) -> str:
    return key.replace("|", "\\|")


def _words(does: str) -> str:
    name, select, _ = does.partition("(True)")
    return name.replace("_", " ") + (", selecting" if select else "")


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201  it is a command
