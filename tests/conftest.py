"""What every test may use: programs that may be missing, a person's folders of their own, Hypothesis profiles."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("fast", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

RequireService = Callable[[str, str], str]


@pytest.fixture
def require_service() -> RequireService:
    """Return the path of a program that a test needs: `require_service("tmux", "apt install tmux")`.

    Without it the test is skipped, saying how to get it; where everything has to be there
    (AGENTDESK_REQUIRE_SERVICES=1, as in CI) the test fails.
    """
    return _require_service


def _require_service(name: str, how_to_get: str) -> str:
    path = shutil.which(name)
    if path is not None:
        return path
    reason = f"needs {name}: {how_to_get}"
    if os.environ.get("AGENTDESK_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give each test a person's folders of its own, so that none reads or writes the developer's."""
    home = tmp_path_factory.mktemp("home")
    for variable in list(os.environ):
        if variable.startswith("AGENTDESK_") and variable != "AGENTDESK_REQUIRE_SERVICES":
            monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AGENTDESK_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("AGENTDESK_STATE_DIR", str(home / "state"))
    monkeypatch.setenv("AGENTDESK_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    yield home
