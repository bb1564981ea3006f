"""Shipped files are found in a checkout and in a wheel; a person's folders follow the environment."""

from pathlib import Path

import pytest

from agentdesk import paths


def test_shipped_files_are_found_in_the_checkout() -> None:
    assert paths.example_config().name == "config.example.yaml"
    assert paths.themes_dir().is_dir()


def test_the_package_comes_before_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, checkout = tmp_path / "package", tmp_path / "checkout"
    for root in (package, checkout):
        (root / "themes").mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", package)
    monkeypatch.setattr(paths, "_CHECKOUT", checkout)
    assert paths.themes_dir() == package / "themes"
    (package / "themes").rmdir()
    assert paths.themes_dir() == checkout / "themes"


def test_a_missing_shipped_file_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match="install it again"):
        paths.shipped("no-such-file")


def test_the_environment_names_a_persons_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTDESK_CONFIG_DIR", "/one")
    monkeypatch.setenv("AGENTDESK_STATE_DIR", "/two")
    assert paths.client_config() == Path("/one/client.yaml")
    assert paths.user_state_dir() == Path("/two")


def test_without_the_environment_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGENTDESK_CONFIG_DIR")
    assert paths.user_config_dir().name == "agentdesk"


def test_the_servers_settings_are_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "_is_root", lambda: True)
    assert paths.server_config() == Path("/etc/agentdesk/config.yaml")
    monkeypatch.setattr(paths, "_is_root", lambda: False)
    assert paths.server_config() == paths.user_config_dir() / "config.yaml"
    (tmp_path / "config.yaml").touch()
    assert paths.server_config() == Path("config.yaml")
    monkeypatch.setenv("AGENTDESK_CONFIG", "/named.yaml")
    assert paths.server_config() == Path("/named.yaml")
