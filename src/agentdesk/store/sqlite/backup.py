"""Copies of the database: consistent while others write, whole or not there, and back again."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from agentdesk.store.base import Progress

PAGES_PER_STEP = 2_000
PART_SUFFIX = ".part"


def copy_database(source: sqlite3.Connection, target: Path, progress: Progress | None = None) -> None:
    """Copy the database as it is at this moment into a file, replacing one that is there once the copy is whole.

    The caller's connection should be inside a read transaction, else every write by others starts the copy anew.
    """
    part = target.with_name(target.name + PART_SUFFIX)
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        with closing(sqlite3.connect(part)) as copy:
            source.backup(copy, pages=PAGES_PER_STEP, progress=_told(progress), sleep=0)
        sync(part)
        os.replace(part, target)
        sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _told(progress: Progress | None) -> Callable[[int, int, int], None] | None:
    if progress is None:
        return None
    return lambda _status, remaining, total: progress(total - remaining, total)


def sync(path: Path) -> None:
    """Bring a file, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
