"""Settings: YAML in, typed structs out, every problem with its line and remedy.

    document (bounded YAML -> nodes) -> convert (nodes -> structs of server, client) -> rules (between settings)

`read_server` and `read_client` raise `SettingsError` with all problems at once; `inspect_server` returns them.
"""

from __future__ import annotations

from pathlib import Path

from agentdesk.config.client import ClientSettings
from agentdesk.config.load import inspect_client, inspect_server
from agentdesk.config.problems import Problem, as_error
from agentdesk.config.server import ServerSettings

__all__ = ["ClientSettings", "Problem", "ServerSettings", "inspect_server", "read_client", "read_server"]


def read_server(path: Path) -> ServerSettings:
    """The server's settings; relative paths in them are taken from the file's own folder."""
    settings, problems = inspect_server(path)
    if settings is None:
        raise as_error(problems)
    return settings


def read_client(path: Path) -> ClientSettings:
    """A person's client settings; the defaults when there is no such file."""
    settings, problems = inspect_client(path)
    if settings is None:
        raise as_error(problems)
    return settings
