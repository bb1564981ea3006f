"""For plain fonts: frames, bars and marks that slipped past the glyph set become ASCII just before they are drawn."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_FRAMES = {chr(code): "+" for code in range(0x2500, 0x2580)}
_FRAMES |= dict.fromkeys("─━╌╍┄┅═", "-") | dict.fromkeys("│┃╎╏┆┇║", "|")
_BLOCKS = {chr(code): "#" for code in range(0x2580, 0x25A0)} | dict.fromkeys("▏▎▍▌▐▕", "|") | dict.fromkeys("▁▔", "_")
_MARKS = {"…": "~", "▸": ">", "·": "-", "•": "*", "↑": "^", "↓": "v", "←": "<", "→": ">", "–": "-", "—": "-"}
PLAIN = str.maketrans(_FRAMES | _BLOCKS | _MARKS)
"""Each is one cell wide, and so is what stands for it."""


class AsciiFilter(LineFilter):
    """Goes below everything, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII where they are ours; letters of any script stay."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(segment.text.translate(PLAIN), segment.style)
            for segment in segments
        ]
