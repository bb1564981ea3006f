"""What differs between two settings, each setting by its dotted name; queues, rules and the like by their own names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from agentdesk.config.server import ServerSettings

CHANGES_MAX = 200
SHOWN_MAX = 60
NAMED_BY = ("id", "name", "code", "shortcode")

APPLIED = ("desk", "webchat", "queues", "rules", "dispositions", "canned", "canned_file", "away_reasons")
"""Sections that take effect at once …"""
RESTART = (
    "webchat.enabled",
    "webchat.origins",
    "webchat.demo_page",
    "webchat.messages_per_minute",
    "webchat.chats_per_hour",
    "webchat.attachment_bytes",
    "webchat.attachment_types",
)
"""… but for these, which a server reads only when it starts, like every other section."""


class Change(msgspec.Struct, frozen=True):
    """One setting before and after, shortened; empty where it isn't there."""

    key: str
    before: str
    after: str


def differences(before: ServerSettings, after: ServerSettings) -> list[Change]:
    """What differs, in the order of the settings, at most `CHANGES_MAX`."""
    found: list[Change] = []
    for change in _differ(msgspec.to_builtins(before), msgspec.to_builtins(after), ""):
        found.append(change)
        if len(found) == CHANGES_MAX:
            break
    return found


def needs_restart(key: str) -> bool:
    """Whether a setting is read only at the start."""
    if key.partition(".")[0] not in APPLIED:
        return True
    return any(key == one or key.startswith(f"{one}.") for one in RESTART)


def _differ(before: Any, after: Any, key: str) -> Iterator[Change]:
    before, after = _by_name(before), _by_name(after)
    if before == after:
        if isinstance(before, dict) and list(before) != list(after):
            yield Change(key, "in another order", "")
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _differ(before.get(name), after.get(name), f"{key}.{name}" if key else name)
    else:
        yield Change(key, _shown(before), _shown(after))


def _by_name(value: Any) -> Any:
    """A list of entries that have names as the entries by name."""
    if isinstance(value, list | tuple) and value and all(isinstance(one, dict) for one in value):
        name = next((name for name in NAMED_BY if all(name in one for one in value)), None)
        if name is not None:
            return {str(one[name]): one for one in value}
    return value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict) and (name := next((value[name] for name in NAMED_BY if name in value), "")):
        return str(name)[:SHOWN_MAX]
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= SHOWN_MAX else text[: SHOWN_MAX - 1] + "…"
