"""The server's settings as every command on the host finds them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from agentdesk import paths
from agentdesk.config import ServerSettings, read_server
from agentdesk.errors import SettingsError


def config_path(args: argparse.Namespace) -> Path:
    """The settings file these arguments mean."""
    named: Path | None = args.config
    return named or paths.server_config()


def settings_of(args: argparse.Namespace) -> ServerSettings:
    """The settings, or the error that says how to make some."""
    path = config_path(args)
    if not path.exists():
        raise SettingsError(
            f"there is no {path}",
            "Make one with `agentdesk server init`, or name yours with --config.",
            title="No server is set up here",
        )
    return read_server(path)


def make_private(folder: Path) -> None:
    """Make the data folder, and let nobody else read what this process makes."""
    os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        why = f"the data folder {folder} can't be made ({problem.strerror})"
        raise SettingsError(why, "Give the server's user the right to write there, or set server.data_dir.") from None
