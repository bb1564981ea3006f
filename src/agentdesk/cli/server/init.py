"""`agentdesk server init`: a commented configuration, a database and an admin, asking for nothing it can decide."""

from __future__ import annotations

import argparse
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk import paths
from agentdesk.cli.parser import add_config_option, command
from agentdesk.cli.secret import add_password_options, new_password
from agentdesk.cli.server.settings import make_private
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands
    from agentdesk.config import ServerSettings

SYSTEM_DATA = "/var/lib/agentdesk"
SYSTEM_CONFIG = Path("/etc/agentdesk")

MORE = """\
Writes the settings (every one commented, with its default), makes the data folder and the database, and adds an
admin whose password is made up and shown once. Nothing that is already there is overwritten."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk server init\nagentdesk server init --config /srv/desk/config.yaml --port 9000"
    parser = command(
        commands, "init", run, summary="set up a server here", more=MORE, example=example.replace("\n", "\n  ")
    )
    add_config_option(parser)
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help=f"where data is kept (default: {SYSTEM_DATA} for settings in /etc, your data folder for your own "
        "settings folder, else data beside the settings)",
    )
    parser.add_argument("--port", type=int, metavar="N", help="the port to listen on (default: 8420)")
    parser.add_argument("--admin", metavar="NAME", default="admin", help="the admin's sign-in name (default: admin)")
    add_password_options(parser)


def run(args: argparse.Namespace) -> int:
    """Set up a server."""
    path = (args.config or _default_path()).absolute()
    if path.exists():
        raise DeskError(
            f"{path} is there already", "Edit it, or name another with --config.", title="Nothing was changed"
        )
    from agentdesk.config import read_server

    _write(path, _settings_text(args, path))
    try:
        settings = read_server(path)
        make_private(settings.database.parent)
        admin = _add_admin(args, settings)
    except BaseException:
        path.unlink()  # a second try must not meet half of the first
        raise
    print(f"Settings  {path}\nData      {settings.server.data_dir}")
    print(f"Admin     {admin}")
    named = "" if path == _default_path().absolute() else f" --config {path}"
    print("\nNext:")
    print(f"  agentdesk server user add ana{named}")
    print(f"  agentdesk server run{named}")
    return 0


def _default_path() -> Path:
    """Where `server run` will look for it when nothing is said."""
    path = paths.server_config()
    return path if path != Path("config.yaml") else path.absolute()


def _settings_text(args: argparse.Namespace, path: Path) -> str:
    """The example with the few values that are decided here."""
    text = paths.example_config().read_text(encoding="utf-8")
    text = text.replace(
        "# agentdesk: every setting of the server, with its default.", "# The settings of this agentdesk server."
    )
    text = text.replace(
        "# `agentdesk server init` writes a copy of this file; `agentdesk server check`", "# `agentdesk server check`"
    )
    data_dir = args.data_dir or _default_data_dir(path)
    if data_dir:
        text = _set(text, "data_dir", str(Path(data_dir).absolute()))
    if args.port is not None:
        text = _set(text, "port", str(args.port))
    return text


def _default_data_dir(path: Path) -> str:
    """Where the data of these settings belongs; nothing for beside them."""
    if path.is_relative_to(SYSTEM_CONFIG):
        return SYSTEM_DATA
    return str(paths.user_data_dir()) if path.is_relative_to(paths.user_config_dir().absolute()) else ""


def _set(text: str, name: str, value: str) -> str:
    """Change one line of the example, keeping its comment."""
    written = value if re.fullmatch(r"[\w./-]+", value) else json.dumps(value, ensure_ascii=False)
    changed, count = re.subn(rf"(?m)^(  {name}: )\S+", lambda found: found[1] + written, text, count=1)
    assert count == 1, f"config.example.yaml has no line for {name}"
    return changed


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except OSError as problem:
        why = f"{path} can't be written ({problem.strerror})"
        raise DeskError(why, "Name another place with --config.", title="Nothing was changed") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _add_admin(args: argparse.Namespace, settings: ServerSettings) -> str:
    """Add the admin unless the database already has one; return what to say of it."""
    from agentdesk.cli.server.accounts import accounts
    from agentdesk.store.base import User

    with accounts(settings, make=True) as desk:
        if any(user.role == "admin" for user in desk.all()):
            return "as the database already has one, none was added"
        password, made_up = new_password(args)
        desk.create(User(id=args.admin, name=args.admin, role="admin", password=""), password)
    return f"{args.admin}, password (shown only now): {password}" if made_up else args.admin
