"""The command palette: every action of the registry, with its key, and why it can't be done where it can't."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from agentdesk.tui.actions import Action, palette
from agentdesk.tui.shortcuts import Shortcuts

THEME = "Theme: "


class ActionProvider(Provider):
    """Reads the registry through the screen below the palette, which has `situation`, `context` and `act`."""

    def _offered(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        screen = self.screen
        situation, context = getattr(screen, "situation", None), getattr(screen, "context", "command")
        if situation is None:
            return
        shortcuts: Shortcuts = getattr(screen, "shortcuts", Shortcuts())
        act: Callable[[str], object] = screen.act  # type: ignore[attr-defined]
        for action, reason in palette(context, situation):
            yield action.description, _help(action, reason, shortcuts), partial(act, action.id)
        for name in sorted(self.app.available_themes):
            if not name.startswith(("textual-", "ansi")):
                yield f"{THEME}{name}", "Change the colours now", partial(self.app.use_theme, name)  # type: ignore[attr-defined]

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for words, help_text, run in self._offered():
            if not words.startswith(THEME):
                yield DiscoveryHit(Content(words), run, text=words, help=help_text)

    async def search(self, query: str) -> Hits:
        """What fits, mistypings forgiven."""
        matcher = self.matcher(query)
        for words, help_text, run in self._offered():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, matcher.highlight(words), run, text=words, help=help_text)


def _help(action: Action, reason: str | None, shortcuts: Shortcuts) -> str:
    key = shortcuts.all_of(action)
    words = f"{action.group} · {key}" if key else action.group
    return f"{words} · not now: {reason}" if reason else words
