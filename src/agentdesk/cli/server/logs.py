"""The server's log on standard error: lines for people, or one JSON object a line for machines."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from agentdesk.config.server import LogSettings

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
QUIET = ("uvicorn.access", "uvicorn.error", "websockets", "httpx", "asyncio")
"""Libraries that are heard only when something is wrong."""

_IN_LINE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
_IN_TRACE = {code: shown for code, shown in _IN_LINE.items() if code != ord("\n")}


def set_up(settings: LogSettings) -> None:
    """Write the log as the settings say, from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.format == "json" else TextLines())
    logging.basicConfig(level=LEVELS[settings.level], handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(LEVELS[settings.level], logging.WARNING))


class TextLines(logging.Formatter):
    """`10:38:02 info   loop: started`; what strangers wrote can't act on the terminal or forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        at = _at(record).strftime("%Y-%m-%d %H:%M:%S")
        name = record.name.removeprefix("agentdesk.")
        text = f"{at} {record.levelname.lower():8} {name}: {record.getMessage()}".translate(_IN_LINE)
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info).translate(_IN_TRACE)
        return text


class JsonLines(logging.Formatter):
    """One object a line: time, level, where, message, and the trace where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _at(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, tz=UTC).astimezone()
