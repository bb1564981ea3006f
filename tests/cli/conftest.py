"""A command line to type into, and a server that is set up."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from agentdesk.cli import main


class Typed(NamedTuple):
    """What a command line gave."""

    code: int
    out: str
    err: str


Type = Callable[..., Typed]


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """Commands that write private files narrow the process's mask; the next test gets the old one."""
    mask = os.umask(0o022)
    yield
    os.umask(mask)


@pytest.fixture
def type_(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Type:
    """Run a command line in this process: `type_("server", "check")`."""

    def type_(*arguments: str, stdin: str = "") -> Typed:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        try:
            code = main.run(list(arguments))
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
        out, err = capsys.readouterr()
        return Typed(code, out, err)

    return type_


@pytest.fixture
def config(tmp_path: Path, type_: Type, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings of a server that `init` set up; every command finds them."""
    path = tmp_path / "desk" / "config.yaml"
    monkeypatch.setenv("AGENTDESK_CONFIG", str(path))
    typed = type_("server", "init", "--port", "0")
    assert typed.code == 0, typed.err
    return path
