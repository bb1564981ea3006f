"""A server for the tests of this folder: without web chat, which has tests of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from agentdesk.config.server import ServerSettings, WebchatSettings
from tests.serving import RunningServer, no_tracebacks, running_server, settings


def server_settings(data_dir: Path, **changes: Any) -> ServerSettings:
    """Settings without the web chat."""
    return settings(data_dir, **{"webchat": WebchatSettings(enabled=False), **changes})


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """A running server; nothing may go wrong in it."""
    with no_tracebacks():
        async with running_server(tmp_path, server_settings(tmp_path)) as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """One server for many small tests of a module that leave nothing behind; run them on the module's loop."""
    folder = tmp_path_factory.mktemp("shared")
    with no_tracebacks():
        async with running_server(folder, server_settings(folder)) as running:
            yield running
