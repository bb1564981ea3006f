"""Every mark the screen draws, each with an ASCII twin for plain fonts."""

from __future__ import annotations

import msgspec


class Glyphs(msgspec.Struct, frozen=True):
    """One set of marks. Widgets take a set and never write a mark themselves."""

    pending: str = "…"
    sent: str = "✓"
    delivered: str = "✓✓"
    read: str = "✓✓•"
    failed: str = "✗"
    offer: str = "▶"
    available: str = "●"
    away: str = "○"
    not_responding: str = "◌"
    offline: str = "·"
    note_bar: str = "▌"
    rule: str = "─"
    down: str = "↓"
    up: str = "↑"
    full: str = "▰"
    empty: str = "▱"
    thumb: str = "▐"
    track: str = "│"
    prompt: str = "▸"
    link: str = "⇅"
    warn: str = "⚠"
    urgent: str = "!"
    better: str = "▲"
    worse: str = "▼"
    ellipsis: str = "…"
    star: str = "★"
    bullet: str = "•"


UNICODE = Glyphs()

ASCII = Glyphs(
    pending="..",
    sent="v",
    delivered="vv",
    read="VV",
    failed="x!",
    offer=">",
    available="*",
    away="o",
    not_responding="?",
    offline="-",
    note_bar="|",
    rule="-",
    down="v",
    up="^",
    full="#",
    empty="-",
    thumb="#",
    track="|",
    prompt=">",
    link="<>",
    warn="!",
    urgent="!",
    better="^",
    worse="v",
    ellipsis="~",
    star="*",
    bullet="-",
)

GLYPH_NAMES = Glyphs.__struct_fields__


def glyphs(ascii_only: bool) -> Glyphs:
    """The set to draw with."""
    return ASCII if ascii_only else UNICODE
