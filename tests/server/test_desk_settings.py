"""What the settings say of the desk reaches the desk."""

from __future__ import annotations

from agentdesk.config.server import DeskSettings, ServerSettings
from agentdesk.core.model import DeskConfig
from agentdesk.server.accounts import desk_config


def test_the_desk_gets_what_the_file_says() -> None:
    settings = DeskSettings(missed_offers_max=3, agent_grace_s=4, customer_grace_s=5, priority_s=6, refused_pause_s=7)
    assert desk_config(ServerSettings(desk=settings)) == DeskConfig(
        missed_offers_max=3, agent_grace_s=4, customer_grace_s=5, priority_s=6, refused_pause_s=7
    )


def test_what_the_file_leaves_out_is_what_the_desk_would_choose() -> None:
    assert desk_config(ServerSettings()) == DeskConfig()
