"""The server's log on standard error: readable on a terminal, or one JSON object a line.

What customers write and secrets never go in: only ids, names of commands and counts.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

from agentdesk.config.server import LogSettings

QUIET = ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets")
"""Libraries that tell of every connection; only their warnings are kept."""


class TextFormatter(logging.Formatter):
    """`12:00:01 info  agentdesk.app  listening on …`, with the trace below."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text; line breaks in it can't pass for another record."""
        when = datetime.fromtimestamp(record.created, tz=UTC).astimezone()
        text = record.getMessage().replace("\n", "\\n").replace("\r", "\\r").replace("\x1b", "\\x1b")
        line = f"{when:%Y-%m-%d %H:%M:%S} {record.levelname.lower():7} {record.name}: {text}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as JSON."""
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(entry).decode()


def configure(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send the log of this process where it belongs."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
