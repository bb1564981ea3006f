"""How each role of a run of text looks, from the theme's variables; made once a theme for all rows of the screen.

They are no component classes of the style sheet: those are worked out anew for every widget whenever its styles
are, which with a dozen widgets of rows and as many roles took a third of the start.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style
from textual.color import Color, ColorParseError

LOOKS: Mapping[str, tuple[str, str, bool]] = {
    "text": ("", "", False),
    "dim": ("desk-quiet", "", False),
    "strong": ("", "", True),
    "accent": ("desk-focus", "", False),
    "title": ("desk-focus", "", True),
    "key": ("accent", "", True),
    "ok": ("desk-ok", "", False),
    "good": ("desk-ok", "", False),
    "low": ("desk-low", "", False),
    "late": ("desk-late", "", True),
    "warn": ("desk-hand", "", True),
    "error": ("desk-late", "", True),
    "note": ("desk-note-ground", "desk-note", True),
    "cursor": ("", "panel", False),
    "offer": ("desk-hand", "", True),
    "offer-ground": ("background", "desk-hand", True),
    "match": ("background", "desk-hand", False),
    "reply": ("background", "desk-reply", True),
    "command": ("", "panel", True),
}
"""Foreground variable, background variable, bold; an empty one is the widget's own."""


def role_styles(variables: Mapping[str, str]) -> dict[str, Style]:
    """The style of each role under these theme variables; a colour that can't be read is left to the widget."""
    return {
        role: Style(color=_colour(variables, fore), bgcolor=_colour(variables, back), bold=bold or None)
        for role, (fore, back, bold) in LOOKS.items()
    }


def _colour(variables: Mapping[str, str], name: str) -> str | None:
    value = variables.get(name, "")
    if not value:
        return None
    try:
        return Color.parse(value).hex6
    except ColorParseError:
        return None
