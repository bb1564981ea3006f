"""The golden frames: what the files say is what the code reads and writes, and docs/protocol.md shows them."""

from __future__ import annotations

import json
import typing
from pathlib import Path
from typing import Any

import pytest

from agentdesk.core.commands import ClientCommand
from agentdesk.core.events import AnyEvent
from agentdesk.protocol import messages as wire
from agentdesk.protocol.codec import decode_client, decode_server, encode
from tests.protocol.vectors import (
    CLIENT_FRAMES,
    COMMANDS,
    EVENTS,
    FOLDER,
    SERVER_FRAMES,
    path_of,
)

DOCS = Path(__file__).parent.parent.parent / "docs" / "protocol.md"


def text_of(name: str) -> str:
    return path_of(name).read_text(encoding="utf-8").removesuffix("\n")


@pytest.mark.parametrize("name", CLIENT_FRAMES)
def test_a_clients_frame(name: str) -> None:
    assert decode_client(text_of(name).encode()) == CLIENT_FRAMES[name]
    assert encode(CLIENT_FRAMES[name]).decode() == text_of(name)


@pytest.mark.parametrize("name", SERVER_FRAMES)
def test_a_servers_frame(name: str) -> None:
    assert decode_server(text_of(name)) == SERVER_FRAMES[name]
    assert grown_from(json.loads(text_of(name)), json.loads(encode(SERVER_FRAMES[name])))


def grown_from(kept: Any, now: Any) -> bool:
    """Whether what is written now has all that was kept; fields that are new are ones an older reader ignores."""
    if isinstance(kept, dict) and isinstance(now, dict):
        return all(name in now and grown_from(value, now[name]) for name, value in kept.items())
    if isinstance(kept, list) and isinstance(now, list):
        return len(kept) == len(now) and all(map(grown_from, kept, now))
    return bool(kept == now)


def test_every_kind_of_frame_command_and_event_has_one() -> None:
    frames = {type(one) for one in (*CLIENT_FRAMES.values(), *SERVER_FRAMES.values())}
    assert frames >= {*typing.get_args(wire.ClientFrame), *typing.get_args(wire.ServerFrame)}
    assert {type(one) for one in COMMANDS} == set(typing.get_args(ClientCommand))
    assert {type(one) for one in EVENTS} == set(typing.get_args(AnyEvent))


def test_no_file_is_without_its_frame() -> None:
    files = {str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.json")}
    assert files == {*CLIENT_FRAMES, *SERVER_FRAMES}


@pytest.mark.parametrize("name", [*CLIENT_FRAMES, *SERVER_FRAMES])
def test_the_documentation_shows_it(name: str) -> None:
    assert text_of(name) in DOCS.read_text(encoding="utf-8").splitlines()
