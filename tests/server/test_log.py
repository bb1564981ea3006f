"""The log: readable or JSON, one record a line, and nothing in it that pretends to be another record."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from agentdesk.config.server import LogSettings
from agentdesk.server import log


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in log.QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def written(settings: LogSettings) -> str:
    stream = io.StringIO()
    log.configure(settings, stream)
    ours = logging.getLogger("agentdesk.test")
    ours.info("listening on %s", "http://127.0.0.1")
    ours.warning("a name with\nline breaks\x1b[31m")
    ours.debug("only when asked")
    logging.getLogger("uvicorn.error").info("connection open")
    try:
        raise ValueError("broken")
    except ValueError:
        ours.exception("it failed")
    return stream.getvalue()


def test_text_is_one_line_a_record_and_the_trace_below() -> None:
    lines = written(LogSettings()).splitlines()
    assert "info" in lines[0]
    assert "agentdesk.test: listening on http://127.0.0.1" in lines[0]
    assert "line breaks" in lines[1]
    assert "\\n" in lines[1]
    assert "\x1b" not in lines[1]
    assert lines[-1] == "ValueError: broken"
    assert not any("only when asked" in line or "connection open" in line for line in lines)


def test_json_is_one_object_a_line() -> None:
    entries = [json.loads(line) for line in written(LogSettings(format="json")).splitlines()]
    assert [one["level"] for one in entries] == ["info", "warning", "error"]
    assert entries[1]["message"] == "a name with\nline breaks\x1b[31m"
    assert "ValueError: broken" in entries[2]["trace"]


def test_the_level_is_the_settings() -> None:
    assert "only when asked" in written(LogSettings(level="debug"))
    assert "listening" not in written(LogSettings(level="warning"))
