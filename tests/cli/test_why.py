"""`agentdesk server why` against a server process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.cli.conftest import Type
from tests.cli.test_server_process import Running, run
from tests.cli.test_settings_commands import desk, signed_in

__all__ = ["desk", "run", "signed_in"]


def test_why_an_interaction_waits(desk: Path, type_: Type, signed_in: str, run: Callable[..., Running]) -> None:
    typed = type_("server", "why", "1")
    assert (typed.code, "the server doesn't run" in typed.err) == (1, True)
    server = run()
    httpx.post(
        f"{server.url}/api/v1/interactions",
        headers={"authorization": f"Bearer {signed_in}", "idempotency-key": "1"},
        json={"channel": "chat", "queue": "support", "customer": {"name": "Mai"}, "text": "hello"},
    ).raise_for_status()
    typed = type_("server", "why", "1")
    assert typed.code == 0, typed.err
    rows = typed.out.splitlines()
    assert rows[:2] == ["Now       queued", "Queue     support, chat"]
    assert rows[2].startswith("Place     1 of 1, score ")
    found = json.loads(type_("server", "why", "#1", "--json").out)
    assert (found["live"]["queue"], found["offers"]) == ("support", [])
    typed = type_("server", "why", "nobody")
    assert (typed.code, "no such agent" in typed.err) == (1, True)
    assert server.stop() == 0
