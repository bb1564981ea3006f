"""Where a person's token is kept: the environment, a keyring, or a file that only its owner can read.

AGENTDESK_TOKEN, AGENTDESK_TOKEN_FILE and a systemd credential come first. A token that is put goes into a keyring
that really protects what it holds, and only without one into credentials.json (0600) in the person's settings
folder; never into both. Whoever puts or gets a token is told the place, so that the command line can say it.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from agentdesk import paths
from agentdesk.errors import CredentialsError

SERVICE = "agentdesk"
FILE_BYTES_MAX = 1 << 20
KEYRING_PRIORITY_MIN = 1
"""Below it are backends that fail, chain to others, or keep passwords in plain text (keyrings.alt)."""


class Found(NamedTuple):
    """A token and the place that had it."""

    token: str
    place: str


class Keyring(Protocol):
    """What is used of a keyring's backend."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


def get(server: str) -> Found | None:
    """The token for a server and where it was, or None. `CredentialsError` when a place can't be trusted."""
    # The file before the keyring, which takes 0.2 s to load: what is put into a keyring leaves the file.
    return _from_environment() or _from_file(server) or _from_keyring(server)


def put(server: str, token: str) -> str:
    """Keep the token for a server; return the place, in words for a person."""
    backend = keyring_backend()
    if backend is not None:
        try:
            backend.set_password(SERVICE, server, token)
        except Exception:  # noqa: BLE001 - backends raise what they like (locked, no D-Bus): the file is next
            pass
        else:
            _remove_from_file(server)
            return _place(backend)
    tokens = _read_tokens()
    tokens[server] = token
    _write_tokens(tokens)
    return f"the file {_file()} (mode 0600), because this machine has no keyring"


def delete(server: str) -> list[str]:
    """Forget the token for a server; return every place that had it."""
    places = []
    backend = keyring_backend()
    if backend is not None and _from_keyring(server) is not None:
        backend.delete_password(SERVICE, server)
        places.append(_place(backend))
    if _remove_from_file(server):
        places.append(f"the file {_file()}")
    return places


def keyring_backend() -> Keyring | None:
    """The system's keyring if it really protects what it holds."""
    try:
        import keyring  # 0.2 s: only for whoever needs it

        backend = keyring.get_keyring()
        good = backend.priority >= KEYRING_PRIORITY_MIN
    except Exception:  # noqa: BLE001 - a backend that can't even be asked (no D-Bus, broken plug-in) is none
        return None
    return cast(Keyring, backend) if good else None


def _place(backend: Keyring) -> str:
    return f"the keyring ({type(backend).__module__})"


def _from_environment() -> Found | None:
    if token := os.environ.get("AGENTDESK_TOKEN"):
        return Found(token.strip(), "the variable AGENTDESK_TOKEN")
    if name := os.environ.get("AGENTDESK_TOKEN_FILE"):
        return Found(_read_private(Path(name)).strip(), f"the file {name}")
    if folder := os.environ.get("CREDENTIALS_DIRECTORY"):
        path = Path(folder) / "agentdesk-token"
        if path.exists():
            return Found(_read_private(path).strip(), "the systemd credential agentdesk-token")
    return None


def _from_keyring(server: str) -> Found | None:
    backend = keyring_backend()
    if backend is None:
        return None
    try:
        token = backend.get_password(SERVICE, server)
    except Exception:  # noqa: BLE001 - a locked keyring has nothing for us; the file may
        return None
    return Found(token, _place(backend)) if token else None


def _from_file(server: str) -> Found | None:
    token = _read_tokens().get(server)
    return Found(token, f"the file {_file()}") if token else None


def _file() -> Path:
    return paths.user_config_dir() / "credentials.json"


def _read_tokens() -> dict[str, str]:
    path = _file()
    if not path.exists() and not path.is_symlink():
        return {}
    try:
        tokens = json.loads(_read_private(path))
    except ValueError as broken:
        raise CredentialsError(f"{path} is not JSON ({broken})", "Delete it and run `agentdesk login` again.") from None
    if not isinstance(tokens, dict):
        raise CredentialsError(f"{path} has no object in it", "Delete it and run `agentdesk login` again.")
    return {key: value for key, value in tokens.items() if isinstance(value, str)}


def _remove_from_file(server: str) -> bool:
    tokens = _read_tokens()
    if server not in tokens:
        return False
    del tokens[server]
    _write_tokens(tokens)
    return True


def _read_private(path: Path) -> str:
    """A small regular file that nobody else can read; a link is not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as problem:
        raise CredentialsError(f"{path} can't be read ({problem.strerror})", "Run `agentdesk login` again.") from None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        status = os.fstat(file.fileno())
        mine = status.st_uid in (os.getuid(), 0)
        if not stat.S_ISREG(status.st_mode) or not mine or status.st_mode & 0o077:
            raise CredentialsError(
                f"{path} must be a regular file of yours that nobody else can read "
                f"(it is {stat.filemode(status.st_mode)}, owner {status.st_uid})",
                f"Run `chmod 600 {path}`, or delete it and run `agentdesk login` again.",
            )
        return file.read(FILE_BYTES_MAX)


def _write_tokens(tokens: dict[str, str]) -> None:
    """Replace the file in one step, so that a crash leaves the old one or the new one."""
    import tempfile  # 4 ms that only writing pays

    path = _file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.chmod(0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")  # 0600, O_EXCL
    except OSError as problem:
        why = f"{path} can't be written ({problem.strerror})"
        raise CredentialsError(why, "Make the folder writable, or set AGENTDESK_TOKEN.") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(tokens, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
