"""Themes from YAML files: those that ship, and a person's own; a bad one is reported and left out, never fatal.

name: dusk
dark: true
colors:                # primary and background at least; see COLORS
  primary: "#7aa2f7"
  background: "#16161e"
variables:             # any of VARIABLES; what is missing follows from the colours
  desk-note-ground: "#2b2410"
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import msgspec
from textual.color import Color, ColorParseError
from textual.theme import Theme

from agentdesk.tui.marked_yaml import Marked, UnreadableYaml, read_mapping

DEFAULT = "dark"
"""The theme used when the wanted one is missing or broken."""

FILES_MAX = 100
"""Theme files read of one folder."""

COLORS = (
    "primary",
    "secondary",
    "accent",
    "warning",
    "error",
    "success",
    "foreground",
    "background",
    "surface",
    "panel",
)

VARIABLES = {
    "desk-quiet": "times, system lines, frames at rest",
    "desk-focus": "the frame and bar of what has the focus",
    "desk-hand": "the one colour for what needs a hand now",
    "desk-ok": "slack left, delivered",
    "desk-low": "little slack left",
    "desk-late": "no slack left, failed",
    "desk-theirs": "names of customers",
    "desk-mine": "names of our side",
    "desk-reply": "prompt and border while a reply is written",
    "desk-note": "bar, name, prompt and border of internal notes",
    "desk-note-ground": "ground of internal notes",
    "desk-note-text": "text of internal notes",
}
"""Our own variables, usable in CSS as `$desk-…`, and what each colours."""

FALLBACKS = {
    "desk-quiet": "#808080",
    "desk-focus": "#5fafff",
    "desk-hand": "#ffaf00",
    "desk-ok": "#5faf5f",
    "desk-low": "#ffaf00",
    "desk-late": "#ff5f5f",
    "desk-theirs": "#5fafd7",
    "desk-mine": "#87af87",
    "desk-reply": "#5fafff",
    "desk-note": "#d7af5f",
    "desk-note-ground": "#3a3000",
    "desk-note-text": "#ffffff",
}
"""Used with Textual's own themes, which know nothing of ours."""


class Loaded(msgspec.Struct, frozen=True):
    """The usable themes by name, and one line for each problem in the others."""

    themes: dict[str, Theme]
    failures: tuple[str, ...]

    def report(self) -> str:
        """All failures as one text for one notification; empty when there are none."""
        if not self.failures:
            return ""
        head = "1 theme is left out" if len(self.failures) == 1 else f"{len(self.failures)} problems in themes"
        return "\n".join([head + ":", *self.failures])


def load_themes(*folders: Path) -> Loaded:
    """Read every `*.yaml` of the folders; later folders win by theme name, so people can override ours."""
    themes: dict[str, Theme] = {}
    failures: list[str] = []
    for path in _files(folders):
        theme, problems = read_theme(path)
        failures.extend(problems)
        if theme is not None:
            themes[theme.name] = theme
    return Loaded(themes, tuple(failures))


def read_theme(path: Path) -> tuple[Theme | None, list[str]]:
    """One theme, or None and what is wrong with it, each with its line."""
    try:
        found = read_mapping(path)
    except UnreadableYaml as problem:
        return None, [str(problem)]
    problems = [f"{path}:{marked.line}: {words}" for key, marked in found.items() if (words := _wrong(key, marked))]
    for key in ("colors.primary", "colors.background"):
        if key not in found:
            problems.append(f"{path}:1: {key} is missing")
    if problems:
        return None, problems
    return _theme(path.stem, {key: marked.value for key, marked in found.items()}), []


class ThemeFolders:
    """Notices changes of theme files by their times; cheap enough to ask every second or two."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self._seen = self._stamps()

    def load(self) -> Loaded:
        """Read them all."""
        return load_themes(*self._folders)

    def changed(self) -> bool:
        """Whether a file came, went or was written since this was asked last."""
        before, self._seen = self._seen, self._stamps()
        return before != self._seen

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        stamps = {}
        for path in _files(self._folders):
            try:
                stat = path.stat()
            except OSError:
                continue
            stamps[path] = (stat.st_mtime_ns, stat.st_size)
        return stamps


def _files(folders: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        if folder.is_dir():
            found.extend(sorted(folder.glob("*.yaml"))[:FILES_MAX])
    return found


def _wrong(key: str, marked: Marked) -> str | None:
    """What is wrong with one line, or None."""
    section, _, name = key.rpartition(".")
    if key == "name":
        return None if isinstance(marked.value, str) and marked.value.strip() else "name must be a word"
    if key == "dark":
        return None if isinstance(marked.value, bool) else "dark must be true or false"
    known = {"colors": COLORS, "variables": tuple(VARIABLES)}.get(section)
    if known is None or name not in known:
        return _unknown(key)
    try:
        Color.parse(str(marked.value))
    except ColorParseError:
        return f'{key}: {marked.value!r} is not a colour; write one like "#7aa2f7" (with quotes) or a name like teal'
    return None


def _unknown(key: str) -> str:
    known = ["name", "dark", *(f"colors.{c}" for c in COLORS), *(f"variables.{v}" for v in VARIABLES)]
    near = get_close_matches(key, known, 1)
    return f"{key} is not a setting of themes" + (f"; did you mean {near[0]}?" if near else "")


def _theme(stem: str, values: dict[str, object]) -> Theme:
    colors = {name: str(values[f"colors.{name}"]) for name in COLORS if f"colors.{name}" in values}
    dark = bool(values.get("dark", True))
    ours = _derived(colors, dark)
    ours.update({name: str(values[f"variables.{name}"]) for name in VARIABLES if f"variables.{name}" in values})
    return Theme(name=str(values.get("name", stem)), dark=dark, variables=ours, **colors)  # type: ignore[arg-type]


def _derived(colors: dict[str, str], dark: bool) -> dict[str, str]:
    """Our variables as far as they follow from the theme's colours."""
    background = Color.parse(colors["background"])
    text = Color.parse(colors.get("foreground", "#e0e0e0" if dark else "#202020"))
    primary = Color.parse(colors["primary"])
    warning = Color.parse(colors.get("warning", "#d7af5f" if dark else "#875f00"))
    error = Color.parse(colors.get("error", "#ff5f5f" if dark else "#af0000"))
    success = Color.parse(colors.get("success", "#5faf5f" if dark else "#005f00"))
    accent = Color.parse(colors.get("accent", colors["primary"]))
    secondary = Color.parse(colors.get("secondary", colors["primary"]))
    made = {
        "desk-quiet": background.blend(text, 0.55),
        "desk-focus": primary,
        "desk-hand": warning,
        "desk-ok": success,
        "desk-low": warning,
        "desk-late": error,
        "desk-theirs": primary,
        "desk-mine": secondary,
        "desk-reply": primary,
        "desk-note": accent,
        "desk-note-ground": background.blend(accent, 0.16),
        "desk-note-text": text,
    }
    return {name: color.hex for name, color in made.items()}
