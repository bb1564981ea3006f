"""Every mark the screen draws, each with an ASCII twin for plain fonts."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Glyphs:
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

GLYPH_NAMES = tuple(field.name for field in fields(Glyphs))


def glyphs(ascii_only: bool) -> Glyphs:
    """The set to draw with."""
    return ASCII if ascii_only else UNICODE
