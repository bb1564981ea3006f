"""Settings changed on the host: tried, planned, applied and undone, while a server process runs and while none does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from agentdesk import credentials
from tests.cli.conftest import Type
from tests.cli.test_server_process import Running, run

__all__ = ["run"]

BASE = {
    "server": {"port": 0},
    "queues": [{"id": "support", "name": "Support"}, {"id": "billing", "name": "Billing", "channels": ["chat"]}],
}
RULE = {"name": "refunds", "when": {"words": ["refund"]}, "then": {"queue": "billing", "skills": {"billing": 3}}}


@pytest.fixture
def desk(config: Path) -> Path:
    """The settings, with two queues and no rule."""
    config.write_text(yaml.safe_dump(BASE), encoding="utf-8")
    return config


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Other settings: one rule more, one queue less particular."""
    path = tmp_path / "new.yaml"
    path.write_text(yaml.safe_dump({**BASE, "rules": [RULE]}), encoding="utf-8")
    return path


@pytest.fixture
def signed_in(desk: Path, type_: Type, monkeypatch: pytest.MonkeyPatch) -> str:
    """An admin's token, which commands find."""
    token = type_("server", "token", "create", "admin").out.split()[-1]
    monkeypatch.setenv("AGENTDESK_TOKEN", token)
    return token


def rules_of(url: str, token: str) -> list[str]:
    """The names of the rules in effect."""
    answer = httpx.get(f"{url}/api/v1/configuration", headers={"authorization": f"Bearer {token}"})
    return [rule["name"] for rule in yaml.safe_load(answer.json()["text"]).get("rules", [])]


def test_rules_on_a_text(desk: Path, new: Path, type_: Type) -> None:
    typed = type_("server", "rules", "test", str(new), "--text", "Where is my REFUND?")
    assert typed.out.splitlines() == [
        "Language  en",
        "Matches   refunds",
        "Queue     billing (came for support)",
        "Skills    billing=3",
    ]
    typed = type_("server", "rules", "test", str(new), "--text", "refund", "--channel", "message")
    assert "billing is passed over: it doesn't take message" in typed.out
    assert "Matches   no rule" in type_("server", "rules", "test", "--text", "refund").out
    found = json.loads(type_("server", "rules", "test", str(new), "--text", "refund", "--json").out)
    assert (found["matched"], found["queue"]) == (["refunds"], "billing")
    typed = type_("server", "rules", "test", "--text", "x", "--attribute", "plan")
    assert (typed.code, "'plan' is not an attribute" in typed.err) == (1, True)


def test_rules_on_history(desk: Path, new: Path, type_: Type, signed_in: str, run: Callable[..., Running]) -> None:
    server = run()
    for number, text in enumerate(("my refund, please", "hello")):
        httpx.post(
            f"{server.url}/api/v1/interactions",
            headers={"authorization": f"Bearer {signed_in}", "idempotency-key": str(number)},
            json={"channel": "chat", "queue": "support", "customer": {"name": "Mai"}, "text": text},
        ).raise_for_status()
    lines = type_("server", "rules", "test", str(new)).out.splitlines()
    assert lines[0].startswith("Looked at 2 interactions since ")
    assert lines[2].split() == ["RULE", "MATCHED", "SHARE", "FOR", "EXAMPLE"]
    assert lines[3].split() == ["refunds", "1", "50.0", "%", "#1", "my", "refund,", "please"]
    assert [line.split() for line in lines[5:7]] == [
        ["WAITED", "IN", "WOULD", "WAIT", "IN", "HOW", "MANY"],
        ["support", "billing", "1"],
    ]
    found = json.loads(type_("server", "rules", "test", str(new), "--last", "1h", "--json").out)
    assert found["moves"] == [{"from": "support", "to": "billing", "count": 1}]
    planned = type_("server", "plan", str(new))
    assert planned.code == 0
    assert "Rule 'refunds' asks for billing at level 3; nobody has it." in planned.out
    assert "refunds  1        50.0 %" in planned.out


