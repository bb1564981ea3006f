"""Esc and a letter that arrive together: the terminal sends the same bytes for Alt with that letter.

tmux holds Esc back for half a second and sends it with what comes next, a slow line does it by itself. Alt with a
letter or a digit is bound to nothing here, so what the hand did is known: it pressed Esc, then the letter.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.events import Key


def know_digits() -> None:
    """Let Textual read Esc and a digit as such, not as what Option with it types on a Mac (`¡` for 1)."""
    for digit in "0123456789":
        ANSI_SEQUENCES_KEYS.pop(f"\x1b{digit}", None)  # type: ignore[attr-defined]


def apart(event: Key, bound: Iterable[str] = ()) -> tuple[Key, ...]:
    """Esc and the key it arrived with; nothing when that is not what came, or somebody bound it."""
    character = event.character
    if not event.key.startswith("alt+") or character is None or not character.isalnum() or event.key in bound:
        return ()
    return Key("escape", "\x1b"), Key(character, character)
