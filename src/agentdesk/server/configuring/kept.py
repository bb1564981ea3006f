"""Settings as they are kept: in the store, each that was in effect, and on the disk as the file that a start reads."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from agentdesk.errors import SettingsError
from agentdesk.server.configuring.plan import Plan
from agentdesk.store.base import AuditEntry, Configuration, Store

BEFORE_SUFFIX = "~"
"""The file that was replaced last, beside the settings."""
DIGEST_LENGTH = 12


def digest_of(text: str) -> str:
    """A short name for a settings file by its content."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def current(store: Store) -> Configuration | None:
    """The settings that are in effect."""
    return next((one for one in store.configurations() if not one.undone), None)


def current_and_before(store: Store) -> tuple[Configuration, Configuration]:
    """The settings that are in effect, and those that a rollback goes to."""
    kept = [one for one in store.configurations() if not one.undone]
    if len(kept) < 2:
        raise SettingsError(
            "there are no settings before these", "Apply another file instead.", title="Nothing was undone"
        )
    return kept[0], kept[1]


def begin(store: Store, file: Path, by: str, now_ms: int) -> None:
    """Keep what is in the file, if it isn't what was in effect last."""
    text = file.read_text(encoding="utf-8")
    known = current(store)
    if known is None or known.digest != digest_of(text):
        _keep(store, text, by, "start", f"Found {file.name} as it is.", now_ms)


def note_plan(store: Store, text: str, found: Plan, by: str, now_ms: int) -> None:
    """Write down that somebody asked what settings would do, and the answer in short."""
    digest = digest_of(text)
    about = f"Planned {digest}: {len(found.changes)} settings differ, {found.stranded_count} waiting stranded."
    store.put_audit(AuditEntry(0, now_ms, by, "plan", about, digest))


def apply(store: Store, file: Path | None, text: str, by: str, now_ms: int) -> Configuration:
    """Keep settings in the file and in the store; where they are in effect already, only in the file."""
    known, digest = current(store), digest_of(text)
    with _new_file(file, text):
        if known is not None and known.digest == digest:
            return known
        return _keep(store, text, by, "apply", f"Applied {digest}.", now_ms)


def undo(store: Store, file: Path | None, undone: Configuration, now: Configuration, by: str, now_ms: int) -> None:
    """Take settings back: those before them are in the file again."""
    about = f"Undid {undone.digest}, which {undone.by} had set; {now.digest} is in effect again."
    with _new_file(file, now.text):
        store.undo_configuration(undone.id, AuditEntry(0, now_ms, by, "rollback", about, now.digest))


def _keep(store: Store, text: str, by: str, action: str, about: str, now_ms: int) -> Configuration:
    digest = digest_of(text)
    made = Configuration(0, now_ms, by, digest, text)
    number = store.put_configuration(made, AuditEntry(0, now_ms, by, action, about, digest))
    return Configuration(number, now_ms, by, digest, text)


@contextlib.contextmanager
def _new_file(path: Path | None, text: str) -> Iterator[None]:
    """A settings file that takes the place of the old one when the block has done its work. No path, no file."""
    if path is None:
        yield
        return
    file = NewFile(path, text)
    try:
        yield
        file.replace()
    finally:
        file.close()


class NewFile:
    """A settings file that is written, but not yet in the place of the old one. Close it in any case."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = Path(os.path.realpath(path))
        try:
            self._temporary = self._written(text)
        except OSError as problem:
            why = f"{path} can't be written ({problem.strerror})"
            remedy = "Give the server's user the right to write there."
            raise SettingsError(why, remedy, title="Nothing was changed") from None

    def _written(self, text: str) -> Path:
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):  # another owner's file may not let its group be given away
            shutil.copymode(self._path, name)
            owner = self._path.stat()
            os.chown(name, owner.st_uid, owner.st_gid)
        return Path(name)

    def replace(self) -> None:
        """Put it in the place of the old one, which stays beside it under a name of its own."""
        with contextlib.suppress(OSError):  # a convenience: the store keeps it, too
            shutil.copy2(self._path, f"{self._path}{BEFORE_SUFFIX}")
        os.replace(self._temporary, self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Drop it if it wasn't put in place."""
        self._temporary.unlink(missing_ok=True)
