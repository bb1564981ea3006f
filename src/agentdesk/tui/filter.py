"""The net under every widget: no control byte and no direction control leaves in a drawn segment, whoever drew it."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from agentdesk.tui.text import PICTURES

_bad = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class ControlFilter(LineFilter):
    """Replaces control characters by their pictures. Give it in `App.get_line_filters`, after the others."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with nothing in them that a terminal would obey."""
        if not any(_bad.search(segment.text) for segment in segments if not segment.control):
            return segments
        return [
            segment if segment.control else Segment(_bad.sub(_picture, segment.text), segment.style)
            for segment in segments
        ]


def _picture(match: re.Match[str]) -> str:
    return PICTURES.get(ord(match[0]), "\ufffd")
