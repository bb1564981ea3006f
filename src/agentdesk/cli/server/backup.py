"""`agentdesk server backup FILE`: a consistent copy of everything, while the server runs or doesn't."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.parser import add_config_option, command
from agentdesk.errors import DeskError

if TYPE_CHECKING:
    from agentdesk.cli.parser import Commands

MORE = """\
Copies the database as it is at this moment: conversations, attachments, users and what waits in the queues. The file
is there only when it is whole. The settings are a file of their own: keep a copy of them too."""


def add(commands: Commands) -> None:
    """Describe the command."""
    example = "agentdesk server backup /var/backups/agentdesk.db"
    parser = command(
        commands, "backup", run, summary="copy the database, also while the server runs", more=MORE, example=example
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write the copy")
    parser.add_argument("--force", action="store_true", help="replace FILE if it is there")
    add_config_option(parser)


def run(args: argparse.Namespace) -> int:
    """Make the copy."""
    import os

    from agentdesk.cli.server.settings import settings_of
    from agentdesk.store.sqlite import open_store

    target: Path = args.file.absolute()
    if target.exists() and not args.force:
        raise _refused(f"{target} is there already", "Name another file, or give --force.")
    if not target.parent.is_dir():
        raise _refused(f"there is no folder {target.parent}", "Make it first.")
    os.umask(0o077)
    store = open_store(settings_of(args).database, deciding=False)
    try:
        if target.exists() and target.samefile(store.path):
            raise _refused(f"{target} is the database itself", "Name another file.")
        store.backup(target, show_progress if sys.stderr.isatty() else None)
    except OSError as problem:
        raise _refused(f"{target} can't be written ({problem.strerror})", "Name another file.") from None
    finally:
        store.close()
    print(f"Backed up to {target} ({target.stat().st_size / (1024 * 1024):.1f} MiB).")
    return 0


def show_progress(done: int, total: int) -> None:
    """Say on the terminal how far the copy is."""
    end = "\n" if done >= total else ""
    print(f"\r{done * 100 // max(total, 1):3} %", end=end, file=sys.stderr, flush=True)


def _refused(message: str, remedy: str) -> DeskError:
    return DeskError(message, remedy, title="No backup was made")
