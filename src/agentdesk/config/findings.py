"""What a check of settings finds, and the checks that several of them need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from agentdesk.config.convert import Key
from agentdesk.config.problems import nearest


class Finding(NamedTuple):
    """A rule that a setting breaks."""

    key: Key
    message: str
    remedy: str = ""


def twice(named: Iterable[tuple[Key, str]]) -> Iterator[Finding]:
    """Names that are there twice."""
    seen: set[str] = set()
    for key, name in named:
        if name in seen:
            yield Finding(key, f"{name!r} is there twice.", "Give each another one.")
        seen.add(name)


def unknown(what: str, names: Iterable[str], known: Iterable[str], key: Key) -> Iterator[Finding]:
    """Names in a list that there are none of."""
    there = frozenset(known)
    for place, name in enumerate(names):
        if name not in there:
            yield Finding((*key, place), f"there is no {what} {name!r}.", nearest(name, there))


def timezone(name: str, key: Key) -> Iterator[Finding]:
    """A name that is no time zone."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        close = nearest(name, available_timezones())
        remedy = close if close.startswith("Did") else "Write it like Asia/Jakarta."
        yield Finding(key, f"{name!r} is not a time zone.", remedy)
