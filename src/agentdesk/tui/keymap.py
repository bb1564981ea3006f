"""A user's own keys, the `keys` of client.yaml: checked as a whole, every problem reported with its line.

    keys:
      offer.take: [f3]
      read.older: [pageup, ctrl+b]
      pane.zoom: []            # no key; still in the palette

`App.set_keymap(result.keymap)` applies it, since every binding carries its action's id.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import msgspec
from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from agentdesk.tui.actions import ACTIONS, BY_ID, EDITING, TOGETHER, Action
from agentdesk.tui.marked_yaml import UnreadableYaml, read_mapping
from agentdesk.tui.shortcuts import label

KEYS_MAX = 8
"""Keys one action may have."""

UNBOUND = "f24"
"""Stands for "no key": Textual has no empty binding, and no keyboard sends this one."""

_OWNED = {
    "ctrl+c": "terminals interrupt with it",
    "ctrl+s": "terminals stop the screen with it",
    "ctrl+q": "terminals start the screen again with it",
    "ctrl+z": "terminals suspend with it",
    "ctrl+h": "it is Backspace in many terminals",
    "ctrl+i": "it is Tab in terminals",
    "ctrl+j": "it is Enter in many terminals",
    "ctrl+m": "it is Enter in terminals",
    "ctrl+left_square_bracket": "it is Escape in terminals",
    "f10": "terminals open their menu with it",
    "f11": "terminals go to full screen with it",
}
_alt_letter = re.compile(r"alt\+[a-zA-Z]")
_names = frozenset(key.value for key in Keys if "+" not in key.value and "<" not in key.value)
_modifiers = ("ctrl", "shift", "alt")


class KeymapResult(msgspec.Struct, frozen=True):
    """What to give to `App.set_keymap`, and one line for each problem; with any problem the keymap is empty."""

    keymap: dict[str, str]
    problems: tuple[str, ...]

    def report(self) -> str:
        """All problems as one text for one notification; empty when there are none."""
        if not self.problems:
            return ""
        return "\n".join(["Your keymap is not used until this is put right:", *self.problems])


def keymap_for(keys: Mapping[str, Sequence[str]], path: Path | None = None) -> KeymapResult:
    """Check a user's `keys`; `path` is the settings file they came from, where lines are looked up."""
    lines = _lines(path)
    source = path.name if path is not None else "keys"
    problems: set[tuple[int, str]] = set()
    wanted: dict[str, tuple[str, ...]] = {}
    for action_id, values in keys.items():
        action = BY_ID.get(action_id)
        if action is None:
            problems.add((lines.get(action_id, 0), _unknown_action(action_id)))
            continue
        wanted[action_id], wrong = _keys(values, action)
        problems.update((lines.get(action_id, 0), f"{action_id}: {words}") for words in wrong)
    problems.update((lines.get(ours, 0), words) for ours, words in _clashes(wanted))
    if problems:
        return KeymapResult({}, tuple(f"{source}:{line or '?'}: {words}" for line, words in sorted(problems)))
    return KeymapResult({action_id: ",".join(keys) or UNBOUND for action_id, keys in wanted.items()}, ())


def _lines(path: Path | None) -> dict[str, int]:
    """Where each action's keys stand in the settings file, as far as it can be read."""
    try:
        found = read_mapping(path) if path is not None and path.exists() else {}
    except UnreadableYaml:
        return {}
    return {name.removeprefix("keys."): marked.line for name, marked in found.items() if name.startswith("keys.")}


def normal(key: str) -> str:
    """Textual's own name of a key: `?` and `question_mark` are one."""
    if key == ",":
        return "comma"
    return next(iter(Binding.make_bindings([Binding(key, "none")]))).key


def _character(name: str) -> str:
    """The character a key name stands for (question_mark: ?), or the name itself."""
    back = {new: old for old, new in KEY_NAME_REPLACEMENTS.items()}
    try:
        character = unicodedata.lookup(back.get(name, name).replace("_", " "))
    except KeyError:
        return name
    return character if character.isprintable() else name


def _unknown_action(action_id: str) -> str:
    near = get_close_matches(action_id, BY_ID, 1)
    return f"{action_id} is not an action" + (f"; did you mean {near[0]}?" if near else "")


def _keys(values: Sequence[str], action: Action) -> tuple[tuple[str, ...], list[str]]:
    """The keys written for an action, and what is wrong with each."""
    if len(values) > KEYS_MAX:
        return (), [f"at most {KEYS_MAX} keys"]
    keys, wrong = [], []
    for text in values:
        if not _known(text):
            wrong.append(f"{text!r} is not a key; write one like f3, ctrl+b, pageup or ?")
        elif words := _unsuited(normal(text), action):
            wrong.append(f"{text}: {words}")
        else:
            keys.append(normal(text))
    return tuple(keys), wrong


def _known(key: str) -> bool:
    if len(key) == 1:
        return key.isprintable() and key != " "
    *modifiers, name = key.split("+")
    if any(modifier not in _modifiers for modifier in modifiers):
        return False
    return bool(name) and (name in _names or (len(name) == 1 and name.isalnum()) or len(_character(name)) == 1)


def _unsuited(key: str, action: Action) -> str | None:
    """Why a known key can't be used for this action, or None."""
    if key in _OWNED:
        return _OWNED[key]
    if _alt_letter.fullmatch(key):
        return "terminals and layouts own Alt with a letter"
    if "ctrl" in key and "shift" in key:
        return "many terminals send the same for it with and without Shift"
    if action.context in ("desk", "compose") and (len(key) == 1 or (len(_character(key)) == 1 and "+" not in key)):
        return "it is text while you write; choose a function key or one with Ctrl"
    return None


def _clashes(wanted: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """(overridden action id, words) for each key that would mean two things at once."""
    holders: dict[str, list[Action]] = {}
    for action in ACTIONS:
        for key in wanted.get(action.id, tuple(map(normal, action.keys))):
            holders.setdefault(key, []).append(action)
    editing = {key for key, _ in EDITING}
    for key, actions in holders.items():
        for action in actions:
            if action.id not in wanted:
                continue
            if key in editing and action.context in ("desk", "compose"):
                yield action.id, f"{action.id}: {label(key)} moves or edits text while you write"
            others = [o for o in actions if o is not action and o.context in TOGETHER[action.context]]
            if others:
                yield action.id, f"{action.id}: {label(key)} is also {_list(others)}; give that another key too"


def _list(actions: Iterable[Action]) -> str:
    return " and ".join(f"{action.id} ({action.description})" for action in actions)


def default_clashes() -> list[str]:
    """Clashes among the registry's own keys; a test holds this empty."""
    everything = {action.id: tuple(map(normal, action.keys)) for action in ACTIONS}
    return [words for _, words in _clashes(everything)]
