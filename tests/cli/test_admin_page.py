"""The commands of docs/admin.md do what the page says, one after another on one server."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Type

PAGE = Path(__file__).parent.parent.parent / "docs" / "admin.md"
HERE = ("user", "token", "check", "rules", "plan", "apply", "rollback", "audit", "backup", "restore")
NO_ID = "3f9a61c0d2b7"
"""The page's example of a token's id: no token of ours has it."""


def commands() -> list[list[str]]:
    found = re.findall(r"^agentdesk (server .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    words = [shlex.split(line, comments=True) for line in found]
    return [line for line in words if line[1] in HERE and NO_ID not in line]


def test_the_page_is_true(config: Path, type_: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: "asked for twice")
    (tmp_path / "backups").mkdir()
    changed = config.read_text(encoding="utf-8").replace("strategy: longest_idle", "strategy: round_robin")
    (tmp_path / "new.yaml").write_text(changed, encoding="utf-8")
    done = [line[1:3] for line in commands()]
    assert ["user", "add"] in done and ["restore", "/var/backups/agentdesk.db"] in done
    for line in commands():
        here = [word.replace("/var/backups", str(tmp_path / "backups")) for word in line]
        typed = type_(*(str(tmp_path / word) if word == "new.yaml" else word for word in here))
        assert typed.code == 0, (line, typed.err)
