"""Keys and focus without queues in between: keys that wait already are meant for where the focus moves to.

Textual hands a key to the focused widget's queue, acts on it when it comes back to the app, and moves the focus
behind whatever waits there; of a burst of keys (a slow line, a fast hand) a part would act in the wrong place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from textual.events import Key
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


class PromptKeys(PromptFocus):
    """One that has no text: the app gives it each key at once, and acts on those it does not take, at once too."""

    def take_key(self, event: Key) -> bool:
        """Take the key, or leave it to the bindings."""
        return False
