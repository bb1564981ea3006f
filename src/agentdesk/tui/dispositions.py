"""How a conversation can end, and what the wrap-up form holds. Pure, and loaded without the form."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """A disposition as the form shows it."""

    code: str
    label: str
    key: str = ""


class Filled(msgspec.Struct, frozen=True):
    """What the form holds."""

    disposition: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""


def matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices that what was typed can mean: its code or a word of its label begins so."""
    wanted = typed.casefold().strip()
    if not wanted:
        return list(choices)
    return [choice for choice in choices if _begins(choice, wanted)]


def _begins(choice: Choice, wanted: str) -> bool:
    code = choice.code.casefold()
    words = [code, *code.split("/"), choice.label.casefold(), *choice.label.casefold().split()]
    return any(word.startswith(wanted) for word in words)


def by_key(choices: Sequence[Choice], key: str) -> Choice | None:
    """The choice that one key picks."""
    return next((choice for choice in choices if choice.key and choice.key == key), None)
