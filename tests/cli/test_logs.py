"""The log: text for people, JSON for machines, and no harm from what strangers wrote into it."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from agentdesk.cli.server.logs import JsonLines, TextLines, set_up
from agentdesk.config.server import LogSettings


def record(message: str, *, failed: bool = False) -> logging.LogRecord:
    trace = None
    if failed:
        try:
            raise ValueError("broken")
        except ValueError:
            trace = sys.exc_info()
    return logging.LogRecord("agentdesk.loop", logging.WARNING, __file__, 1, message, (), trace)


def test_text_names_when_how_bad_where_and_what() -> None:
    line = TextLines().format(record("started"))
    assert line.split(" ", 2)[2] == "warning  loop: started"


def test_text_neutralises_escape_sequences() -> None:
    assert TextLines().format(record("a\x1b[31mb\x9bc\nd")).endswith(r"a\x1b[31mb\x9bc\x0ad")


def test_a_trace_keeps_its_lines() -> None:
    assert "\nValueError: broken" in TextLines().format(record("failed", failed=True))


def test_json_is_one_object_a_line() -> None:
    line = JsonLines().format(record("two\nlines", failed=True))
    assert "\n" not in line
    read = json.loads(line)
    assert (read["level"], read["logger"], read["message"]) == ("warning", "agentdesk.loop", "two\nlines")
    assert "ValueError: broken" in read["trace"]


@pytest.fixture
def restored_logging():
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = kept, level


@pytest.mark.usefixtures("restored_logging")
def test_libraries_are_heard_only_when_something_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    set_up(LogSettings(format="json", level="info"))
    logging.getLogger("agentdesk.app").info("ours")
    logging.getLogger("httpx").info("theirs")
    logging.getLogger("httpx").warning("wrong")
    assert [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()] == ["ours", "wrong"]
