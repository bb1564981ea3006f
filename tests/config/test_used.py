"""No setting is decoration: the program reads every one."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

import agentdesk
from agentdesk.config import ClientSettings, ServerSettings
from agentdesk.config.convert import settings_of

SOURCE = Path(agentdesk.__file__).parent
READERS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in SOURCE.rglob("*.py")
    if path.relative_to(SOURCE).parts[0] != "config" or path.name in ("rules.py", "load.py", "hours.py")
)


def names(struct: type[msgspec.Struct]) -> list[str]:
    return sorted({re.split(r"[.\[\]]+", name)[-1] for name in settings_of(struct)})


CHANNELS = {"chat", "email", "call", "message", "callback", "task"}
DAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}


@pytest.mark.parametrize("name", [name for name in names(ServerSettings) if name not in CHANNELS | DAYS])
def test_the_server_reads_it(name: str) -> None:
    assert re.search(rf'[."]{name}\b', READERS)


@pytest.mark.parametrize("name", names(ClientSettings))
def test_the_client_reads_it(name: str) -> None:
    assert re.search(rf"settings\.{name}\b", READERS)
