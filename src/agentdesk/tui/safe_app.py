"""The ground every screen stands on: a Textual App that foreign text can't harm and that has our themes.

Subclass it instead of `textual.app.App`. It puts `ControlFilter` under everything, turns markup off in
notifications, binds none of Textual's own keys, supplies our theme variables, loads and reloads themes, and
leaves out every colour under NO_COLOR.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, Generic, TypeVar

from textual.app import App
from textual.events import Event, Key
from textual.filter import LineFilter, NoColor
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget

from agentdesk.paths import themes_dir, user_config_dir
from agentdesk.tui.collector import LOOK_S, IdleCollector
from agentdesk.tui.filter import ControlFilter
from agentdesk.tui.still import StillScreen
from agentdesk.tui.stylesheet import SteadyStylesheet
from agentdesk.tui.text import clean
from agentdesk.tui.themes import DEFAULT, FALLBACKS, ThemeFolders

ReturnT = TypeVar("ReturnT")

THEME_POLL_S = 1.5
"""How often theme files are looked at; a handful of stats."""

NOTICE_CHARS_MAX = 2_000

HOLD_MAX_S = 0.4
"""How long the first drawing waits for what it is to show; until then the first frame of the splash stands."""


class SafeApp(App[ReturnT], Generic[ReturnT], inherit_bindings=False):
    """An App for text that others wrote. Screens bind their keys from `agentdesk.tui.actions`."""

    ENABLE_COMMAND_PALETTE = False
    holding = False
    """True while nothing is drawn: at the start each of four drawings would be out of date at once."""

    def __init__(self, *, wanted_theme: str = DEFAULT, theme_folders: Sequence[Path] | None = None) -> None:
        super().__init__()
        folders = theme_folders if theme_folders is not None else (themes_dir(), user_config_dir() / "themes")
        self._theme_folders = ThemeFolders(*folders)
        self._wanted_theme = wanted_theme
        self._lent = False
        self._safe_filters: list[LineFilter] = [ControlFilter()]
        if os.environ.get("NO_COLOR"):
            self._safe_filters.append(NoColor())
        self._collector = IdleCollector(monotonic)
        self._theme_report = self._take_themes()
        self.stylesheet = SteadyStylesheet(variables=self.get_css_variables())

    async def on_event(self, event: Event) -> None:
        """Note that the agent is at work, so that pauses wait."""
        if isinstance(event, Key):
            self._collector.active()
        await super().on_event(event)

    def get_default_screen(self) -> Screen[Any]:
        """The screen below all others."""
        return StillScreen(id="_default")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, then ours under all of them."""
        return [*super().get_line_filters(), *self._safe_filters]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables for themes that do not know them."""
        return FALLBACKS

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a notice; never reads markup, whatever `markup` says, since widgets pass it on as true."""
        super().notify(
            clean(message, limit=NOTICE_CHARS_MAX),
            title=clean(title, newlines=False, limit=NOTICE_CHARS_MAX),
            severity=severity,
            timeout=timeout,
            markup=False,
        )

    def on_mount(self) -> None:
        """Say what is wrong with themes, and keep looking at their files."""
        if self._theme_report:
            self.notify(self._theme_report, title="Themes", severity="warning", timeout=15, markup=False)
        self.theme_changed_signal.subscribe(self, self._draw_anew)
        self.set_interval(THEME_POLL_S, self.poll_themes)
        self.call_after_refresh(self._collector.start)
        self.set_interval(LOOK_S, self._collector.tick)

    def hold(self) -> None:
        """Draw nothing until `release`, which comes by itself after `HOLD_MAX_S`."""
        self.holding = True
        self.set_timer(HOLD_MAX_S, self.release)

    def release(self) -> None:
        """Draw from now on."""
        if self.holding:
            self.holding = False
            self.screen.refresh()

    @contextmanager
    def lend(self) -> Iterator[None]:
        """Lend the terminal to another program: nothing is drawn meanwhile, but the bell is heard."""
        with self.batch_update(), self.suspend():
            self._lent = True
            try:
                yield
            finally:
                self._lent = False
        self.screen.refresh(layout=True)

    def bell(self) -> None:
        """Ring."""
        if self._lent and sys.__stdout__ is not None:
            sys.__stdout__.write("\a")
            sys.__stdout__.flush()
        else:
            super().bell()

    def poll_themes(self) -> None:
        """Take changed theme files over, reporting what is wrong with them in one notice."""
        if self._theme_folders.changed() and (report := self._take_themes()):
            self.notify(report, title="Themes", severity="warning", timeout=15, markup=False)

    def _draw_anew(self, theme: Theme) -> None:
        """Colours that no style sheet names are in what widgets drew and keep; Textual doesn't know of them."""
        for screen in self.screen_stack:
            for widget in screen.walk_children(Widget):
                widget.refresh()

    def use_theme(self, name: str) -> bool:
        """Switch to a theme by name; False and no change when there is none of that name."""
        if name not in self.available_themes:
            return False
        self._wanted_theme = name
        self.theme = name
        return True

    def _take_themes(self) -> str:
        loaded = self._theme_folders.load()
        for theme in loaded.themes.values():
            self.register_theme(theme)
        found = next((n for n in (self._wanted_theme, DEFAULT) if n in self.available_themes), self.theme)
        if self.theme != found:
            self.theme = found
        elif self.is_running:
            self.mutate_reactive(SafeApp.theme)
        report = loaded.report()
        if found != self._wanted_theme and not report:
            return f"There is no theme named {self._wanted_theme!r}; {found} is used."
        return report
