"""A small YAML file as a flat mapping that still knows its lines, for problems that can be found again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C reads the themes in a tenth of the time, where PyYAML was built with it."""

FILE_BYTES_MAX = 64_000
"""Themes and keymaps are pages of text; something larger is not one."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A value and the line it stands on, counted from 1."""

    value: Any
    line: int


class UnreadableYaml(Exception):
    """The file can't be read as a mapping; the text is one line for a person."""


def read_mapping(path: Path) -> dict[str, Marked]:
    """The file's entries, nested mappings joined by dots ("colors.primary"); raises `UnreadableYaml`."""
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise UnreadableYaml(f"{path}: {problem.strerror or problem}") from problem
    if len(raw) > FILE_BYTES_MAX:
        raise UnreadableYaml(f"{path}: larger than {FILE_BYTES_MAX // 1000} kB, so it is not read")
    try:
        node = yaml.compose(raw.decode("utf-8"), Loader=_LOADER)
    except (yaml.MarkedYAMLError, UnicodeDecodeError) as problem:
        raise UnreadableYaml(f"{path}:{_line_of(problem)}: {_words(problem)}") from problem
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise UnreadableYaml(f"{path}:1: expected 'name: value' lines")
    found: dict[str, Marked] = {}
    _flatten(node, "", found)
    return found


def _flatten(node: yaml.MappingNode, prefix: str, found: dict[str, Marked]) -> None:
    constructor = yaml.SafeLoader("")
    try:
        for key, value in node.value:
            name = f"{prefix}{key.value}"
            if isinstance(value, yaml.MappingNode):
                _flatten(value, name + ".", found)
            else:
                found[name] = Marked(constructor.construct_object(value, deep=True), key.start_mark.line + 1)
    finally:
        constructor.dispose()


def _line_of(problem: Exception) -> int:
    mark = getattr(problem, "problem_mark", None)
    return mark.line + 1 if mark is not None else 1


def _words(problem: Exception) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return "not UTF-8 text"
    return str(getattr(problem, "problem", None) or "not YAML")
