"""Focus that moves at once: keys that wait already are meant for where it moves to.

Textual moves it after whatever waits in the app's queue, so that a burst of keys (a slow line, a fast hand) would
partly land in the old place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from textual.widget import Widget

if TYPE_CHECKING:
    _Base = Widget
else:
    _Base = object


class PromptFocus(_Base):
    """Mix it in before a widget class."""

    def focus(self, scroll_visible: bool = True) -> Self:
        """Take the keyboard now."""
        self.screen.set_focus(self, scroll_visible=scroll_visible)
        return self
