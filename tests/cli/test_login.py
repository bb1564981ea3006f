"""`agentdesk login` where nobody can be asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def without_terminal(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it in a session of its own: it has no terminal to open either."""
    return subprocess.run(
        [sys.executable, "-m", "agentdesk", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        start_new_session=True,
        check=False,
        env=os.environ | {"AGENTDESK_CONFIG_DIR": str(folder), "HOME": str(folder)},
    )


@pytest.mark.parametrize(
    ("arguments", "why", "remedy"),
    [
        (["login", "http://127.0.0.1:9", "ana"], "to ask for the password", "--password-stdin"),
        (["login", "http://127.0.0.1:9"], "to ask for the name", "agentdesk login URL NAME"),
    ],
)
def test_without_a_terminal_it_says_how_to_do_without_one(
    tmp_path: Path, arguments: list[str], why: str, remedy: str
) -> None:
    done = without_terminal(tmp_path, *arguments)
    assert done.returncode == 1
    assert why in done.stderr and remedy in done.stderr
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr
