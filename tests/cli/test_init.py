"""`agentdesk server init` sets up all that a server needs and overwrites nothing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from agentdesk import paths
from agentdesk.cli.server.init import _default_data_dir
from agentdesk.config import read_server
from tests.cli.conftest import Type


def test_it_writes_settings_database_and_admin_and_says_what_is_next(type_: Type, tmp_path: Path) -> None:
    path = tmp_path / "etc" / "config.yaml"
    typed = type_("server", "init", "--config", str(path), "--port", "9000")
    assert typed.code == 0
    settings = read_server(path)
    assert settings.server.port == 9000
    assert settings.database == tmp_path / "etc" / "data" / "agentdesk.db"
    assert stat.S_IMODE(settings.database.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(settings.database.stat().st_mode) == 0o600
    assert "password (shown only now): " in typed.out
    assert f"agentdesk server run --config {path}" in typed.out


def test_the_settings_keep_their_comments(type_: Type, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    type_("server", "init", "--config", str(path))
    text = path.read_text(encoding="utf-8")
    assert text.count("#") > 60
    assert "`agentdesk server init` writes" not in text


def test_it_overwrites_nothing(type_: Type, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("mine")
    typed = type_("server", "init", "--config", str(path))
    assert typed.code == 1
    assert "is there already" in typed.err
    assert path.read_text() == "mine"


def test_a_failure_leaves_no_half_of_it(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "config.yaml"
    typed = type_("server", "init", "--config", str(path), "--data-dir", str(tmp_path / "file"))
    assert typed.code == 1
    assert not path.exists()


def test_an_admin_that_is_there_stays(type_: Type, config: Path, tmp_path: Path) -> None:
    typed = type_("server", "init", "--config", str(tmp_path / "again.yaml"), "--data-dir", str(config.parent / "data"))
    assert typed.code == 0
    assert "none was added" in typed.out


def test_a_folder_with_a_strange_name_is_written_so_that_it_reads_back(type_: Type, tmp_path: Path) -> None:
    folder = tmp_path / 'with "quotes" #and: spaces'
    path = tmp_path / "config.yaml"
    assert type_("server", "init", "--config", str(path), "--data-dir", str(folder)).code == 0
    assert read_server(path).server.data_dir == str(folder)


@pytest.mark.parametrize(
    ("path", "data_dir"),
    [("/etc/agentdesk/config.yaml", "/var/lib/agentdesk"), ("/srv/desk/config.yaml", "")],
)
def test_where_data_goes(path: str, data_dir: str) -> None:
    assert _default_data_dir(Path(path)) == data_dir


def test_a_persons_own_server_keeps_its_data_in_their_data_folder(own_folders: Path) -> None:
    assert _default_data_dir(paths.user_config_dir() / "config.yaml") == str(own_folders / "data")


def test_the_admins_password_may_be_given(type_: Type, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    typed = type_("server", "init", "--config", str(path), "--admin", "root", "--password-stdin", stdin="long enough\n")
    assert typed.code == 0
    assert "Admin     root\n" in typed.out
    assert "long enough" not in typed.out
