"""A style sheet that is parsed once at the start: Textual parses all of it again for a theme that was set before."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class SteadyStylesheet(Stylesheet):
    """Parses again only when a variable of the theme changed. Set it before the app runs."""

    _changed = True

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the theme's variables."""
        self._changed = variables != self._variables
        if self._changed:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse with the variables taken last, unless that was done."""
        if self._changed:
            super().reparse()
