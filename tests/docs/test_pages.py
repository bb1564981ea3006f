"""What the documentation says is so: commands parse, links lead somewhere, snippets of settings load."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

from agentdesk.cli import main
from agentdesk.config import ClientSettings, inspect_server, read_client
from agentdesk.config.convert import settings_of

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
PAGE_IDS = [str(page.relative_to(ROOT)) for page in PAGES]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)")


def blocks(page: Path, language: str) -> Iterator[str]:
    for found in _FENCE.finditer(page.read_text(encoding="utf-8")):
        if found[1] == language:
            yield found[2]


def commands() -> Iterator[tuple[str, str]]:
    """Every line of code in the pages that runs agentdesk."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        code = [found[2] for found in _FENCE.finditer(text)] + _INDENTED.findall(_FENCE.sub("", text))
        for line in "".join(code).splitlines():
            words = re.sub(r"^\s*(\$ )?", "", line)
            if words.startswith("agentdesk"):
                yield f"{page.relative_to(ROOT)}: {words}", words


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_in_the_pages_is_one(name: str) -> None:
    words = shlex.split(COMMANDS[name].split("  ")[0], comments=True)[1:]
    try:
        main.build(words).parse_args(words)
    except SystemExit as left:
        assert left.code == 0


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    targets = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [target for target in targets if not (page.parent / target).exists()] == []


ADMIN = ROOT / "docs" / "admin.md"
QUEUE = "queues: [{id: support, name: Support}]\n"
SETTINGS = [block for block in blocks(ADMIN, "yaml") if re.match(r"(server|webchat|limits|desk|queues):\n", block)]


@pytest.mark.parametrize("block", SETTINGS)
def test_a_snippet_of_settings_loads(block: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    for name in re.findall(r"/etc/agentdesk/\w+\.pem", block):
        block = block.replace(name, str(tmp_path / Path(name).name))
        (tmp_path / Path(name).name).touch()
    path.write_text(block if block.startswith("queues:") else QUEUE + block, encoding="utf-8")
    assert inspect_server(path)[1] == []


def test_the_clients_settings_are_all_shown_with_their_defaults(tmp_path: Path) -> None:
    (block,) = [block for block in blocks(ADMIN, "yaml") if "theme:" in block]
    shown = yaml.safe_load(block)
    assert list(shown) == settings_of(ClientSettings)
    default = msgspec.json.decode(msgspec.json.encode(ClientSettings()))
    assert {**shown, "server": ""} == default
    path = tmp_path / "client.yaml"
    path.write_text(block, encoding="utf-8")
    assert read_client(path).theme == ClientSettings().theme


def test_the_service_runs_the_command_that_is_installed() -> None:
    unit = (ROOT / "packaging" / "agentdesk.service").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=(\S+) (.*)$", unit, re.MULTILINE)
    assert line[0] == "/opt/agentdesk/bin/agentdesk"
    words = shlex.split(line[1])
    assert main.build(words).parse_args(words).config == Path("/etc/agentdesk/config.yaml")


def test_every_command_is_mentioned_in_the_admins_page() -> None:
    text = ADMIN.read_text(encoding="utf-8")
    from agentdesk.cli.server import COMMANDS as SERVER

    assert [name for name in SERVER if f"agentdesk server {name}" not in text] == []


def test_the_messages_explained_are_ones_the_program_has() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    rows = ADMIN.read_text(encoding="utf-8").split("what you see")[1].splitlines()
    quoted = [part for row in rows for phrase in re.findall(r"^\| `([^`]+)`", row) for part in phrase.split(" … ")]
    assert len(quoted) > 8
    assert [phrase for phrase in quoted if phrase not in source] == []
