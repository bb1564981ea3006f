"""The widget's file: small, self-contained, in every language, and cached."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from serving import running_server, settings

from agentdesk.channels.webchat.pages import widget
from agentdesk.config.server import WebchatSettings
from agentdesk.protocol.webchat import ERRORS

STATIC = Path(str(files("agentdesk.channels.webchat").joinpath("static")))
SOURCE = (STATIC / "widget.js").read_text(encoding="utf-8")
GZIP_MAX = 15_000


def test_it_is_small() -> None:
    assert len(gzip.compress(SOURCE.encode(), 9)) < GZIP_MAX
    assert widget().packed_bytes < GZIP_MAX


def test_it_never_makes_markup_of_data() -> None:
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc"):
        assert word not in SOURCE
    assert "import " not in SOURCE and "require(" not in SOURCE


def _words() -> dict[str, dict[str, str]]:
    block = SOURCE[SOURCE.index("const WORDS") : SOURCE.index("const RTL")]
    found: dict[str, dict[str, str]] = {}
    for lang, body in re.findall(r"^    (\w\w): \{\n(.*?)^    \},", block, re.DOTALL | re.MULTILINE):
        found[lang] = dict(re.findall(r'(\w+): "([^"]*)"', body))
    return found


def test_every_language_says_everything_with_the_same_blanks() -> None:
    words = _words()
    assert set(words) == set(WebchatSettings().languages)
    for lang, said in words.items():
        assert said.keys() == words["en"].keys(), lang
        for key, text in said.items():
            assert re.findall(r"\{\w\}", text) == re.findall(r"\{\w\}", words["en"][key]), (lang, key)


def test_every_word_is_used() -> None:
    code = SOURCE[SOURCE.index("const RTL") :]
    assert [key for key in _words()["en"] if not re.search(rf"\b{key}\b", code)] == []


def test_errors_are_said_in_its_own_words() -> None:
    said = dict(re.findall(r"(\w+): \"(\w+)\"", SOURCE[SOURCE.index("const WHY") :].partition("};")[0]))
    assert said and said.keys() <= ERRORS.keys() and set(said.values()) <= _words()["en"].keys()
    assert re.findall(r"\S*message\.message\b", SOURCE) == ["receive(message.message"], "the server's are English"


def test_it_parses() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node only to say more than the browser test says")
    for name in ("widget.js", "demo.js"):
        subprocess.run([node, "--check", STATIC / name], check=True)


async def test_it_is_served_for_keeping(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
        first = await http.get("/widget.js")
        assert first.text == SOURCE
        assert first.headers["content-encoding"] == "gzip"
        assert first.headers["content-type"].startswith("text/javascript")
        assert first.headers["access-control-allow-origin"] == "*"
        assert "max-age=86400" in first.headers["cache-control"]
        again = await http.get("/widget.js", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        plain = await http.get("/widget.js", headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers and plain.text == SOURCE
        demo = await http.get("/demo")
        assert demo.status_code == 200 and "unsafe" not in demo.headers["content-security-policy"]
        for part in re.findall(r'(?:href|src)="(/demo/[^"]+)"', demo.text):
            assert (await http.get(part)).status_code == 200, part


async def test_the_demo_page_can_be_switched_off(tmp_path: Path) -> None:
    config = settings(tmp_path, webchat=WebchatSettings(demo_page=False))
    async with (
        running_server(tmp_path, config) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as http,
    ):
        assert (await http.get("/demo")).status_code == 404
        assert (await http.get("/widget.js")).status_code == 200
