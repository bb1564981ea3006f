"""Widgets that keep what they drew until something about them changes.

For each key Textual's compositor asks every visible widget for all of its lines, and passes each through all
filters, even where one row of another widget changed. Keeping the finished list takes that out of a key's path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal, Vertical
from textual.geometry import Region
from textual.reactive import Reactive
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

if TYPE_CHECKING:
    _Base = Widget
else:
    _Base = object


class Still(_Base):
    """Mix it in before a widget class. `_set_dirty` is where all of Textual's repaints pass."""

    _drawn: tuple[Region, list[Strip]] | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines drawn last, or drawn now; another size, too, comes by `_set_dirty`."""
        drawn = self._drawn
        if drawn is not None and drawn[0] == crop:
            return drawn[1]
        strips = super().render_lines(crop)
        self._drawn = (crop, strips)
        return strips

    def notify_style_update(self) -> None:
        """Other styles draw other lines."""
        self._drawn = None
        super().notify_style_update()

    def _set_dirty(self, *regions: Region) -> None:
        self._drawn = None
        super()._set_dirty(*regions)


class StillVertical(Still, Vertical):
    """A container of rows that draws only its own ground and frame."""


class StillHorizontal(Still, Horizontal):
    """A container of columns that draws only its own ground."""


class StillContainer(Still, Container):
    """A container whose layout the style sheet gives."""


class StillStatic(Still, Static):
    """A text that seldom changes."""


class StillScreen(Still, Screen[ScreenResultType]):
    """A screen that draws only its own ground, and does not draw all anew when another widget gets the focus."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def _compositor_refresh(self) -> None:
        """Draw, unless the app still waits for what is worth drawing; what is to be drawn is kept until then."""
        if getattr(self.app, "holding", False):
            self._dirty_widgets.clear()
        else:
            super()._compositor_refresh()
