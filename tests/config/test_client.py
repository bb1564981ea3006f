"""A person's client settings."""

from pathlib import Path

import pytest

from agentdesk.config import ClientSettings, read_client
from agentdesk.errors import SettingsError


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read_client(tmp_path / "client.yaml") == ClientSettings()


def test_everything_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "client.yaml"
    path.write_text(
        "server: https://desk.example.com\ntheme: light\nglyphs: ascii\nbidi: off\nbell: no\n"
        "keys: {offer.accept: f3, pane.next: [tab, ']'], pane.zoom: []}\n"
    )
    assert read_client(path) == ClientSettings(
        server="https://desk.example.com",
        theme="light",
        glyphs="ascii",
        bidi="off",
        bell=False,
        keys={"offer.accept": ("f3",), "pane.next": ("tab", "]"), "pane.zoom": ()},
    )


def test_a_mistake_is_named(tmp_path: Path) -> None:
    path = tmp_path / "client.yaml"
    path.write_text("theme: dark\nbidi: ap\n")
    with pytest.raises(SettingsError, match=r"client.yaml:2: bidi: expected one of app, off, terminal, found 'ap'"):
        read_client(path)
