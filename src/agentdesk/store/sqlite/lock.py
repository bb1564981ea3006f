"""One deciding process a database: an advisory lock beside the file, held as long as the process lives."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from agentdesk.errors import StoreUnusable

LOCK_SUFFIX = ".lock"


class DeskLock:
    """Held from construction to `close`, or to the death of the process, however it dies.

    It is a file of its own: SQLite's locks on the database would be lost when a second handle of it is closed.
    """

    def __init__(self, path: Path) -> None:
        lock = path.with_name(path.name + LOCK_SUFFIX)
        try:
            self._fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnusable(
                f"Its lock can't be written ({error.strerror}): {lock}",
                "Give the server's user the right to write in that folder.",
            ) from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._fd, 20, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            raise _held(path, holder) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, b"%d\n" % os.getpid(), 0)

    def close(self) -> None:
        """Let another process decide. The file stays: removing it would let two processes lock two files."""
        os.close(self._fd)


def _held(path: Path, holder: str) -> StoreUnusable:
    who = f"process {holder}" if holder else "another process"
    return StoreUnusable(
        f"Another server runs on it ({who}): {path}",
        "Stop that server first (agentdesk server status shows it), or give this one another database.",
    )
