"""The panes, tiled: their places follow from their number and the size; one can have all the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.containers import Container
from textual.geometry import Region, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from agentdesk.tui import tiling
from agentdesk.tui.still import Still

if TYPE_CHECKING:
    from agentdesk.tui.widgets.pane import Pane

FRAME_WIDTH_MIN = 40
FRAME_HEIGHT_MIN = 12
"""Panes smaller than this spend no cells on a frame."""


class TileLayout(Layout):
    """Places the displayed children by `tiling.tiles`."""

    name = "tiles"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Each child gets exactly its tile."""
        parent.pre_layout(self)
        places = tiling.tiles(len(children), size.width, size.height)
        return [
            WidgetPlacement(
                Region(place.x, place.y, place.width, place.height),
                child.styles.offset.resolve(size, size),
                Spacing(),
                child,
            )
            for child, place in zip(children, places, strict=False)
        ]


class PaneGrid(Still, Container):
    """Holds the panes in the order of their slots."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tiles = TileLayout()
        self.zoomed = False

    @property
    def layout(self) -> Layout:
        """Tiles, whatever the style sheet says."""
        return self._tiles

    @property
    def panes(self) -> list[Pane]:
        """All panes, by slot."""
        return sorted((cast("Pane", child) for child in self.children), key=lambda pane: pane.slot)

    def settle(self, current: Pane | None) -> None:
        """Decide which panes are shown and how they are framed."""
        panes = self.panes
        width, height = self.size
        if not panes or not width or not height:
            return
        at = panes.index(current) if current in panes else 0
        shown = range(at, at + 1) if self.zoomed else tiling.visible(len(panes), at, width, height)
        places = tiling.tiles(len(shown), width, height)
        framed = all(p.width >= FRAME_WIDTH_MIN and p.height >= FRAME_HEIGHT_MIN for p in places)
        for number, pane in enumerate(panes):
            pane.display = number in shown
            pane.set_framed(framed)

    def neighbour(self, pane: Pane, direction: str) -> Pane | None:
        """The pane beside this one; past the edge of the screen, the next one that isn't shown."""
        panes = self.panes
        shown = [p for p in panes if p.display]
        if pane in shown and len(shown) > 1:
            places = tiling.tiles(len(shown), *self.size)
            found = tiling.neighbour(places, shown.index(pane), direction)
            if found is not None:
                return shown[found]
        step = panes.index(pane) + (1 if direction in ("right", "down") else -1)
        return panes[step] if len(shown) < len(panes) and 0 <= step < len(panes) else None