def test_apply_and_rollback_on_a_server_that_runs(
    desk: Path, new: Path, type_: Type, signed_in: str, run: Callable[..., Running]
) -> None:
    server, before = run(), desk.read_text(encoding="utf-8")
    typed = type_("server", "apply", str(new))
    assert typed.code == 0, typed.err
    assert f"What would change in the server at {server.url}:" in typed.out
    assert "In effect: settings " in typed.out
    assert rules_of(server.url, signed_in) == ["refunds"]
    assert desk.read_text(encoding="utf-8") == new.read_text(encoding="utf-8")
    assert type_("server", "plan", str(new)).out.startswith(f"Nothing would change in the server at {server.url}.\n")
    typed = type_("server", "rollback")
    assert typed.out.startswith("Undone: settings ") and "set by admin at" in typed.out
    assert rules_of(server.url, signed_in) == []
    assert desk.read_text(encoding="utf-8") == before
    typed = type_("server", "rollback")
    assert (typed.code, "there are no settings before these" in typed.err) == (1, True)
    did = [one["action"] for one in json.loads(type_("server", "audit", "--json").out)]
    assert did[:5] == ["rollback", "plan", "apply", "plan", "start"]
    assert "Undid" in type_("server", "audit", "--limit", "1").out
    assert server.stop() == 0


def test_a_restart_after_apply_has_the_new_settings(
    desk: Path, new: Path, type_: Type, signed_in: str, run: Callable[..., Running]
) -> None:
    first = run()
    assert type_("server", "apply", str(new), "--yes").code == 0
    first.process.kill()
    first.process.wait()
    assert rules_of(run().url, signed_in) == ["refunds"]


def test_without_a_server_the_next_start_takes_it(
    desk: Path, new: Path, type_: Type, signed_in: str, run: Callable[..., Running]
) -> None:
    planned = type_("server", "plan", str(new))
    assert (planned.code, "the server doesn't run" in planned.out) == (0, True)
    assert "take effect when the server starts" in type_("server", "apply", str(new)).out
    assert type_("server", "rollback").code == 0
    assert yaml.safe_load(desk.read_text(encoding="utf-8")) == BASE
    assert type_("server", "apply", str(new)).code == 0
    server = run()
    assert rules_of(server.url, signed_in) == ["refunds"]
    assert "(host)" in json.loads(type_("server", "audit", "--limit", "1", "--json").out)[0]["by"]


def test_what_cant_be_used_is_named_and_nothing_changes(desk: Path, tmp_path: Path, type_: Type) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("queues:\n  - {id: a, name: A, rings: [{after_s: 5, queues: [b]}]}\n", encoding="utf-8")
    for command in ("plan", "apply"):
        typed = type_("server", command, str(broken))
        assert typed.code == 1
        assert f"{broken}:2: queues[1].rings[1].queues[1]: there is no queue 'b'." in typed.err
    typed = type_("server", "plan", str(tmp_path / "none.yaml"))
    assert (typed.code, "can't be read" in typed.err) == (1, True)
    assert yaml.safe_load(desk.read_text(encoding="utf-8")) == BASE


def test_who_asks_has_to_be_an_admin(
    desk: Path, new: Path, type_: Type, run: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = run()
    monkeypatch.delenv("AGENTDESK_TOKEN", raising=False)
    typed = type_("server", "apply", str(new))
    assert (typed.code, f"nobody is signed in at {server.url}" in typed.err) == (1, True)
    type_("server", "user", "add", "ana")
    monkeypatch.setenv("AGENTDESK_TOKEN", type_("server", "token", "create", "ana").out.split()[-1])
    typed = type_("server", "apply", str(new))
    assert (typed.code, "role admin" in typed.err) == (1, True)
    assert yaml.safe_load(desk.read_text(encoding="utf-8")) == BASE


def test_who_is_signed_in_at_the_public_name_is_known_here(
    desk: Path, new: Path, type_: Type, signed_in: str, run: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    public = {**BASE, "server": {"port": 0, "public_url": "https://desk.example.com"}}
    desk.write_text(yaml.safe_dump(public), encoding="utf-8")
    run()
    monkeypatch.delenv("AGENTDESK_TOKEN")
    credentials.put("https://desk.example.com", signed_in)
    typed = type_("server", "plan", str(new))
    assert (typed.code, "server.public_url" in typed.out) == (0, True), typed.err


def test_check_notes_who_is_missing(desk: Path, type_: Type) -> None:
    desk.write_text(yaml.safe_dump({**BASE, "rules": [RULE]}), encoding="utf-8")
    typed = type_("server", "check")
    assert typed.code == 0
    assert "Note      Rule 'refunds' asks for billing at level 3; nobody has it." in typed.out
    type_("server", "user", "add", "ana", "--skill", "billing=3")
    assert "Note" not in type_("server", "check").out
