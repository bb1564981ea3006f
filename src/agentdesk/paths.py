"""Where files are: a person's settings and state, the server's data, and what ships with the package.

`themes/` and `config.example.yaml` lie inside the installed package (wheel) or at the top of the checkout
(editable install); both are looked at, the package first.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

APP = "agentdesk"
_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def shipped(name: str) -> Path:
    """The path of a file or folder that ships with the package."""
    for root in (_PACKAGE, _CHECKOUT):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is missing from this installation of agentdesk; install it again")


def themes_dir() -> Path:
    """The folder of the themes that ship with the package."""
    return shipped("themes")


def example_config() -> Path:
    """The commented configuration that documents every setting of the server."""
    return shipped("config.example.yaml")


def user_config_dir() -> Path:
    """A person's settings: client.yaml, themes/, and the token file where there is no keyring."""
    return _dir("AGENTDESK_CONFIG_DIR", "user_config_path")


def user_state_dir() -> Path:
    """What a client keeps of its own between runs: logs and the like; safe to delete."""
    return _dir("AGENTDESK_STATE_DIR", "user_state_path")


def user_data_dir() -> Path:
    """Where a server that a person sets up for themselves keeps its data."""
    return _dir("AGENTDESK_DATA_DIR", "user_data_path")


def client_config() -> Path:
    """The client's settings file; it need not exist."""
    return user_config_dir() / "client.yaml"


def server_config() -> Path:
    """Where the server's settings are unless it is told otherwise.

    AGENTDESK_CONFIG, else ./config.yaml where there is one, else /etc/agentdesk/config.yaml for root and
    the person's own folder for anybody else.
    """
    if named := os.environ.get("AGENTDESK_CONFIG"):
        return Path(named)
    here = Path("config.yaml")
    if here.is_file():
        return here
    if _is_root():
        return Path("/etc/agentdesk/config.yaml")
    return user_config_dir() / "config.yaml"


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@cache
def _platform_dir(kind: str) -> Path:
    import platformdirs  # 15 ms that a command which needs no folder doesn't pay

    return Path(getattr(platformdirs, kind)(APP, appauthor=False))


def _dir(variable: str, kind: str) -> Path:
    named = os.environ.get(variable)
    return Path(named) if named else _platform_dir(kind)
