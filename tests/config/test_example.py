"""config.example.yaml is true: it loads, it has every setting, and the values it shows are the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from agentdesk import paths
from agentdesk.config import ServerSettings, inspect_server, read_server
from agentdesk.config.convert import settings_of

LISTS_WITH_EXAMPLES = ("email", "queues", "rules", "dispositions", "canned")
SHOWN_COMMENTED_OUT = ("hours", "rings", "overflow")


def _uncommented(text: str) -> str:
    """The example with the settings that it shows commented out."""
    lines = []
    for line in text.splitlines():
        bare = line.lstrip()
        if bare.startswith(("# hours:", "# rings:", "# overflow:", "# rules:", "# email:", "#   ")):
            line = line.replace("# ", "", 1)
        lines.append(line)
    return "\n".join(lines)


def _names(value: Any, above: str = "") -> set[str]:
    if isinstance(value, list):
        return {name for item in value for name in _names(item, above + "[]" * isinstance(item, dict))}
    names = {above} if above else set()
    if isinstance(value, dict):
        for name, child in value.items():
            names |= _names(child, f"{above}.{name}" if above else name) | {f"{above}.{name}" if above else name}
    return names


@pytest.fixture(scope="module")
def text() -> str:
    return paths.example_config().read_text(encoding="utf-8")


def test_it_loads_without_problems() -> None:
    settings, problems = inspect_server(paths.example_config())
    assert problems == []
    assert settings is not None and len(settings.queues) == 1


def _followed(text: str, folder: Path) -> Path:
    """The example with all it shows, as somebody writes it who did what it says: a queue for mail, and the secrets."""
    path = folder / "config.yaml"
    mail = _uncommented(text).replace("channels: [chat, message]", "channels: [chat, message, email]")
    path.write_text(mail.replace("/etc/agentdesk/", ""), encoding="utf-8")
    (folder / "mail-password").write_text("s3cret\n", encoding="utf-8")
    return path


def test_what_it_shows_commented_out_loads_too(text: str, tmp_path: Path) -> None:
    path = _followed(text, tmp_path)
    hours = read_server(path).queues[0].hours
    assert hours is not None and hours.weekly.fri == ("09:00-11:30", "13:00-17:00")


def test_a_rule_that_it_shows_matches_what_it_says(text: str, tmp_path: Path) -> None:
    path = _followed(text, tmp_path)
    (rule,) = read_server(path).rules
    assert rule.when.pattern == r"\bORD-\d{4,}\b" and rule.when.words[-1] == "uang kembali"


def test_every_setting_is_in_it(text: str) -> None:
    shown = _names(yaml.safe_load(_uncommented(text)))
    assert [name for name in settings_of(ServerSettings) if name not in shown] == []


def test_the_values_it_shows_are_the_defaults(text: str) -> None:
    shown = yaml.safe_load(text)
    default = msgspec.json.decode(msgspec.json.encode(ServerSettings()))
    for section in LISTS_WITH_EXAMPLES:
        shown.pop(section, None)
        del default[section]
    assert shown == default


def test_the_queue_it_shows_has_the_defaults(text: str) -> None:
    from agentdesk.config.server import QueueSettings

    queue = QueueSettings(id="support", name="Support")
    assert yaml.safe_load(text)["queues"][0] == {
        name: value
        for name, value in msgspec.json.decode(msgspec.json.encode(queue)).items()
        if name not in SHOWN_COMMENTED_OUT
    }


def test_every_line_with_a_setting_fits_the_screen(text: str) -> None:
    assert max(len(line) for line in text.splitlines()) <= 130
