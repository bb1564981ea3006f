"""Files that are no settings: missing, broken and hostile ones are refused quickly, with a line where there is one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.config import ServerSettings, inspect_server
from agentdesk.config.convert import UNREADABLE, Converter
from agentdesk.config.document import FILE_BYTES_MAX, parse_document, read_document

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

REFUSED = {
    "billion laughs": (LAUGHS.encode(), 2, "aliases (*a) are not read here"),
    "an alias to itself": (b"server: &s [*s]", 1, "aliases (*s) are not read here"),
    "deep lists": (b"a:\n  " + b"[" * 500, 2, "nested more than 12 deep"),
    "deep keys": (b"{a: " * 5_000, 1, "nested more than 12 deep"),
    "many entries": (b"- x\n" * 60_000, 49_999 + 1, "more than 50000 entries"),
    "large": (b"#" * (FILE_BYTES_MAX + 1), 0, "larger than 512 KiB"),
    "not text": (b"a: 1\nb: \xff\xfe", 2, "not UTF-8"),
    "broken": (b"server:\n  port: [1\n", 3, "this is not YAML"),
    "tab": (b"server:\n\tport: 1\n", 2, "this is not YAML"),
    "two documents": (b"a: 1\n---\nb: 2\n", 2, "this is not YAML"),
    "control characters": (b"a: \x07", 0, "this is not YAML"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_and_broken_files_are_refused_quickly(tmp_path: Path, name: str) -> None:
    raw, line, message = REFUSED[name]
    path = tmp_path / "config.yaml"
    path.write_bytes(raw)
    start = time.perf_counter()
    node, problems = read_document(path)
    assert time.perf_counter() - start < 5
    assert node is None
    assert [problem.line for problem in problems] == [line]
    assert message in problems[0].message


def test_tags_construct_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("webchat: {title: !!python/object/apply:os.system ['touch hacked']}")
    settings, problems = inspect_server(path)
    assert settings is None
    assert problems[0].message == "expected text, found a list."


def test_a_missing_file_is_a_problem_with_a_remedy(tmp_path: Path) -> None:
    _, problems = read_document(tmp_path / "none.yaml")
    assert str(problems[0]).endswith(
        "none.yaml: can't be read (No such file or directory). Name another with --config."
    )


def test_an_empty_file_is_no_node(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("# nothing\n")
    assert read_document(path) == (None, [])


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"\xef\xbb\xbfserver: {port: 1}\nqueues: [{id: a, name: A}]\n")
    settings, problems = inspect_server(path)
    assert not problems and settings is not None and settings.server.port == 1


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
NAMES = st.sampled_from(
    [
        "server",
        "limits",
        "queues",
        "webchat",
        "port",
        "host",
        "tls",
        "id",
        "name",
        "hours",
        "weekly",
        "mon",
        "x",
        "desk",
    ]
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=20
)


@given(tree=TREES)
def test_any_tree_is_settings_or_problems(tree: object) -> None:
    import yaml

    node = parse_document(yaml.safe_dump(tree))
    to = Converter(Path("any.yaml"))
    settings = to.convert(node, ServerSettings)
    assert (settings is UNREADABLE) == bool(to.problems)
    assert settings is UNREADABLE or isinstance(settings, ServerSettings)
    assert all(problem.message for problem in to.problems)
