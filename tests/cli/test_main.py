"""The tree of commands: every help is complete, every error is told in words, and the first frame goes away."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from agentdesk import __version__
from agentdesk.cli import main
from agentdesk.errors import SettingsError
from tests.cli.conftest import Type


def commands(parser: argparse.ArgumentParser, above: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield f"{above}{name}", inner
                yield from commands(inner, f"{above}{name} ")


ALL = dict(commands(main.build()))


def test_the_commands_are_these() -> None:
    assert set(ALL) == {
        "login", "logout", "monitor", "demo", "server",
        "server init", "server run", "server check", "server status",
        "server user", "server user add", "server user change", "server user list", "server user passwd",
        "server user disable", "server user enable",
        "server token", "server token create", "server token list", "server token revoke",
        "server rules", "server rules test", "server plan", "server apply", "server rollback", "server audit",
        "server why", "server whatif", "server mail", "server mail test", "server mail reconcile",
        "server backup", "server restore",
    }  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_every_command_has_a_summary_help_on_each_option_and_an_example(name: str) -> None:
    parser = ALL[name]
    text = parser.format_help()
    assert len(parser.description or "") > 10
    assert "example" in text and f"agentdesk {name.split()[0]}" in text.split("example")[1]
    assert [
        action.dest
        for action in parser._actions
        if not action.help and action.dest != "help" and action.choices is None
    ] == []


@pytest.mark.parametrize("name", ALL)
def test_examples_are_commands_that_parse(name: str) -> None:
    import shlex

    for line in ALL[name].format_help().split("example")[1].splitlines()[1:]:
        words = shlex.split(line)
        if words[:1] == ["agentdesk"]:
            assert main.build(words[1:]).parse_args(words[1:])


@pytest.mark.parametrize("group", ["server", "server user", "server token"])
def test_a_group_without_a_command_shows_its_help(type_: Type, group: str) -> None:
    typed = type_(*group.split())
    assert typed.code == 2
    assert typed.out.startswith(f"usage: agentdesk {group}")


def test_the_version(type_: Type) -> None:
    assert type_("--version") == (0, f"agentdesk {__version__}\n", "")


def test_an_unknown_command_is_wrong_usage(type_: Type) -> None:
    typed = type_("sever")
    assert typed.code == 2
    assert "invalid choice: 'sever'" in typed.err and "server" in typed.err


def run_raising(monkeypatch: pytest.MonkeyPatch, problem: BaseException) -> tuple[int, list[str]]:
    undone: list[str] = []

    def command(_: argparse.Namespace) -> int:
        raise problem

    monkeypatch.setattr(main, "_desk_alone", lambda: SimpleNamespace(run=command))
    return main.run([], lambda: undone.append("undone")), undone


def test_an_error_is_told_with_title_message_and_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_raising(monkeypatch, SettingsError("one\ntwo", "Mend it.")) == (1, ["undone"])
    assert capsys.readouterr().err == "agentdesk: The settings can't be used\n  one\n  two\nMend it.\n"


def test_an_error_can_not_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    main.tell(SettingsError("a\x1b]52;c;aGk=\x07b\x9bc", "d\x1b[2J"))
    assert capsys.readouterr().err == "agentdesk: The settings can't be used\n  a�]52;c;aGk=�b�c\nd�[2J\n"


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_raising(monkeypatch, KeyboardInterrupt()) == (130, ["undone"])
    assert capsys.readouterr().err == ""


def test_a_bug_gives_the_terminal_back_and_shows_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        run_raising(monkeypatch, ZeroDivisionError())


def test_a_reader_that_goes_away_is_no_error() -> None:
    command = f"{sys.executable} -m agentdesk server init --help | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_the_tree_loads_nothing_heavy() -> None:
    code = "import sys, agentdesk.cli.main as main; main.build()\n"
    code += "heavy = {'textual', 'rich', 'httpx', 'keyring', 'starlette', 'uvicorn', 'sqlite3', 'websockets', 'yaml'}\n"
    code += "print(*sorted(heavy & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
