"""Tokens: the order of places, what a file must be to be trusted, and that a person is told where theirs is."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import keyring
import keyring.backend
import pytest

from agentdesk import credentials
from agentdesk.errors import CredentialsError

SERVER = "https://desk.test"


class GoodKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory that counts as a real one."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError("locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise RuntimeError("locked")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class PlainKeyring(GoodKeyring):
    """A keyring that keeps passwords readable, as keyrings.alt does."""

    priority = 0.5  # type: ignore[assignment]


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch) -> GoodKeyring:
    backend = GoodKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture
def file(own_folders: Path) -> Path:
    return own_folders / "config" / "credentials.json"


def test_without_a_keyring_the_token_goes_to_a_private_file_and_it_says_so(file: Path) -> None:
    place = credentials.put(SERVER, "secret")
    assert str(file) in place and "no keyring" in place
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert credentials.get(SERVER) == ("secret", f"the file {file}")
    assert credentials.get("https://other.test") is None


def test_a_second_token_keeps_the_first(file: Path) -> None:
    credentials.put(SERVER, "one")
    credentials.put("https://other.test", "two")
    assert json.loads(file.read_text()) == {SERVER: "one", "https://other.test": "two"}
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_real_keyring_comes_before_the_file(good: GoodKeyring, file: Path) -> None:
    assert credentials.put(SERVER, "secret").startswith("the keyring")
    assert good.held == {("agentdesk", SERVER): "secret"}
    assert not file.exists()
    found = credentials.get(SERVER)
    assert found is not None and found.token == "secret" and "keyring" in found.place


def test_an_older_file_entry_goes_when_the_keyring_takes_over(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials.put(SERVER, "old")
    monkeypatch.setattr(keyring, "get_keyring", GoodKeyring)
    credentials.put(SERVER, "new")
    assert json.loads(file.read_text()) == {}


def test_a_plain_text_keyring_is_not_used(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(keyring, "get_keyring", PlainKeyring)
    credentials.put(SERVER, "secret")
    assert file.exists()


def test_a_locked_keyring_falls_back_to_the_file(good: GoodKeyring, file: Path) -> None:
    good.locked = True
    assert str(file) in credentials.put(SERVER, "secret")
    found = credentials.get(SERVER)
    assert found is not None and found.token == "secret"


def test_the_environment_comes_first(good: GoodKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials.put(SERVER, "kept")
    systemd = tmp_path / "agentdesk-token"
    systemd.write_text("from systemd\n")
    systemd.chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert credentials.get(SERVER) == ("from systemd", "the systemd credential agentdesk-token")
    named = tmp_path / "token"
    named.write_text("from file\n")
    named.chmod(0o600)
    monkeypatch.setenv("AGENTDESK_TOKEN_FILE", str(named))
    assert credentials.get(SERVER) == ("from file", f"the file {named}")
    monkeypatch.setenv("AGENTDESK_TOKEN", "from variable")
    assert credentials.get(SERVER) == ("from variable", "the variable AGENTDESK_TOKEN")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_refused(file: Path, mode: int) -> None:
    credentials.put(SERVER, "secret")
    file.chmod(mode)
    with pytest.raises(CredentialsError) as refused:
        credentials.get(SERVER)
    assert f"chmod 600 {file}" in refused.value.remedy


def test_a_link_is_not_followed(file: Path, tmp_path: Path) -> None:
    credentials.put(SERVER, "secret")
    elsewhere = tmp_path / "elsewhere.json"
    os.replace(file, elsewhere)
    file.symlink_to(elsewhere)
    with pytest.raises(CredentialsError, match="can't be read"):
        credentials.get(SERVER)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to somebody else")
def test_a_file_of_somebody_else_is_refused(file: Path) -> None:
    credentials.put(SERVER, "secret")
    os.chown(file, 12345, 12345)
    with pytest.raises(CredentialsError, match="owner 12345"):
        credentials.get(SERVER)


@pytest.mark.parametrize("content", ["{broken", "[]"])
def test_a_damaged_file_says_what_to_do(file: Path, content: str) -> None:
    credentials.put(SERVER, "secret")
    file.write_text(content)
    with pytest.raises(CredentialsError) as refused:
        credentials.get(SERVER)
    assert "agentdesk login" in refused.value.remedy


def test_delete_forgets_everywhere_and_says_where(good: GoodKeyring, file: Path) -> None:
    good.locked = True
    credentials.put(SERVER, "in file")
    good.locked = False
    good.held["agentdesk", SERVER] = "in keyring"
    assert len(credentials.delete(SERVER)) == 2
    assert credentials.get(SERVER) is None
    assert credentials.delete(SERVER) == []


def test_a_failed_write_leaves_the_old_file_and_no_litter(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials.put(SERVER, "old")

    def full(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        credentials.put(SERVER, "new")
    assert json.loads(file.read_text()) == {SERVER: "old"}
    assert len(list(file.parent.iterdir())) == 1


def test_keyring_is_not_imported_for_a_token_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    code = "import sys; from agentdesk import credentials as c; c.get('x'); sys.exit('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "AGENTDESK_TOKEN": "t"}, check=False)
    assert done.returncode == 0
