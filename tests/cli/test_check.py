"""`agentdesk server check` names every problem of settings and database, and changes nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Type


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_init_made_is_good(config: Path, type_: Type) -> None:
    before = snapshot(config.parent / "data")
    typed = type_("server", "check")
    assert typed.code == 0
    assert f"Settings  {config}: good" in typed.out and "good (version" in typed.out
    assert snapshot(config.parent / "data") == before


def test_each_problem_of_the_settings_is_named(config: Path, type_: Type) -> None:
    config.write_text("server: {prot: 1}\nlimits: {body_bytes: no}\n")
    typed = type_("server", "check")
    assert typed.code == 1
    assert typed.out.splitlines() == [
        f"{config}:1: server.prot: there is no such setting. Did you mean port?",
        f"{config}:2: limits.body_bytes: expected a whole number from 1024 to 67108864, found 'no'.",
    ]
    assert json.loads(type_("server", "check", "--json").out) == {
        "good": False,
        "problems": typed.out.splitlines(),
        "notes": [],
    }


def test_a_damaged_database_is_named_with_the_way_out(config: Path, type_: Type) -> None:
    database = config.parent / "data" / "agentdesk.db"
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    typed = type_("server", "check")
    assert typed.code == 1
    assert "damaged" in typed.out and "agentdesk server restore" in typed.out


def test_a_database_of_a_newer_version_is_left_alone(config: Path, type_: Type) -> None:
    database = config.parent / "data" / "agentdesk.db"
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = snapshot(database.parent)
    for command in (["check"], ["user", "list"], ["backup", str(config.parent / "copy.db")]):
        typed = type_("server", *command)
        assert typed.code == 1
        assert "newer agentdesk" in typed.out + typed.err
    assert snapshot(database.parent) == before


def test_no_database_yet_is_no_problem(config: Path, type_: Type) -> None:
    (config.parent / "data" / "agentdesk.db").unlink()
    typed = type_("server", "check")
    assert typed.code == 0
    assert "not made yet" in typed.out


def test_no_settings_at_all(type_: Type, tmp_path: Path) -> None:
    typed = type_("server", "check", "--config", str(tmp_path / "none.yaml"))
    assert typed.code == 1
    assert "can't be read" in typed.out
