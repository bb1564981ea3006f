"""Which server a client command means, and what it says when nobody is signed in there."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentdesk import credentials, paths
from agentdesk.cli import connection
from agentdesk.config import ClientSettings
from agentdesk.errors import SettingsError


def test_the_servers_address_is_looked_for_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection.server_url("", ClientSettings()) == "http://127.0.0.1:8420"
    last = paths.user_state_dir() / "server"
    last.parent.mkdir(parents=True)
    last.write_text("http://last.test\n")
    assert connection.server_url("", ClientSettings()) == "http://last.test"
    settings = ClientSettings(server="http://settings.test/")
    assert connection.server_url("", settings) == "http://settings.test"
    monkeypatch.setenv("AGENTDESK_SERVER", "http://environment.test")
    assert connection.server_url("", settings) == "http://environment.test"
    assert connection.server_url("https://named.test:8443/desk/", settings) == "https://named.test:8443/desk"


@pytest.mark.parametrize(
    "url", ["desk.example.com", "ftp://desk", "http://", "http://[::1", "http://x:99999", "file:///etc"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        connection.server_url(url, ClientSettings())
    assert "https://desk.example.com" in refused.value.remedy


def test_a_kept_token_makes_its_server_the_one_of_plain_agentdesk(own_folders: Path) -> None:
    assert str(own_folders) in connection.keep("http://desk.test", "secret")
    assert credentials.get("http://desk.test") is not None
    assert connection.server_url("", ClientSettings()) == "http://desk.test"
