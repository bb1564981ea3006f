"""A YAML file as nodes that know their line, within bounds, so that a hostile file costs nothing.

Nothing is constructed here: `agentdesk.config.convert` reads the nodes by the type that each setting has.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from agentdesk.config.problems import Problem

FILE_BYTES_MAX = 512 * 1024
DEPTH_MAX = 12
NODES_MAX = 50_000

_Loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Refused(Exception):
    """The file breaks a bound; caught in `read_document`."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_document(path: Path, text: str | None = None) -> tuple[yaml.Node | None, list[Problem]]:
    """The root node (None for an empty file) and what is wrong with the file as a whole.

    With `text` that is what the file holds, and the path only names it.
    """
    try:
        return parse_document(_read_text(path) if text is None else _bounded(text)), []
    except OSError as problem:
        why = problem.strerror or type(problem).__name__
        return None, [Problem(path, 0, "", f"can't be read ({why}).", "Name another with --config.")]
    except _Refused as refused:
        return None, [Problem(path, refused.line, "", refused.message)]
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        line = mark.line + 1 if mark else 0
        return None, [Problem(path, line, "", f"this is not YAML: {broken.problem}.", "Check indentation and quotes.")]
    except yaml.YAMLError as broken:
        return None, [Problem(path, 0, "", f"this is not YAML: {str(broken).splitlines()[0]}.")]


def _read_text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(FILE_BYTES_MAX + 1)
    _check_size(raw)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise _Refused("the file is not UTF-8.", raw[: broken.start].count(b"\n") + 1) from None


def _bounded(text: str) -> str:
    try:
        _check_size(text.encode())
    except UnicodeEncodeError:
        raise _Refused("the file is not UTF-8.", 0) from None
    return text.removeprefix("\ufeff")


def _check_size(raw: bytes) -> None:
    if len(raw) > FILE_BYTES_MAX:
        raise _Refused(f"the file is larger than {FILE_BYTES_MAX // 1024} KiB.", 0)


def parse_document(text: str) -> yaml.Node | None:
    """Compose the one document of a text, after its events have kept to the bounds."""
    _check_bounds(text)
    node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    return node


def _check_bounds(text: str) -> None:
    """Walk the events, which needs neither recursion nor memory, before anything is composed."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(f"aliases (*{event.anchor}) are not read here; write the value out.", line)
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX:
            raise _Refused(f"settings are nested more than {DEPTH_MAX} deep.", line)
        if nodes > NODES_MAX:
            raise _Refused(f"the file has more than {NODES_MAX} entries.", line)
