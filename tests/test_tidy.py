"""What the rules of the house ask of every file; the rest is ruff's, mypy's and import-linter's."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from agentdesk import paths

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "agentdesk"
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
HEADLESS = ("server", "channels", "store", "protocol", "core", "config", "credentials", "paths", "errors")
FORBIDDEN_NAMES = ("utils", "helpers", "common", "manager", "misc")

MODULES = sorted(SOURCE.rglob("*.py"))
IDS = [str(path.relative_to(SOURCE)) for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    first = (ast.get_docstring(tree) or "").splitlines()
    assert first and first[0].strip(), "the module's docstring tells a stranger whether this is the file"
    assert len(text.splitlines()) <= FILE_LINES_MAX
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_a_module_has_a_name_that_says_something(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_test_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 2 * FILE_LINES_MAX


def _modules_of(packages: tuple[str, ...]) -> list[str]:
    names = []
    for path in MODULES:
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts[0] in packages:
            names.append(".".join(("agentdesk", *parts)).removesuffix(".__init__"))
    return names


def _loads(modules: list[str]) -> set[str]:
    code = "import sys, importlib\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    code += "print(*sorted({'textual', 'rich'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code, *modules], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.split())


def test_a_server_loads_neither_textual_nor_rich() -> None:
    assert _loads(_modules_of(HEADLESS)) == set()


def test_a_client_without_a_screen_loads_no_textual() -> None:
    # httpx loads rich for a command line of its own whenever it is installed.
    assert _loads(_modules_of(("client",))) <= {"rich"}


def test_the_first_frame_imports_next_to_nothing() -> None:
    code = "import sys; before = set(sys.modules); import agentdesk.__main__, agentdesk.tui.splash\n"
    code += "print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - {"__future__"} == {
        "agentdesk",
        "agentdesk.__main__",
        "agentdesk.tui",
        "agentdesk.tui.splash",
    }


def test_every_theme_is_yaml_with_a_name() -> None:
    themes = sorted(paths.themes_dir().glob("*.yaml"))
    assert len(themes) >= 3
    for path in themes:
        assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict), path.name


def test_every_dependency_is_explained() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = [entry.split(";")[0].split(">=")[0].strip().lower() for entry in wanted]
    assert [name for name in names if f"`{name}`" not in text] == []
    assert [entry for entry in wanted if ">=" not in entry] == []


def test_the_lock_has_every_direct_dependency() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").lower().replace("_", "-")
    locked = {line.split("==")[0] for line in lock.splitlines()}
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {entry.split(";")[0].split(">=")[0].strip().lower() for entry in wanted}
    assert names - locked == set()
