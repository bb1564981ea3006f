"""Rules made ready to look with: phrases folded, patterns and globs compiled, once for each configuration."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from agentdesk.core.model import Rule
from agentdesk.patterns import Pattern, PatternError, glob, words

CONFIGURATIONS_MAX = 4
"""Compiled configurations that are kept: that of the desk, and those that are being tried."""


class Look(NamedTuple):
    """One rule and what its `when` looks for."""

    rule: Rule
    phrases: tuple[str, ...]
    pattern: Pattern | None
    page: tuple[Pattern, ...]
    address: tuple[Pattern, ...]
    attributes: tuple[tuple[str, Pattern], ...]


# By identity: a configuration keeps its rules as one tuple, and comparing them would cost as much as compiling.
_kept: OrderedDict[int, tuple[tuple[Rule, ...], tuple[Look, ...]]] = OrderedDict()


def looks_of(rules: tuple[Rule, ...]) -> tuple[Look, ...]:
    """The rules, compiled; those of the last few configurations are kept."""
    kept = _kept.get(id(rules))
    if kept is not None and kept[0] is rules:
        return kept[1]
    looks = tuple(look for rule in rules if (look := _look(rule)) is not None)
    _kept[id(rules)] = (rules, looks)
    while len(_kept) > CONFIGURATIONS_MAX:
        _kept.popitem(last=False)
    return looks


def _look(rule: Rule) -> Look | None:
    """A rule, compiled; None if its pattern isn't one. Settings are checked before they get here, old events aren't."""
    when = rule.when
    try:
        pattern = Pattern(when.pattern) if when.pattern else None
    except PatternError:
        return None
    return Look(
        rule,
        tuple(folded for text in when.words if (folded := words(text))),
        pattern,
        tuple(map(glob, when.page)),
        tuple(map(glob, when.address)),
        tuple((name, glob(value)) for name, value in when.attributes.items()),
    )
