"""Themes: those that ship are whole and readable; a bad one is reported and never fatal; files reload."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.color import Color
from textual.widgets import Static

from agentdesk.paths import themes_dir
from agentdesk.tui.lines import Line, line
from agentdesk.tui.safe_app import SafeApp
from agentdesk.tui.themes import FALLBACKS, VARIABLES, ThemeFolders, load_themes, read_theme
from agentdesk.tui.transcript import Transcript
from agentdesk.tui.widgets.rows import Rows

SHIPPED = load_themes(themes_dir())
GOOD = 'name: mine\ndark: true\ncolors:\n  primary: "#123456"\n  background: black\n'


def test_the_shipped_themes_are_all_good() -> None:
    assert SHIPPED.failures == () and SHIPPED.report() == ""
    assert {"dark", "light", "high-contrast"} <= SHIPPED.themes.keys()


def luminance(color: Color) -> float:
    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * channel(color.r) + 0.7152 * channel(color.g) + 0.0722 * channel(color.b)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", sorted(SHIPPED.themes))
def test_text_can_be_read_in_every_theme(name: str) -> None:
    theme = SHIPPED.themes[name]
    least = 7.0 if name == "high-contrast" else 4.5
    background = theme.background or ""
    assert contrast(theme.foreground or "", background) >= least
    for variable in VARIABLES:
        if variable not in ("desk-note-ground", "desk-note-text"):
            assert contrast(theme.variables[variable], background) >= least, variable
    ground = theme.variables["desk-note-ground"]
    assert contrast(theme.variables["desk-note-text"], ground) >= least
    assert contrast(theme.variables["desk-note"], ground) >= 3.0


def test_our_variables_have_fallbacks() -> None:
    assert FALLBACKS.keys() == VARIABLES.keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colors: [", "t.yaml:"),
        ("just words", "t.yaml:1: expected 'name: value' lines"),
        (GOOD + "  primry: red\n", "t.yaml:6: colors.primry is not a setting of themes; did you mean colors.primary?"),
        (GOOD + "  accent: blu3\n", "t.yaml:6: colors.accent: 'blu3' is not a colour"),
        (GOOD + "variables:\n  desk-note: [1]\n", "t.yaml:7: variables.desk-note: [1] is not a colour"),
        ("name: x\ncolors:\n  primary: red\n", "t.yaml:1: colors.background is missing"),
        ("dark: maybe\n", "t.yaml:1: dark must be true or false"),
        ("", "colors.primary is missing"),
        ("x: " + "y" * 70_000, "larger than 64 kB"),
        ("!!python/object/apply:os.system ['true']", "t.yaml:1: "),
    ],
)
def test_a_bad_theme_says_where_and_what(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(text)
    theme, problems = read_theme(path)
    assert theme is None
    assert any(words in problem for problem in problems), problems


def test_a_person_can_override_a_theme_of_ours(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD.replace("mine", "dark"))
    assert load_themes(themes_dir(), tmp_path).themes["dark"].primary == "#123456"


def test_what_is_not_given_follows_from_the_colours(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD)
    theme = load_themes(tmp_path).themes["mine"]
    assert theme.variables.keys() == VARIABLES.keys()
    assert theme.variables["desk-focus"] == "#123456"


def touch_later(path: Path, text: str) -> None:
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(stamp + 1_000_000_000, stamp + 1_000_000_000))


def test_changes_of_files_are_noticed_once(tmp_path: Path) -> None:
    folders = ThemeFolders(tmp_path, tmp_path / "missing")
    assert not folders.changed()
    touch_later(tmp_path / "a.yaml", GOOD)
    assert folders.changed() and not folders.changed()
    (tmp_path / "a.yaml").unlink()
    assert folders.changed()


class Probe(SafeApp[None]):
    CSS = "Static { color: $desk-note; }"

    def compose(self) -> ComposeResult:
        yield Static("x", id="x")
        yield Transcript()


async def test_a_theme_is_taken_over_when_its_file_changes(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(GOOD)
    app = Probe(wanted_theme="mine", theme_folders=(themes_dir(), tmp_path))
    async with app.run_test() as pilot:
        assert app.theme == "mine" and app.theme_variables["desk-focus"] == "#123456"
        touch_later(own, GOOD + 'variables:\n  desk-note: "#00ff00"\n')
        app.poll_themes()
        await pilot.pause()
        assert app.theme_variables["desk-note"] == "#00ff00"
        assert app.query_one("#x").styles.color == Color.parse("#00ff00")
        touch_later(own, GOOD + "  accent: nonsense\n")
        app.poll_themes()
        await pilot.pause()
        assert app.theme == "mine" and app.theme_variables["desk-note"] == "#00ff00"


class Words(Rows):
    """Rows that use a colour which no style sheet mentions."""

    def paint(self, width: int, height: int) -> list[Line]:
        return [line(("fine", "good"))]


class RowsProbe(SafeApp[None]):
    def compose(self) -> ComposeResult:
        yield Words()


async def test_rows_take_over_a_colour_that_is_in_no_style_sheet(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text(GOOD + 'variables:\n  desk-ok: "#112233"\n')
    app = RowsProbe(wanted_theme="mine", theme_folders=(tmp_path,))
    async with app.run_test() as pilot:
        words = app.query_one(Words)
        words.repaint()
        await pilot.pause()
        assert colour_of(words) == "#112233"
        touch_later(own, GOOD + 'variables:\n  desk-ok: "#aabbcc"\n')
        app.poll_themes()
        await pilot.pause()
        assert colour_of(words) == "#aabbcc"


def colour_of(rows: Rows) -> str:
    style = next(segment.style for segment in rows.render_lines(rows.size.region)[0] if segment.text.strip())
    assert style is not None and style.color is not None
    return style.color.name


async def test_a_missing_or_broken_theme_falls_back_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("colors: [")
    (tmp_path / "b.yaml").write_text("dark: maybe")
    app = Probe(wanted_theme="a", theme_folders=(themes_dir(), tmp_path))
    async with app.run_test():
        assert app.theme == "dark"
        notices = [notice.message for notice in app._notifications]
        assert len(notices) == 1 and "a.yaml" in notices[0] and "b.yaml" in notices[0]


@pytest.mark.parametrize("name", sorted(SHIPPED.themes))
async def test_the_screen_comes_up_in_every_theme(name: str) -> None:
    app = Probe(wanted_theme=name)
    async with app.run_test():
        assert app.theme == name
        assert not app.use_theme("no such") and app.use_theme("dark") and app.theme == "dark"
