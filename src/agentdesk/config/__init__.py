"""Settings: YAML in, typed structs out, every problem with its line and remedy.

    document (bounded YAML -> nodes) -> convert (nodes -> structs of server, client) -> rules (between settings)

`read_server` and `read_client` raise `SettingsError` with all problems at once; `inspect_server` returns them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.config.client import ClientSettings
from agentdesk.config.problems import Problem, as_error

if TYPE_CHECKING:
    from agentdesk.config.server import ServerSettings

__all__ = ["ClientSettings", "Problem", "ServerSettings", "inspect_server", "read_client", "read_server"]


def __getattr__(name: str) -> object:
    """The server's settings are loaded when asked for: no screen does."""
    if name == "ServerSettings":
        from agentdesk.config.server import ServerSettings

        return ServerSettings
    raise AttributeError(name)


def inspect_server(
    path: Path, text: str | None = None, folder: Path | None = None
) -> tuple[ServerSettings | None, list[Problem]]:
    """The server's settings, or None with every problem; relative paths are taken from the file's own folder.

    With `text` the path only names what the file holds; with `folder` paths are taken from there.
    """
    from agentdesk.config import load  # YAML is 15 ms that a desk without a settings file doesn't pay

    return load.inspect_server(path, text, folder)


def read_server(path: Path) -> ServerSettings:
    """The server's settings."""
    settings, problems = inspect_server(path)
    if settings is None:
        raise as_error(problems)
    return settings


def read_client(path: Path) -> ClientSettings:
    """A person's client settings; the defaults when there is no such file."""
    if not path.exists():
        return ClientSettings()
    from agentdesk.config import load

    settings, problems = load.inspect_client(path)
    if settings is None:
        raise as_error(problems)
    return settings
