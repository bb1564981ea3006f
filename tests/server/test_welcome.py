"""The page at the server's bare address."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from agentdesk.config.server import ListenSettings, WebchatSettings
from tests.serving import running_server, settings


async def test_it_names_every_way_in_and_each_link_leads_somewhere(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, httpx.AsyncClient(base_url=server.url) as http:
        page = await http.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert f"agentdesk login {server.url}<" in page.text
        for link in ("/demo", "/api/docs"):
            assert f'href="{link}"' in page.text
            assert (await http.get(link)).status_code == 200


async def test_it_names_the_public_address_and_no_demo_page_where_there_is_none(tmp_path: Path) -> None:
    listen = ListenSettings(port=0, data_dir=str(tmp_path), public_url="https://desk.example.com/")
    config = settings(tmp_path, server=listen, webchat=WebchatSettings(queue="support", demo_page=False))
    async with running_server(tmp_path, config) as server, httpx.AsyncClient(base_url=server.url) as http:
        page = (await http.get("/")).text
        assert "agentdesk login https://desk.example.com<" in page
        assert "/demo" not in page


@pytest.mark.parametrize("host", ["<script>alert(1)</script>", 'x" onload="y', "x/../{url}"])
async def test_a_hostile_host_stays_text(tmp_path: Path, host: str) -> None:
    async with running_server(tmp_path) as server, httpx.AsyncClient(base_url=server.url) as http:
        page = await http.get("/", headers={"host": host})
        assert page.status_code in (200, 400)
        assert "<script" not in page.text and ' onload="' not in page.text
        assert "default-src 'none'" in page.headers.get("content-security-policy", "default-src 'none'")
