"""Where the panes go: how many abreast and how many rows, from their number and the size of the screen."""

from __future__ import annotations

import msgspec

PANES_MAX = 6
"""Panes on the screen at once; more conversations wait behind their numbers."""

WIDTH_MIN = 32
HEIGHT_MIN = 9
"""The smallest pane in which one can read and write."""

WIDTH_GOOD = 64
"""A pane this wide reads well; wider ones gain little, so panes go abreast first."""


class Tile(msgspec.Struct, frozen=True):
    """One pane's place."""

    x: int
    y: int
    width: int
    height: int


def room_for(width: int, height: int) -> int:
    """How many panes fit at all; at least one."""
    return max(1, min(PANES_MAX, (width // WIDTH_MIN) * (height // HEIGHT_MIN)))


def tiles(count: int, width: int, height: int) -> list[Tile]:
    """The places of `count` panes (which must fit): rows filled evenly, without gaps."""
    if count <= 0 or width <= 0 or height <= 0:
        return []
    rows = _rows(count, width, height)
    out = []
    y = 0
    for number, abreast in enumerate(rows):
        tall = _share(height, len(rows), number)
        x = 0
        for column in range(abreast):
            wide = _share(width, abreast, column)
            out.append(Tile(x, y, wide, tall))
            x += wide
        y += tall
    return out


def visible(count: int, focused: int, width: int, height: int) -> range:
    """Which of `count` panes to show: those around the focused one, in pages that don't jump about."""
    room = room_for(width, height)
    if count <= room:
        return range(count)
    first = focused // room * room
    return range(min(first, count - room), min(first, count - room) + room)


def neighbour(places: list[Tile], at: int, direction: str) -> int | None:
    """The pane next to `at` to the left, right, up or down; the nearest by its middle, or None."""
    here = places[at]
    found = [
        (_distance(here, there, direction), number)
        for number, there in enumerate(places)
        if number != at and _beside(here, there, direction)
    ]
    return min(found)[1] if found else None


def _beside(here: Tile, there: Tile, direction: str) -> bool:
    return {
        "left": there.x + there.width <= here.x,
        "right": there.x >= here.x + here.width,
        "up": there.y + there.height <= here.y,
        "down": there.y >= here.y + here.height,
    }[direction]


def _distance(here: Tile, there: Tile, direction: str) -> tuple[int, int]:
    across = abs((here.x * 2 + here.width) - (there.x * 2 + there.width))
    along = abs((here.y * 2 + here.height) - (there.y * 2 + there.height))
    return (along, across) if direction in ("left", "right") else (across, along)


def _rows(count: int, width: int, height: int) -> list[int]:
    """How many panes each row holds: as few rows as leave every pane wide enough, fuller rows below."""
    abreast_max = max(1, width // WIDTH_MIN)
    rows_max = max(1, height // HEIGHT_MIN)
    least = -(-count // abreast_max)
    comfortable = -(-count // max(1, width // WIDTH_GOOD))
    rows = min(max(least, min(comfortable, rows_max, _squarest(count))), count)
    base, more = divmod(count, rows)
    return [base + (number >= rows - more) for number in range(rows)]


def _squarest(count: int) -> int:
    return 1 if count <= 2 else 2


def _share(total: int, parts: int, number: int) -> int:
    return total * (number + 1) // parts - total * number // parts
